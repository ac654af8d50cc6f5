// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: a NAS-Bench-201 string must be read into a space of its cell; take a zoo::NasBench201Space
#include "hwnas/op/conv.hpp"
#include "hwnas/zoo/nasbench201_string.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
using Space = Input<Sequential<LayerChoice<Conv1x1, Conv3x3>>, Shape{3, 8, 8}>;
#else
using Space = zoo::NasBench201;
#endif
auto read(std::string_view text) { return from_nasbench201_string<Space>(text); }
