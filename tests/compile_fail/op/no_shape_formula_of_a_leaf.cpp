// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: no shape formula for this operator; a LeafOperator must have
// expect: no_shape_formula<Fft>
#include "hwnas/op/leaf.hpp"
#include "hwnas/space/counting.hpp"

using namespace hwnas;

struct Fft : LeafOperator<Fft> {
#ifndef HWNAS_COMPILE_FAIL
  static constexpr Shape shape(Shape in) { return in; }
#endif
  static constexpr Flops flops(Shape in) { return Flops{in.elements()}; }
  static constexpr Params params(Shape) { return Params{0}; }
};

#ifdef HWNAS_COMPILE_FAIL
using Body = Fft;
#else
using Body = Fft;
#endif
static_assert(space_size<Input<Body, Shape{8, 16, 16}>> > 0);
