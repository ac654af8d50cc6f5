// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Latencies by the kernels that each network runs, against the detector on every one of them.
#include "hwnas/latency/listed_kernels.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "hwnas/latency/latency_profiler.hpp"
#include "hwnas/zoo/nasbench201.hpp"
#include "hwnas/zoo/proxylessnas.hpp"

namespace listed_kernels_test {

using namespace hwnas;

// Three edges of a cell that is used four times, once at a smaller size: 125 networks, many of them with dead ends.
using Op = zoo::NasBench201Op;
using SmallCell = Named<"cell", Cell<Node<From<0, Op>>, Node<From<0, Op>, From<1, Op>>>>;
using Cells = Input<Sequential<Conv<Kernel<3>, Out<4>, Act<None>>, Repeat<SmallCell, 2>,
                               nb201::Reduction<Stride<2>, Out<8>>, Repeat<SmallCell, 2>, GlobalAvgPool, Flatten, Linear<10>>,
                    Shape{3, 8, 8}>;
static_assert(space_size<Cells> == 125);

struct Prices {
  using key = KernelKey;
  FusionRules fusion{};
  [[nodiscard]] const FusionRules& rules() const { return fusion; }
  [[nodiscard]] Result<Milliseconds> predict(const KernelKey& k) const {
    return Milliseconds::from_ticks(static_cast<std::int64_t>(std::hash<std::string>{}(k.text()) % 1'000'003));
  }
};
using Latency = LatencyProfiler<Cells, Prices>;

template <class Space> Milliseconds detected(const Prices& prices, const Architecture<Space>& a) {
  std::int64_t ticks = 0;
  for (const KernelKey& k : running_kernels(kernel_graph(a), prices.fusion)) ticks += prices.predict(k)->ticks();
  return Milliseconds::from_ticks(ticks);
}

std::vector<Prices> machines() {
  Prices eager, compiled;
  for (const KernelOp conv : {KernelOp::conv, KernelOp::dwconv}) {
    for (const KernelOp reader : {KernelOp::bn, KernelOp::relu}) compiled.fusion.allow(conv, reader);
  }
  compiled.fusion.allow(KernelOp::add, KernelOp::relu);
  compiled.fusion.folds_constants = compiled.fusion.merges_equals = true;
  return {eager, compiled};
}

TEST(LatencyProfiler, ListedIsWhatTheDetectorFindsInEveryNetwork) {
  for (const Prices& prices : machines()) {
    const Latency latency = Latency::make_listed(prices).value();
    const auto summed = Latency::make(prices);
    int apart = 0;
    for_each_architecture<Cells>([&](const auto& a) {
      EXPECT_EQ(latency.profile(a), detected(prices, a));
      apart += summed && summed->profile(a) != latency.profile(a) ? 1 : 0;
    });
    EXPECT_TRUE(!summed || apart > 10) << "or a sum over choices would do";
  }
}

TEST(LatencyProfiler, ListedCountsAndDrawsAsEveryTable) {
  const Prices prices = machines().back();
  const Latency latency = Latency::make_listed(prices).value();
  std::vector<Milliseconds> all;
  for_each_architecture<Cells>([&](const auto& a) { all.push_back(detected(prices, a)); });
  std::sort(all.begin(), all.end());
  EXPECT_EQ(latency.range().min, all.front());
  EXPECT_EQ(latency.range().max, all.back());
  const Milliseconds limit = all[all.size() / 3];
  const auto inside = std::upper_bound(all.begin(), all.end(), limit) - all.begin();
  const Bounds count = count_within(latency, 0_ms, limit);
  EXPECT_TRUE(count.lower <= inside && inside <= count.upper);
  Rng rng{1};
  const auto draw = uniform_within(latency, 0_ms, limit).value();
  for (int i = 0; i < 200; ++i) EXPECT_LE(detected(prices, draw(rng)), limit);
}

// Decisions that others bring along, and a label in two places.
TEST(LatencyProfiler, ListedTakesAnySpaceOfFewNetworks) {
  using Nested = Input<
      Sequential<Conv<Kernel<3>, Out<4>>, LayerChoice<MBConv<one_of<2, 3>>, Zero, Identity>, Repeat<Conv<Kernel<3, 5>>, 0, 2>,
                 Sum<Named<"s", LayerChoice<Conv1x1, Zero>>, LayerChoice<Identity, Zero>>,
                 Named<"s", LayerChoice<Conv1x1, Zero>>, GlobalAvgPool, Flatten, Linear<3>>,
      Shape{3, 8, 8}, Shape{3, 12, 12}>;
  for (const Prices& prices : machines()) {
    const auto latency = LatencyProfiler<Nested, Prices>::make_listed(prices).value();
    for_each_architecture<Nested>([&](const auto& a) { EXPECT_EQ(latency.profile(a), detected(prices, a)); });
    const auto range = latency.range();
    Rng rng{2};
    const auto draw = uniform_within(latency, range.min, range.max).value();
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(range.contains(latency.profile(draw(rng))));
  }
}

TEST(ListedKernels, AreRefusedWhereThereAreTooMany) {
  const auto all = listed_kernels<Cells>({});
  ASSERT_TRUE(all.has_value());
  EXPECT_EQ(all->networks(), 125U);
  const auto few = listed_kernels<Cells>({}, 100);
  ASSERT_FALSE(few.has_value());
  EXPECT_EQ(few.error().code, Error::Code::bad_value);
  EXPECT_NE(few.error().message.find("the space has 125, more than 100"), std::string::npos) << few.error().message;
  EXPECT_FALSE((LatencyProfiler<zoo::ProxylessNas, Prices>::make_listed({}).has_value()));
}

}  // namespace listed_kernels_test
