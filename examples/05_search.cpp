// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Your own search in ten lines: architectures are a lazy range, and a search is what one does with it.
#include <fmt/core.h>
#include <range/v3/algorithm/max_element.hpp>
#include <range/v3/view/filter.hpp>
#include <range/v3/view/generate.hpp>
#include <range/v3/view/take.hpp>

#include <hwnas/core.hpp>
#include <hwnas/search/moves.hpp>
#include <hwnas/space/architectures.hpp>

using namespace hwnas;

using Block = LayerChoice<MBConv<3>, MBConv<6>, MBConv<6, Kernel<5>>, Identity>;
using Space = Input<Sequential<Conv<Kernel<3>, Stride<2>, Out<16>>, Repeat<Block, 6>, GlobalAvgPool, Flatten, Linear<10>>,
                    Shape{3, 32, 32}>;
constexpr FlopsProfiler<Space> flops;
constexpr ParamsProfiler<Space> params;
constexpr auto budget = 4_MFLOPs;

// Stands in for training: what a network of this size might learn.
double quality(const Architecture<Space>& a) {
  return static_cast<double>(params.profile(a).value()) + 0.002 * static_cast<double>(flops.profile(a).value());
}

int main() {
  const auto inside = [](const auto& a) { return flops.profile(a) <= budget; };

  // Exhaustive: a view of all architectures, filtered; nothing is stored.
  auto all = architectures<Space> | ranges::views::filter(inside);
  const Architecture<Space> best = *ranges::max_element(all, {}, quality);
  fmt::print("the best of {}: {}, {}\n", space_size<Space>, best, flops.profile(best));

  // Random: ten draws inside the budget, as a view that draws when it is read.
  Rng rng{7};
  const auto draw = uniform_within(flops, 0_FLOPs, budget).value();
  Architecture<Space> found = draw(rng);
  for (const auto& a : ranges::views::generate([&] { return draw(rng); }) | ranges::views::take(10)) {
    if (quality(a) > quality(found)) found = a;
  }
  fmt::print("random search: {:.1f} % of the best\n", 100 * quality(found) / quality(best));

  // A climb: the best neighbour inside the budget, as long as there is a better one.
  for (auto next = found;; found = next) {
    for (const auto& a : neighbours(Anywhere<Space>{}, found, rng) | ranges::views::filter(inside)) {
      if (quality(a) > quality(next)) next = a;
    }
    if (next == found) break;
    fmt::print("a step: {:.1f} %\n", 100 * quality(next) / quality(best));
  }
}
