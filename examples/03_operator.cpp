// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  An operator of your own: a name and one function. Its shape, its costs and its module follow.
#include <fmt/core.h>

#include <hwnas/core.hpp>

using namespace hwnas;

/// Ghost module (Han et al. 2020): half of the channels by a convolution, the other half cheaply from the first.
template <class... Options>
struct Ghost : Operator<Ghost<Options...>> {
  static constexpr void build(auto& net, Shape, auto option) {
    const int primary = option.out - option.out / 2;
    net.conv({.out = primary, .kernel = option.kernel, .stride = option.stride}).norm().act(option.act);
    const auto first = net.here();
    net.conv({.out = option.out / 2, .kernel = 3, .groups = option.out / 2}).norm().act(option.act);
    const auto cheap = net.here();
    net.at(first).concat(cheap);
  }
};

/// Something that cannot be opened into primitives says its shape and costs itself.
struct Fourier : LeafOperator<Fourier> {
  static constexpr Shape shape(Shape in) { return in; }
  static constexpr Flops flops(Shape in) { return Flops{in.elements() * 10}; }  // your own count
  static constexpr Params params(Shape) { return Params{0}; }
};

using Space =
    Input<Sequential<Conv<Kernel<3>, Out<16>>,
                     Named<"block", LayerChoice<Conv3x3, Ghost<Kernel<3>>, Ghost<Kernel<3, 5>, Act<HSwish>>, Fourier>>,
                     GlobalAvgPool, Flatten, Linear<10>>,
          Shape{3, 16, 16}>;

int main() {
  constexpr FlopsProfiler<Space> flops;
  constexpr ParamsProfiler<Space> params;
  for_each_architecture<Space>([&](const auto& a) {
    const auto name = decisions<Space>[0].names[static_cast<std::size_t>(a[0])];
    fmt::print("{:40} {:30} {:>14} {:>12}\n", name, fmt::format("{}", a), fmt::format("{}", flops.profile(a)),
               fmt::format("{}", params.profile(a)));
  });
}
