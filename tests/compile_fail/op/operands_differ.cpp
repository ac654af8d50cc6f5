// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: an operator combines two tensors whose shapes must fit and do not; see the two shapes
// expect: operands_differ<
// expect: Halve
#include "hwnas/op/operator.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

struct Halve : Operator<Halve> {
  static constexpr void build(auto& net, Shape in, auto) {
    const auto input = net.here();
#ifdef HWNAS_COMPILE_FAIL
    net.conv({.out = in.c / 2});
#else
    net.conv({.out = in.c});
#endif
    net.add(input);
  }
};

#ifdef HWNAS_COMPILE_FAIL
using Body = Halve;
#else
using Body = Halve;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
