// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/search/penalty_losses.hpp"

#include <gtest/gtest.h>

namespace hwnas {
namespace penalty_losses_test {

template <PenaltyLoss L> void expect_derivatives(const L& loss) {
  for (const double cost : {20.0, 64.0, 66.0, 130.0}) {
    const double h = 1e-6;
    const auto value = [&](double ce, double c) { return loss.values_of(ce, c, 65).value; };
    const PenalisedLoss at = loss.values_of(1.7, cost, 65);
    EXPECT_NEAR(at.by_loss, (value(1.7 + h, cost) - value(1.7 - h, cost)) / (2 * h), 1e-7);
    EXPECT_NEAR(at.by_cost, (value(1.7, cost + h) - value(1.7, cost - h)) / (2 * h), 1e-7);
  }
}

TEST(PenaltyLoss, DerivativesAreThoseOfTheValue) {
  using N = NniPenalty::Nonlinear;
  using A = NniPenalty::Aggregate;
  expect_derivatives(MulLog{});
  expect_derivatives(MulLog{.alpha = 1, .beta = 0.6});
  expect_derivatives(MulPower{});
  expect_derivatives(AddLinear{});
  expect_derivatives(AbsoluteReward{});
  expect_derivatives(DualAscent{.multiplier = 0.4});
  expect_derivatives(DualAscent{.damping = 0, .multiplier = 0.4});
  for (const N shape : {N::linear, N::positive, N::negative, N::absolute}) {
    for (const A how : {A::add, A::mul}) {
      expect_derivatives(NniPenalty{.scale = 1.5, .nonlinear = shape, .aggregate = how});
    }
  }
}

// By hand: loss 2, cost 100, reference 10.
TEST(PenaltyLoss, MulLogIsAlphaTimesAPowerOfTheRatioOfLogarithms) {
  EXPECT_NEAR((MulLog{.alpha = 0.2, .beta = 0.3}.values_of(2, 100, 10).value), 0.2 * 2 * 1.2311444133449163, 1e-12);
}
TEST(PenaltyLoss, AddLinearIsLambdaTimesTheRelativeExcess) {
  EXPECT_NEAR(AddLinear{.lambda = 0.1}.values_of(2, 100, 10).value, 2 + 0.1 * 9, 1e-12);
}
TEST(PenaltyLoss, NnisFormsAddOrMultiply) {
  using N = NniPenalty::Nonlinear;
  using A = NniPenalty::Aggregate;
  EXPECT_NEAR((NniPenalty{.scale = 0.5}.values_of(2, 15, 10).value), 2.25, 1e-12);
  EXPECT_NEAR((NniPenalty{.scale = 2, .aggregate = A::mul}.values_of(2, 15, 10).value), 2 * 1.5 * 1.5, 1e-12);
  EXPECT_NEAR((NniPenalty{.nonlinear = N::positive}.values_of(2, 5, 10).value), 2, 1e-12);
  EXPECT_NEAR((NniPenalty{.nonlinear = N::negative}.values_of(2, 5, 10).value), 1.5, 1e-12);
  EXPECT_NEAR((NniPenalty{.nonlinear = N::absolute}.values_of(2, 5, 10).value), 2.5, 1e-12);
}
TEST(PenaltyLoss, AbsoluteRewardPricesBothSidesAlike) {
  EXPECT_NEAR(AbsoluteReward{.beta = -0.5}.values_of(2, 15, 10).value, 2.25, 1e-12);
  EXPECT_NEAR(AbsoluteReward{.beta = -0.5}.values_of(2, 5, 10).value, 2.25, 1e-12);
}
TEST(PenaltyLoss, OfficialReinforceRewardIsMulPower) {
  EXPECT_NEAR(penalised_reward(MulPower{.exponent = 0.1}, 0.7, 130, 65), 0.7 * std::pow(0.5, 0.1), 1e-12);
}

TEST(PenalisedReward, DearerNeverPays) {
  const auto check = [](const auto& loss) {
    double before = penalised_reward(loss, 0.8, 70, 65);
    for (const double cost : {80.0, 100.0, 300.0}) {
      const double reward = penalised_reward(loss, 0.8, cost, 65);
      EXPECT_LT(reward, before);
      before = reward;
    }
    EXPECT_GT(penalised_reward(loss, 0.9, 70, 65), penalised_reward(loss, 0.8, 70, 65));
  };
  check(MulLog{});
  check(MulPower{});
  check(AddLinear{});
  check(NniPenalty{});
  check(NniPenalty{.aggregate = NniPenalty::Aggregate::mul});
  check(AbsoluteReward{});
  check(DualAscent{.multiplier = 0.2});
}

TEST(DualAscent, EndsAtTheReferenceWhereLossFallsWithCost) {
  DualAscent dual;
  double cost = 30;  // a loss of -0.01 cost alone would raise it without end
  for (int i = 0; i < 4000; ++i) {
    cost -= 2 * (-0.01 + dual.values_of(0, cost, 10).by_cost);
    dual.update(cost, 10);
  }
  EXPECT_NEAR(cost, 10, 0.01);
  EXPECT_NEAR(dual.multiplier, 0.1, 0.001);  // -0.01 + multiplier / 10 = 0
}
TEST(DualAscent, LeavesWhatIsBelowAlone) {
  DualAscent dual;
  for (int i = 0; i < 100; ++i) dual.update(5, 10);
  EXPECT_EQ(dual.multiplier, 0);
  EXPECT_EQ(dual.values_of(1, 5, 10).by_cost, 0);
}

}  // namespace penalty_losses_test
}  // namespace hwnas
