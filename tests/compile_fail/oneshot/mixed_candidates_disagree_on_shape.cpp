// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: a strategy that mixes candidates must get one shape from all of a decision's
// expect: use a strategy that samples paths, such as Spos or ProxylessNas<Reinforce>
#include "hwnas/nn/require_mixable.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/op/mbconv.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Block = Conv<Kernel<3>, Out<4, 8>>;
#else
using Block = MBConv<one_of<3, 6>, Kernel<3, 5>, Out<4>>;
#endif
void check() { require_mixable<Input<Sequential<Block, Repeat<Conv3x3, 1, 3>, Flatten, Linear<2>>, Shape{3, 8, 8}>>(); }
