// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/oneshot/expectation_penalty.hpp"
#include "hwnas/oneshot/sample_penalty.hpp"

#include <gtest/gtest.h>

#include "hwnas/latency/latency_profiler.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/profile/profilers.hpp"
#include "hwnas/profile/softmax.hpp"
#include "hwnas/space/nodes.hpp"

namespace hwnas {
namespace penalty_test {

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

/// Random logits: the penalised loss has a slope by every decision's, and it is that of its values.
template <class L> void expect_slope_by_logits(const L& loss, bool from_above) {
  const Latency latency{Constant{20}};
  const auto [least, most] = latency.range();
  const ExpectationPenalty penalty{latency, from_above ? Milliseconds{least.value() + 0.01} : most, loss};
  const auto value = [&](const Probabilities<Space>& logits) {
    return penalty(1.7, penalty.expected(softmax(logits))).value;
  };
  Rng rng{4};
  for (int repetition = 0; repetition < 5; ++repetition) {
    Probabilities<Space> logits;
    for (double& x : logits.all()) x = 4 * rng.uniform() - 2;
    const auto p = softmax(logits);
    const double by_cost = penalty(1.7, penalty.expected(p)).by_cost;
    const auto by_logits = softmax_gradient(p, penalty.gradient(p));
    for (std::size_t d = 0; d < decision_total<Space>; ++d) {
      double largest = 0;
      for (std::size_t v = 0; v < p[d].size(); ++v) {
        const double h = 1e-5, here = logits[d][v], slope = by_cost * by_logits[d][v];
        logits[d][v] = here + h;
        const double above = value(logits);
        logits[d][v] = here - h;
        const double below = value(logits);
        logits[d][v] = here;
        EXPECT_NEAR(slope, (above - below) / (2 * h), 1e-6) << type_name<L>;
        largest = std::max(largest, std::abs(slope));
      }
      EXPECT_GT(largest, 1e-5) << type_name<L>;
    }
  }
}

TEST(ExpectationPenalty, HasASlopeByTheLogitsInEveryFormula) {
  expect_slope_by_logits(MulLog{}, true);
  expect_slope_by_logits(AddLinear{}, true);
  expect_slope_by_logits(MulPower{}, true);
  expect_slope_by_logits(AbsoluteReward{}, true);
  expect_slope_by_logits(AbsoluteReward{}, false);
  expect_slope_by_logits(DualAscent{}, true);
  expect_slope_by_logits(DualAscent{.multiplier = 2}, false);  // what was above before
  using enum NniPenalty::Nonlinear;
  for (const auto aggregate : {NniPenalty::Aggregate::add, NniPenalty::Aggregate::mul}) {
    for (const auto nonlinear : {linear, positive, absolute}) {
      expect_slope_by_logits(NniPenalty{.scale = 1.5, .nonlinear = nonlinear, .aggregate = aggregate}, true);
    }
    expect_slope_by_logits(NniPenalty{.scale = 1.5, .nonlinear = negative, .aggregate = aggregate}, false);
  }
}

TEST(Penalty, ReferenceOutsideTheSpaceNamesTheRange) {
  const auto penalty = ExpectationPenalty<FlopsProfiler<Space>, AddLinear>::make(flops, 1_FLOPs);
  ASSERT_TRUE(penalty.has_value());  // two Identities cost nothing
  const auto zero = ExpectationPenalty<FlopsProfiler<Space>, AddLinear>::make(flops, 0_FLOPs);
  ASSERT_FALSE(zero.has_value());
  EXPECT_EQ(zero.error().message, "a reference of 0 FLOPs: AddLinear divides by it, and must get one above 0");
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

// A formula, a program, a device: nothing but profile(architecture).
struct BlackBox {
  using space = Space;
  using unit = Milliseconds;
  double scale = 1;
  Milliseconds profile(const Architecture<Space>& a) const {
    return Milliseconds{scale * (2 + 3 * static_cast<double>(a.values()[0] == 0))};
  }
};
static_assert(Penalty<SamplePenalty<BlackBox, AddLinear>>);

TEST(SamplePenalty, TakesAProfilerWithoutATable) {
  const SamplePenalty penalty{BlackBox{}, 3_ms, AbsoluteReward{.beta = -1}};
  Architecture<Space> cheap;
  ASSERT_TRUE(cheap.set("a", 2));
  EXPECT_GT(penalty(0.5, penalty.cost(cheap)), penalty(0.5, penalty.cost({})));
  const auto zero = SamplePenalty<BlackBox, AddLinear>::make({}, 0_ms);
  ASSERT_FALSE(zero.has_value());
  EXPECT_NE(zero.error().message.find("AddLinear needs one above 0 ms"), std::string::npos) << zero.error().message;
  EXPECT_FALSE((SamplePenalty<BlackBox, MulLog>::make({}, 0.5_ms).has_value()));
  const SamplePenalty logarithm{BlackBox{.scale = 0.3}, 3_ms, MulLog{}};
  EXPECT_NO_THROW((void)logarithm(0.5, logarithm.cost({})));
  EXPECT_THROW((void)logarithm(0.5, logarithm.cost(cheap)), Error) << "0.6 ms";
}

// The same price above and below, or a mean at the reference would not be worth staying at.
TEST(SamplePenalty, DualAscentHasOnePriceForAllSamplesOfAnUpdate) {
  using Cost = Quantity<unit_tag::Flops, double>;
  SamplePenalty penalty{flops, Flops{10'000}, DualAscent{.rate = 0.5, .damping = 2}};
  const auto expect = [&](double cost, double reward) { EXPECT_NEAR(penalty(0.5, Cost{cost}), reward, 1e-9) << cost; };
  expect(20'000, 0.5);
  penalty.update(Cost{11'000});  // multiplier 0.05, and 2 times 0.1
  EXPECT_NEAR(10'000 * penalty.price(), 0.25, 1e-9);
  expect(20'000, 0.25);
  expect(6'000, 0.6);
  penalty.update(Cost{5'000});
  expect(20'000, 0.5);
}

// A program's own loss, which may be DualAscent or not.
struct Chosen {
  bool dual = false;
  double multiplier = 0;
  static constexpr bool uses_logarithm = false;
  [[nodiscard]] bool is_priced() const { return dual; }
  [[nodiscard]] PenalisedLoss values_of(double loss, double cost, double reference) const {
    if (dual) return DualAscent{.multiplier = multiplier}.values_of(loss, cost, reference);
    return MulLog{.alpha = 0.2, .beta = 0.3}.values_of(loss, cost, reference);
  }
  void update(double cost, double reference) { multiplier = cost / reference; }
};

TEST(SamplePenalty, TakesAFormulaChosenAtRunTime) {
  const Latency latency{Constant{20}};
  SamplePenalty chosen{latency, 50.0_ms, Chosen{}};
  const SamplePenalty known{latency, 50.0_ms, MulLog{.alpha = 0.2, .beta = 0.3}};
  Architecture<Space> dear;
  ASSERT_TRUE(dear.set("a", 1));
  chosen.update(chosen.cost(dear));
  EXPECT_DOUBLE_EQ(chosen(0.5, chosen.cost(dear)), known(0.5, known.cost(dear)));
  EXPECT_LT(chosen(0.5, chosen.cost(dear)), chosen(0.5, chosen.cost({})));
  SamplePenalty dual{latency, 50.0_ms, Chosen{.dual = true, .multiplier = 1}};
  EXPECT_DOUBLE_EQ(dual(0.5, Quantity<Milliseconds::tag, double>{75}), 0.5 - dual.price() * 25);
  EXPECT_GT(dual.price(), 0);
}

TEST(Penalty, OnlyDualAscentRemembers) {
  ExpectationPenalty dual{flops, Flops{10'000}, DualAscent{.rate = 0.1}};
  dual.update(Quantity<unit_tag::Flops, double>{20'000});
  EXPECT_DOUBLE_EQ(dual.loss().multiplier, 0.1);
  ExpectationPenalty linear{flops, Flops{10'000}, AddLinear{}};
  linear.update(Quantity<unit_tag::Flops, double>{20'000});
}

}  // namespace penalty_test
}  // namespace hwnas
