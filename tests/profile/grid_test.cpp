// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Grids on windows.
#include <gtest/gtest.h>

#include "hwnas/core.hpp"

namespace grid_test {

using namespace hwnas;
using Space = Input<Repeat<LayerChoice<Conv1x1, Conv3x3, Conv5x5>, 6>, Shape{4, 8, 8}>;

TEST(Grid, TakesNoMoreCellsThanItWasGiven) {
  const FlopsProfiler<Space> flops;  // every cost is a multiple of 8192
  const Window window{flops.view(), 0, flops.range().max.value()};
  for (std::int64_t cells = 1; cells < 60; ++cells) EXPECT_LE((Grid{window, cells}.size()), cells + 1) << cells;
}

TEST(Grid, IsExactWhereTheStepDividesEveryCost) {
  const FlopsProfiler<Space> flops;
  const Window window{flops.view(), 0, flops.range().max.value()};
  const Grid grid{window, 0};
  EXPECT_TRUE(grid.exact());
  EXPECT_EQ(grid.size(), 6 * 24 / 8 + 1);  // 8 and 24 windows more than 1x1, in units of 8 * 1024
}

// Costs without a common divisor.
using Uneven = Input<Sequential<LayerChoice<Conv<Kernel<1>, Out<7>>, Conv<Kernel<3>, Out<7>>, MBConv<2, Out<7>>>,
                                LayerChoice<Conv<Kernel<1>, Out<11>>, Conv<Kernel<3>, Out<11>>>,
                                Repeat<LayerChoice<Identity, MBConv<3>, Conv<Kernel<5>>>, 5>>,
                     Shape{3, 9, 9}>;

std::int64_t steps_of(const Grid& grid, const Architecture<Uneven>& a) {
  std::int64_t steps = 0;
  const TrellisView& view = grid.window().view();
  for (int s = view.start(); s != TrellisData::end;) {
    const TrellisState& state = view.states[static_cast<std::size_t>(s)];
    const auto e = static_cast<std::size_t>(state.first_edge + a[static_cast<std::size_t>(state.decision)]);
    if (grid.closed(e)) return -1;
    steps += grid.steps(e);
    s = view.edges[e].target;
  }
  return steps;
}

TEST(Grid, NeverLosesAnArchitectureInsideNorPromisesOneOutside) {
  const FlopsProfiler<Uneven> flops;
  const auto range = flops.range();
  const std::int64_t least = range.min.ticks(), width = range.max.ticks() - least;
  std::vector<Architecture<Uneven>> everything;
  for_each_architecture<Uneven>([&](const Architecture<Uneven>& a) { everything.push_back(a); });
  for (const std::int64_t cells : {3, 10, 29, 40, 200, 5000}) {
    for (int from = 0; from < 8; ++from) {
      for (int to = from; to <= 8; ++to) {
        const Window window{flops.view(), least + width * from / 8, least + width * to / 8};
        const Grid grid{window, cells};
        EXPECT_LE(grid.size(), cells + 1);
        for (const auto& a : everything) {
          const std::int64_t steps = steps_of(grid, a);
          const bool possible = steps >= 0 && grid.first() <= steps && steps <= grid.last();
          const bool certain = steps >= 0 && grid.certain_first() <= steps && steps <= grid.certain_last();
          const bool inside = window.contains(flops.profile(a).ticks());
          ASSERT_LE(inside, possible) << cells << ' ' << from << ' ' << to;
          ASSERT_LE(certain, inside) << cells << ' ' << from << ' ' << to;
        }
      }
    }
  }
}

TEST(Grid, PromisesEverythingWhereTheWindowIsTheRange) {
  const FlopsProfiler<Uneven> flops;
  const Window window{flops.view(), flops.range().min.ticks(), flops.range().max.ticks()};
  EXPECT_FALSE((Grid{window, 40}.exact()));
  for (const std::int64_t cells : {3, 40, 5000}) {
    EXPECT_TRUE(BudgetTable({Grid{window, cells}}).certain() == u128{3 * 2 * 243}) << cells;
  }
}

}  // namespace grid_test
