// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: the candidates of one LayerChoice must give the same output shape; add Stride or Out to the odd
// expect: candidates_disagree_on_output_shape<
// expect: Out<64>
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Body = LayerChoice<Conv<Kernel<3>, Out<32>>, Conv<Kernel<5>, Out<64>>>;
#else
using Body = LayerChoice<Conv<Kernel<3>, Out<32>>, Conv<Kernel<5>, Out<32>>>;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
