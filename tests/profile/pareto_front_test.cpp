// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Fronts against enumeration.
#include "hwnas/profile/pareto_front.hpp"

#include <map>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "hwnas/profile/quality_table.hpp"
#include "hwnas/zoo/nasbench201.hpp"
#include "hwnas/zoo/proxylessnas.hpp"
#include "space/random_types.hpp"

namespace pareto_front_test {

using namespace hwnas;

/// First cost to the least second cost, of what nothing betters; by looking at every architecture.
template <class First, class Second>
std::map<std::int64_t, std::int64_t> enumerated_front(const First& first, const Second& second) {
  std::map<std::int64_t, std::int64_t> least, front;
  for_each_architecture<typename First::space>([&](const auto& a) {
    const auto [at, fresh] = least.emplace(first.ticks(a), second.ticks(a));
    at->second = std::min(at->second, second.ticks(a));
  });
  for (const auto& [x, y] : least) {
    if (front.empty() || y < front.rbegin()->second) front.emplace(x, y);
  }
  return front;
}
template <class First, class Second>
void check_front(const First& first, const Second& second) {
  std::map<std::int64_t, std::int64_t> found;
  std::int64_t before = -1;
  const auto front = pareto_front(first, second).value();
  for (const auto& [a, x, y] : front) {
    EXPECT_EQ(first.ticks(a), x.ticks());
    EXPECT_EQ(second.ticks(a), y.ticks());
    EXPECT_EQ(Architecture<typename First::space>::from_values(a.values()), a);
    EXPECT_LT(before, x.ticks());
    before = x.ticks();
    found.emplace(x.ticks(), y.ticks());
  }
  EXPECT_EQ(found, enumerated_front(first, second));
}

/// The latency of anything: a predictor whose numbers have many digits.
struct Formula {
  using key = OperatorKey;
  [[nodiscard]] Result<Milliseconds> predict(const OperatorKey& of) const {
    const auto hash = std::hash<std::string>{}(of.text());
    return Milliseconds{0.1 + static_cast<double>(hash % 1'000'003) / 3e5};
  }
};

template <class Space>
void check_all() {
  const FlopsProfiler<Space> flops;
  const ParamsProfiler<Space> params;
  const MemoryProfiler<Space> memory;
  const LatencyProfiler<Space, Formula> latency{Formula{}};
  check_front(flops, params);
  check_front(latency, flops);
  check_front(params, latency);
  check_front(memory, latency);  // a maximum and a sum
  check_front(flops, memory);
  check_front(latency, latency);
}

TEST(ParetoFront, OfRandomTypesIsThatOfEnumeration) {
  check_all<random_types::Space0>();
  check_all<random_types::Space32>();
  check_all<random_types::Space41>();
  check_all<random_types::Space63>();
}

using C = LayerChoice<Conv3x3, Conv5x5, MBConv<2, Kernel<3, 5>>>;
template <class... Nodes>
using On = Input<Sequential<Nodes...>, Shape{4, 8, 8}>;

TEST(ParetoFront, OfSharedLabelsIsThatOfEnumeration) {
  check_all<On<LayerChoice<Identity, Named<"x", C>>, Named<"x", C>, C>>();
  check_all<On<LayerChoice<Named<"x", C>, Identity>, Named<"y", C>, Named<"x", C>>>();
  check_all<On<Named<"d", Repeat<Conv3x3, 0, 2>>, MaxPool<Stride<2>>, Named<"d", Repeat<Conv3x3, 0, 2>>>>();
}

TEST(ParetoFront, OfNasBench201IsThatOfEnumeration) {
  using Space = zoo::NasBench201;
  check_front(FlopsProfiler<Space>{}, LatencyProfiler<Space, Formula>{Formula{}});
  check_front(MemoryProfiler<Space>{}, LatencyProfiler<Space, Formula>{Formula{}});
}

// What an architecture lacks in quality is a cost like others, also below zero.
TEST(ParetoFront, OfLatencyAndLostQualityIsThatOfEnumeration) {
  using Space = zoo::NasBench201;
  Rng rng{8};
  Probabilities<Space> losses;
  for (double& x : losses.all()) x = 2 * rng.uniform() - 1.5;
  check_front(LatencyProfiler<Space, Formula>{Formula{}}, QualityTable<Space>{losses});
}

TEST(ParetoFront, OfASpaceWithoutDecisionsIsItsOneArchitecture) {
  using Space = On<Conv3x3>;
  const auto front = pareto_front(FlopsProfiler<Space>{}, ParamsProfiler<Space>{}).value();
  ASSERT_EQ(front.size(), 1U);
  EXPECT_EQ(front.front().first, FlopsProfiler<Space>{}.range().min);
}

// Too many to enumerate: its ends are known, and no draw betters a point.
TEST(ParetoFront, OfProxylessNasIsBetteredByNoDraw) {
  using Space = zoo::ProxylessNas;
  const FlopsProfiler<Space> flops;
  const ParamsProfiler<Space> params;
  const auto front = pareto_front(flops, params).value();
  EXPECT_EQ(front.front().first, flops.range().min);
  EXPECT_EQ(front.back().second, params.range().min);
  Rng rng{5};
  for (int i = 0; i < 20'000; ++i) {
    const auto a = Uniform<Space>{}(rng);
    const auto after = std::upper_bound(front.begin(), front.end(), flops.profile(a),
                                        [](Flops f, const auto& point) { return f < point.first; });
    ASSERT_NE(after, front.begin());
    EXPECT_LE(std::prev(after)->second, params.profile(a));
  }
}

TEST(ParetoFront, BeyondItsLimitIsAnError) {
  using Space = zoo::ProxylessNas;
  const auto front = pareto_front(FlopsProfiler<Space>{}, ParamsProfiler<Space>{}, {.labels = 20});
  ASSERT_FALSE(front);
  EXPECT_EQ(front.error().code, Error::Code::unavailable);
  EXPECT_NE(front.error().message.find("FLOPs and params needs more than 20 labels"), std::string::npos);
}

}  // namespace pareto_front_test
