// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Your own search in ten lines: architectures are a lazy range, and a search is what one does with it.
#include <array>

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
using Space =
    Input<Sequential<Conv<Kernel<3>, Stride<2>, Out<16>>, Repeat<Block, 6>, GlobalAvgPool, Flatten, Linear<10>>,
          Shape{3, 32, 32}>;
constexpr FlopsProfiler<Space> flops;
constexpr auto budget = 4_MFLOPs;

// Stands in for training: later blocks matter more, and each candidate brings its own.
double quality(const Architecture<Space>& a) {
  constexpr std::array brings{1.0, 2.3, 2.9, 0.4};
  double sum = 0;
  for_each_active_choice(a, [&](auto d, int choice) { sum += (1.0 + 0.2 * double(d)) * brings[std::size_t(choice)]; });
  return sum;
}

int main() {
  const auto inside = [](const auto& a) { return flops.profile(a) <= budget; };

  // Exhaustive: a view of all architectures, filtered; nothing is stored.
  auto all = architectures<Space> | ranges::views::filter(inside);
  const Architecture<Space> best = *ranges::max_element(all, {}, quality);
  fmt::print("the best of {}: {}, {}\n", space_size<Space>, best, flops.profile(best));

  // Random: three draws inside the budget, as a view that draws when it is read.
  Rng rng{3};
  const auto draw = uniform_within(flops, 0_FLOPs, budget).value();
  Architecture<Space> found = draw(rng);
  for (const auto& a : ranges::views::generate([&] { return draw(rng); }) | ranges::views::take(3)) {
    if (quality(a) > quality(found)) found = a;
  }
  fmt::print("random search: {:.1f} % of the best\n", 100 * quality(found) / quality(best));

  // A climb: the best neighbour inside the budget, as long as there is a better one.
  for (auto next = found;; found = next) {
    const auto around = neighbours(Anywhere<Space>{}, found, rng);
    for (const auto& a : around | ranges::views::filter(inside)) {
      if (quality(a) > quality(next)) next = a;
    }
    if (next == found) break;
    fmt::print("a step: {:.1f} %\n", 100 * quality(next) / quality(best));
  }
}
