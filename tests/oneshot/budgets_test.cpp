// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/oneshot/budgets.hpp"

#include <map>

#include <gtest/gtest.h>

#include "hwnas/profile/profilers.hpp"
#include "oneshot/small_space.hpp"

namespace hwnas {
namespace budgets_test {

using oneshot_test::Space;
constexpr FlopsProfiler<Space> flops;
constexpr ParamsProfiler<Space> params;
constexpr MemoryProfiler<Space> memory;

std::uint64_t counted(const Budgets<Space>& budgets) {
  std::uint64_t count = 0;
  for_each_architecture<Space>([&](const Architecture<Space>& a) { count += budgets.allows(a) ? 1 : 0; });
  return count;
}

Budgets<Space> three_limits() {
  Budgets<Space> budgets;
  budgets.add("FLOPs", flops, Flops{0}, Flops{30'000});
  budgets.add("parameters", params, Params{0}, Params{700});
  budgets.add("activations", memory, Bytes{0}, Bytes{6'000});
  return budgets;
}

TEST(Budgets, WithoutLimitsAllowEverything) {
  const Budgets<Space> budgets;
  EXPECT_EQ(budgets.count().lower, space_size<Space>);
  EXPECT_EQ(counted(budgets), space_size<Space>.low());
  EXPECT_TRUE(budgets.sampler().has_value());
}

TEST(Budgets, SayBothEndsWhereBothBind) {
  Budgets<Space> budgets;
  budgets.add("FLOPs", flops, Flops{0}, Flops{30'000});
  budgets.add("parameters", params, Params{500}, Params{700});
  EXPECT_EQ(budgets.text(), fmt::format("FLOPs at most {}, parameters from {} to {}", Flops{30'000}, Params{500},
                                        Params{700}));
}

TEST(Budgets, CountWhatEnumerationFinds) {
  const auto budgets = three_limits();
  ASSERT_GT(counted(budgets), 1U);
  ASSERT_LT(counted(budgets), space_size<Space>.low());
  EXPECT_EQ(budgets.count().lower.low(), counted(budgets));
  EXPECT_TRUE(budgets.count().is_exact());
}

TEST(Budgets, DrawEveryFeasibleNetworkEquallyOftenAndNoOther) {
  const auto budgets = three_limits();
  const auto draw = budgets.sampler().value();
  Rng rng{7};
  std::map<Architecture<Space>, int> seen;
  const auto feasible = static_cast<int>(counted(budgets));
  for (int i = 0; i < 400 * feasible; ++i) ++seen[draw(rng)];
  EXPECT_EQ(static_cast<int>(seen.size()), feasible);
  for (const auto& [a, times] : seen) {
    EXPECT_TRUE(budgets.allows(a));
    EXPECT_NEAR(times, 400, 5 * 20);  // five standard deviations
  }
}

TEST(Budgets, SamplersOutliveTheBudgetsTheyCameFrom) {
  const auto draw = [] { return three_limits().sampler().value(); }();
  Rng rng{1};
  EXPECT_TRUE(three_limits().allows(draw(rng)));
}

TEST(Budgets, InfeasibleOneNamesTheRange) {
  Budgets<Space> budgets;
  budgets.add("FLOPs", flops, Flops{0}, Flops{10});
  const auto draw = budgets.sampler();
  ASSERT_FALSE(draw.has_value());
  EXPECT_EQ(draw.error().code, Error::Code::infeasible);
  EXPECT_EQ(draw.error().message,
            fmt::format("no network has FLOPs at most 10 FLOPs; the space has FLOPs from {} to {}", flops.range().min,
                        flops.range().max));
}

TEST(Budgets, ConflictingOnesNameWhatTheOthersAllow) {
  Budgets<Space> budgets;
  budgets.add("FLOPs", flops, Flops{0}, flops.range().max);
  budgets.add("parameters", params, Params{0}, Params{1});
  const auto draw = budgets.sampler();
  ASSERT_FALSE(draw.has_value());
  EXPECT_NE(draw.error().message.find(fmt::format("the other limits allow parameters from {}", params.range().min)),
            std::string::npos) << draw.error().message;
}

}  // namespace budgets_test
}  // namespace hwnas
