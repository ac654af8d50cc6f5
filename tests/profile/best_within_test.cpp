// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Optima under budgets against enumeration.
#include "hwnas/profile/best_within.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "hwnas/profile/quality_table.hpp"
#include "hwnas/zoo/nasbench201.hpp"
#include "hwnas/zoo/proxylessnas.hpp"
#include "space/random_types.hpp"

namespace best_within_test {

using namespace hwnas;

/// Numbers on a coarse grid in every third table, so that there are ties.
template <class Space>
QualityTable<Space> random_quality(Rng& rng) {
  const bool coarse = rng.below(3) == 0;
  Probabilities<Space> gains;
  for (double& x : gains.all()) x = coarse ? static_cast<double>(rng.below(4)) : 3 * rng.uniform() - 1;
  return QualityTable<Space>{gains, 10};
}

template <class Q, class... P>
std::optional<std::int64_t> enumerated_best(const Q& quality, const HardConstraint<P>&... budgets) {
  std::optional<std::int64_t> best;
  for_each_architecture<typename Q::space>([&](const auto& a) {
    if (((budgets.profiler.ticks(a) > budgets.budget.ticks()) || ...)) return;
    if (!best || quality.ticks(a) > *best) best = quality.ticks(a);
  });
  return best;
}
template <class Q, class... P>
void check_best(const Q& quality, const HardConstraint<P>&... budgets) {
  const auto expected = enumerated_best(quality, budgets...);
  const auto best = best_within(quality, budgets...);
  ASSERT_EQ(best.has_value(), expected.has_value()) << (best ? "" : best.error().message);
  if (!best) {
    EXPECT_EQ(best.error().code, Error::Code::infeasible);
    return;
  }
  EXPECT_EQ(quality.ticks(best->architecture), *expected);
  EXPECT_EQ(best->quality.ticks(), *expected);
  EXPECT_TRUE(((budgets.profiler.ticks(best->architecture) <= budgets.budget.ticks()) && ...));
}

/// A budget somewhere in the range, or a little outside it.
template <class P>
HardConstraint<P> some_budget(const P& profiler, Rng& rng) {
  const auto [lo, hi] = profiler.range();
  const auto span = static_cast<double>(hi.ticks() - lo.ticks());
  return {profiler, P::unit::from_ticks(lo.ticks() + static_cast<std::int64_t>(span * (1.2 * rng.uniform() - 0.05)))};
}

template <class Space>
void check_all() {
  const FlopsProfiler<Space> flops;
  const ParamsProfiler<Space> params;
  const MemoryProfiler<Space> memory;
  Rng rng{11};
  for (int i = 0; i < 60; ++i) {
    const auto quality = random_quality<Space>(rng);
    check_best(quality, some_budget(flops, rng));
    check_best(quality, some_budget(flops, rng), some_budget(params, rng));
    check_best(quality, some_budget(memory, rng), some_budget(params, rng));
  }
}

TEST(BestWithin, OfRandomTypesIsThatOfEnumeration) {
  check_all<random_types::Space0>();
  check_all<random_types::Space32>();
  check_all<random_types::Space41>();
  check_all<random_types::Space63>();
}

using C = LayerChoice<Conv3x3, Conv5x5, MBConv<2, Kernel<3, 5>>>;
template <class... Nodes>
using On = Input<Sequential<Nodes...>, Shape{4, 8, 8}>;

TEST(BestWithin, OfSharedLabelsIsThatOfEnumeration) {
  check_all<On<LayerChoice<Identity, Named<"x", C>>, Named<"x", C>, C>>();
  check_all<On<LayerChoice<Named<"x", C>, Identity>, Named<"y", C>, Named<"x", C>>>();
}

TEST(BestWithin, OfNasBench201IsThatOfEnumeration) {
  using Space = zoo::NasBench201;
  Rng rng{3};
  for (int i = 0; i < 8; ++i) {
    const auto quality = random_quality<Space>(rng);
    check_best(quality, some_budget(FlopsProfiler<Space>{}, rng));
    check_best(quality, some_budget(FlopsProfiler<Space>{}, rng), some_budget(MemoryProfiler<Space>{}, rng));
  }
}

// Too many to enumerate: the widest budget gives the best of all, no draw inside is better, and a larger budget no worse.
TEST(BestWithin, OfProxylessNasGrowsWithTheBudgetAndIsBetteredByNoDraw) {
  using Space = zoo::ProxylessNas;
  const FlopsProfiler<Space> flops;
  const ParamsProfiler<Space> params;
  Rng rng{9};
  const auto quality = random_quality<Space>(rng);
  const auto [lo, hi] = flops.range();
  Quality before{-1e9};
  for (int share = 0; share <= 10; ++share) {
    const Flops budget{lo.value() + (hi.value() - lo.value()) * share / 10};
    const auto best = best_within(quality, HardConstraint{flops, budget}, HardConstraint{params, 4_Mparams}).value();
    EXPECT_LE(flops.profile(best.architecture), budget);
    EXPECT_LE(before, best.quality);
    before = best.quality;
    const auto draw = uniform_within(Within{flops, 0_FLOPs, budget}, Within{params, 0_params, 4_Mparams}).value();
    for (int i = 0; i < 200; ++i) EXPECT_GE(best.gap_of(quality, draw(rng)), Quality{});
  }
  EXPECT_EQ(best_within(quality, HardConstraint{flops, hi}).value().quality, quality.range().max);
}

TEST(BestWithin, NamesTheNearestWhereNothingIsInside) {
  using Space = zoo::NasBench201;
  const FlopsProfiler<Space> flops;
  Rng rng{1};
  const auto best = best_within(random_quality<Space>(rng), HardConstraint{flops, 1_FLOPs});
  ASSERT_FALSE(best);
  EXPECT_EQ(best.error().code, Error::Code::infeasible);
  EXPECT_NE(best.error().message.find(fmt::format("above {}", flops.range().min)), std::string::npos)
      << best.error().message;
}

TEST(BestWithin, SaysWhatIsProvedWhereItStops) {
  using Space = zoo::ProxylessNas;
  const FlopsProfiler<Space> flops;
  Rng rng{1};
  const auto quality = random_quality<Space>(rng);
  const auto best = best_within(BestOptions{.labels = 10}, quality, HardConstraint{flops, 300_MFLOPs});
  ASSERT_FALSE(best);
  EXPECT_EQ(best.error().code, Error::Code::unavailable);
  EXPECT_NE(best.error().message.find("needs more than 10 labels; it is proved to be at most"), std::string::npos);
}

TEST(QualityTable, RefusesWhatIsNoNumber) {
  Probabilities<zoo::NasBench201> gains;
  gains[0][0] = std::nan("");
  EXPECT_THROW(QualityTable<zoo::NasBench201>{gains}, Error);
}

}  // namespace best_within_test
