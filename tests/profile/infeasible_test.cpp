// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What a budget that nothing meets is answered with.
#include <optional>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/op/mbconv.hpp"
#include "hwnas/profile/feasible_set.hpp"
#include "hwnas/profile/profilers.hpp"
#include "hwnas/space/enumerate.hpp"

namespace infeasible_test {

using namespace hwnas;

using Block = LayerChoice<Conv3x3, Conv5x5, MBConv<3>, MBConv<one_of<2, 6>, Kernel<3, 5>>>;
using Space = Input<Sequential<Conv<Out<8>>, Block, Block, Repeat<Block, 0, 2>>, Shape{3, 8, 8}>;
constexpr FlopsProfiler<Space> flops;
constexpr ParamsProfiler<Space> params;

// Every gap between two costs that follow each other names both; below the least and above the most there is one.
RC_GTEST_PROP(Infeasible, NamesTheNearestReachableValues, ()) {
  const auto range = flops.range();
  const std::int64_t at = *rc::gen::inRange(range.min.value() - 1000, range.max.value() + 1000);
  std::optional<Flops> below, above;
  for_each_architecture<Space>([&](const auto& a) {
    const Flops cost = flops.profile(a);
    if (cost.value() <= at && (!below || cost > *below)) below = cost;
    if (cost.value() > at && (!above || cost < *above)) above = cost;
  });
  const Flops lo{below ? below->value() + 1 : 0};
  const Flops hi{above ? above->value() - 1 : range.max.value() + 2000};
  RC_PRE(lo <= hi);
  const auto draw = uniform_within(flops, lo, hi);
  RC_ASSERT(!draw.has_value());
  std::string expected = fmt::format("no architecture has {} to {}; nearest reachable:", lo, hi);
  if (below) expected += fmt::format(" below {}", *below);
  if (above) expected += fmt::format("{} above {}", below ? " and" : "", *above);
  RC_ASSERT(draw.error().code == Error::Code::infeasible);
  RC_ASSERT(draw.error().message == expected);
}

TEST(Infeasible, SaysForEachBudgetWhatTheOthersAllow) {
  const Flops most_flops = flops.range().min;   // the cheapest alone
  std::optional<Params> least;
  std::optional<Flops> least_flops;
  for_each_architecture<Space>([&](const auto& a) {
    if (flops.profile(a) <= most_flops && (!least || params.profile(a) < *least)) least = params.profile(a);
  });
  const Params too_few{least->value() - 1};
  for_each_architecture<Space>([&](const auto& a) {
    if (params.profile(a) <= too_few && (!least_flops || flops.profile(a) < *least_flops)) {
      least_flops = flops.profile(a);
    }
  });
  const auto draw = uniform_within(Within{flops, 0_FLOPs, most_flops}, Within{params, 0_params, too_few});
  ASSERT_FALSE(draw.has_value());
  const std::string of_flops =
      least_flops ? fmt::format("the others allow no less than {}", *least_flops) : "the others alone allow nothing";
  EXPECT_EQ(draw.error().message,
            fmt::format("no architecture meets all budgets; 0 FLOPs to {}: {}; 0 params to {}: the others "
                        "allow no less than {}",
                        most_flops, of_flops, too_few, *least));
}

}  // namespace infeasible_test
