// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Grids on windows.
#include <gtest/gtest.h>

#include "hwnas/core.hpp"

namespace {

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

}  // namespace
