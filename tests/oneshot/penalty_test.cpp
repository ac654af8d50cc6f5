// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/oneshot/expectation_penalty.hpp"
#include "hwnas/oneshot/sample_penalty.hpp"

#include <gtest/gtest.h>

#include "hwnas/latency/latency_profiler.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/profile/profilers.hpp"
#include "hwnas/space/nodes.hpp"

namespace hwnas {
namespace {

using Space = Input<Sequential<Named<"a", LayerChoice<Conv<Kernel<3>>, Conv<Kernel<5>>, Identity>>,
                               Named<"b", LayerChoice<Conv<Kernel<3>>, Conv<Kernel<5>>, Identity>>>,
                    Shape{4, 8, 8}>;
constexpr FlopsProfiler<Space> flops;

/// Every operator takes this long, one of kernel 5 twice that.
struct Constant {
  using key = OperatorKey;
  double each;
  [[nodiscard]] Result<Milliseconds> predict(const OperatorKey& operation) const {
    return Milliseconds{operation.text().find("Kernel<5>") == std::string::npos ? each : 2 * each};
  }
};
using Latency = LatencyProfiler<Space, Constant>;

static_assert(Penalty<ExpectationPenalty<Latency>>);
static_assert(ExpectationPenalty<Latency>::differentiable);
static_assert(Penalty<SamplePenalty<FlopsProfiler<Space>, AddLinear>>);
static_assert(!SamplePenalty<FlopsProfiler<Space>, AddLinear>::differentiable);
static_assert(!Penalty<FlopsProfiler<Space>>);

TEST(ExpectationPenalty, IsTheLossOfTheExactExpectation) {
  const Latency latency{Constant{20}};
  const ExpectationPenalty penalty{latency, 50.0_ms, AddLinear{.lambda = 0.5}};
  const auto p = Probabilities<Space>::uniform();
  const double expected = latency.expected(p).value();
  const PenalisedLoss loss = penalty(2, penalty.expected(p));
  EXPECT_DOUBLE_EQ(loss.value, 2 + 0.5 * (expected - 50) / 50);
  EXPECT_DOUBLE_EQ(loss.by_cost, 0.5 / 50);
  EXPECT_GT(penalty.gradient(p)["a"][0], 0);
}

TEST(Penalty, ReferenceOutsideTheSpaceNamesTheRange) {
  const auto penalty = ExpectationPenalty<FlopsProfiler<Space>, AddLinear>::make(flops, 1_FLOPs);
  ASSERT_TRUE(penalty.has_value());  // two Identities cost nothing
  const auto out = SamplePenalty<FlopsProfiler<Space>, AddLinear>::make(flops, 1_GFLOPs);
  ASSERT_FALSE(out.has_value());
  EXPECT_EQ(out.error().message,
            fmt::format("a reference of 1000000000 FLOPs cannot be met: the space's networks have {} to {}",
                        flops.range().min, flops.range().max));
}

TEST(Penalty, LogarithmsOfOneMillisecondOrLessAreRefused) {
  const auto small = ExpectationPenalty<Latency>::make(Latency{Constant{0.2}}, 0.5_ms);
  ASSERT_FALSE(small.has_value());
  EXPECT_EQ(small.error().code, Error::Code::bad_value);
  EXPECT_NE(small.error().message.find("MulLog takes logarithms, and must get costs above 1 ms"), std::string::npos)
      << small.error().message;
  EXPECT_NE(small.error().message.find("use AddLinear or DualAscent"), std::string::npos);
  EXPECT_TRUE((ExpectationPenalty<Latency, AddLinear>::make(Latency{Constant{0.2}}, 0.5_ms).has_value()));
  EXPECT_THROW((ExpectationPenalty{Latency{Constant{0.2}}, 0.5_ms, MulLog{}}), Error);
}

TEST(SamplePenalty, TakesRewardsAndFavoursTheCheaper) {
  const SamplePenalty penalty{flops, Flops{10'000}, AbsoluteReward{.beta = -1}};
  Architecture<Space> cheap;
  ASSERT_TRUE(cheap.set("a", 2));
  const Architecture<Space> dear;
  EXPECT_GT(penalty(0.5, penalty.cost(cheap)), penalty(0.5, penalty.cost(dear)));
}

TEST(Penalty, OnlyDualAscentRemembers) {
  ExpectationPenalty dual{flops, Flops{10'000}, DualAscent{.rate = 0.1}};
  dual.update(Quantity<unit_tag::Flops, double>{20'000});
  EXPECT_DOUBLE_EQ(dual.loss().multiplier, 0.1);
  ExpectationPenalty linear{flops, Flops{10'000}, AddLinear{}};
  linear.update(Quantity<unit_tag::Flops, double>{20'000});
}

}  // namespace
}  // namespace hwnas
