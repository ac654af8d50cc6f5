// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The trellis under fusion rules against the detector on single architectures.
#include "hwnas/latency/kernel_trellis.hpp"

#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "hwnas/core.hpp"
#include "hwnas/zoo/nasbench201.hpp"
#include "hwnas/zoo/proxylessnas.hpp"
#include "hwnas/zoo/small.hpp"

namespace kernel_trellis_test {

using namespace hwnas;

// Some latency of a kernel: different ones for different kernels.
std::int64_t price(const KernelKey& k) {
  return static_cast<std::int64_t>(std::hash<std::string>{}(k.text()) % 1'000'003);
}

FusionRules random_rules() {
  FusionRules rules;
  for (int i = 0; i < kernel_ops; ++i) {
    for (int j = 0; j < kernel_ops; ++j) {
      if (*rc::gen::inRange(0, 3) == 0) rules.allow(static_cast<KernelOp>(i), static_cast<KernelOp>(j));
    }
  }
  return rules;
}
FusionRules usual_rules() {
  FusionRules rules;
  for (KernelOp conv : {KernelOp::conv, KernelOp::dwconv, KernelOp::fc}) {
    for (KernelOp reader : {KernelOp::bn, KernelOp::relu, KernelOp::hswish, KernelOp::add}) rules.allow(conv, reader);
  }
  for (KernelOp reader : {KernelOp::relu, KernelOp::add}) rules.allow(KernelOp::add, reader);
  return rules;
}

template <class Space>
class Priced {
 public:
  Priced(const FusionRules& rules, FusionReach reach) : trellis_{kernel_trellis<Space>(rules, reach).value()} {
    std::vector<std::int64_t> ticks;
    for (const KernelKey& k : trellis_.kernels) ticks.push_back(price(k));
    costs_.resize(trellis_.data.edges.size());
    sum_column(trellis_.lists(), ticks, costs_);
    paths_.resize(costs_.size());
    fill_path_table({trellis_.shape(), costs_, Combine::sum}, paths_);
  }
  [[nodiscard]] std::int64_t operator()(const Architecture<Space>& a) const {
    return path_cost<Combine::sum, false>(paths_, a.values(), trellis_.data.states);
  }
  [[nodiscard]] const KernelTrellis& trellis() const { return trellis_; }

 private:
  KernelTrellis trellis_;
  std::vector<std::int64_t> costs_;
  std::vector<PathEdge> paths_;
};

template <class Space>
void sums_agree(const FusionRules& rules, FusionReach reach, int architectures, std::uint64_t seed) {
  const Priced<Space> priced{rules, reach};
  Rng rng{seed};
  const Uniform<Space> draw;
  for (int i = 0; i < architectures; ++i) {
    const auto a = draw(rng);
    std::int64_t sum = 0;
    for (const DetectedKernel& k : detected_kernels(a, rules, reach)) sum += price(k.kernel);
    RC_ASSERT(priced(a) == sum);
  }
}

using Block = LayerChoice<MBConv<3>, MBConv<6, Kernel<5>, SqueezeExcite<4>, Act<HSwish>>, Identity>;
using Small =
    Input<Sequential<Conv<Kernel<3>, Stride<2>, Out<8>, Act<None>>, Block, Repeat<Conv<Kernel<3, 5>, Act<None>>, 0, 2>,
                     Residual<LayerChoice<Conv3x3, Identity, Conv<Kernel<1>, Act<None>>>>,
                     MaxPool<Kernel<2>, Stride<2>>, Sum<LayerChoice<Conv1x1, Zero>, LayerChoice<Identity, Zero>>,
                     MBConv<one_of<1, 4>, Stride<2>, Out<16, 24>>, GlobalAvgPool, Flatten, Linear<10>>,
          Shape{3, 16, 16}, Shape{3, 20, 20}>;

RC_GTEST_PROP(KernelTrellis, SumsEqualTheDetectorsKernels, ()) {
  sums_agree<Small>(random_rules(), *rc::gen::element(FusionReach::network, FusionReach::operators), 20,
                    *rc::gen::arbitrary<std::uint64_t>());
}

TEST(KernelTrellis, SumsEqualTheDetectorsKernelsInTheZoo) {
  rc::check([] {
    sums_agree<zoo::ProxylessNas>(usual_rules(), FusionReach::network, 3, *rc::gen::arbitrary<std::uint64_t>());
  });
}

TEST(KernelTrellis, FusesAcrossBlocks) {
  using Two = Input<Sequential<LayerChoice<Conv<Kernel<3>, Out<4>, Act<None>>, Conv<Kernel<5>, Out<4>, Act<None>>>,
                               LayerChoice<Identity, ReLU>>, Shape{3, 8, 8}>;
  const auto trellis = kernel_trellis<Two>(usual_rules()).value();
  std::map<std::string, int> types;
  for (const KernelKey& k : trellis.kernels) ++types[k.type()];
  EXPECT_EQ(types, (std::map<std::string, int>{{"conv-bn", 2}, {"conv-bn-relu", 2}}));
  const auto inside = kernel_trellis<Two>(usual_rules(), FusionReach::operators).value();
  EXPECT_EQ(inside.kernels.size(), 3U);
}

TEST(KernelTrellis, WithoutRulesHasTheStatesOfTheSpace) {
  const auto trellis = kernel_trellis<zoo::ProxylessNas>({}).value();
  EXPECT_EQ(trellis.data.states.size(), Compiled<zoo::ProxylessNas>::shape().states.size());
}

// Answers by price(); its rules fuse across blocks.
struct PricePredictor {
  using key = KernelKey;
  FusionRules fusion = usual_rules();
  [[nodiscard]] const FusionRules& rules() const { return fusion; }
  [[nodiscard]] Result<Milliseconds> predict(const KernelKey& k) const { return Milliseconds::from_ticks(price(k)); }
};
using Kernels = LatencyProfiler<Small, PricePredictor>;

TEST(LatencyProfiler, OfKernelsCountsAndDrawsAsEveryTable) {
  const Kernels latency{PricePredictor{}};
  std::vector<std::int64_t> all;
  for_each_architecture<Small>([&](const auto& a) { all.push_back(latency.ticks(a)); });
  std::sort(all.begin(), all.end());
  EXPECT_EQ(latency.range().min.ticks(), all.front());
  EXPECT_EQ(latency.range().max.ticks(), all.back());
  const auto limit = Milliseconds::from_ticks(all[all.size() / 10]);
  const auto inside = std::upper_bound(all.begin(), all.end(), limit.ticks()) - all.begin();
  const Bounds count = count_within(latency, 0_ms, limit);
  EXPECT_TRUE(count.lower <= inside && inside <= count.upper);
  Rng rng{1};
  const auto draw = uniform_within(latency, 0_ms, limit).value();
  for (int i = 0; i < 100; ++i) EXPECT_LE(latency.profile(draw(rng)), limit);
}

TEST(LatencyProfiler, OfKernelsCombinesWithOtherBudgets) {
  const Kernels latency{PricePredictor{}};
  const FlopsProfiler<Small> flops;
  ASSERT_NE(latency.view().states.size(), flops.view().states.size());
  std::vector<std::int64_t> all, costs;
  for_each_architecture<Small>(
      [&](const auto& a) { all.push_back(latency.ticks(a)), costs.push_back(flops.ticks(a)); });
  const auto median = [](std::vector<std::int64_t> v) {
    return std::nth_element(v.begin(), v.begin() + v.size() / 2, v.end()), v[v.size() / 2];
  };
  const Within few{latency, 0_ms, Milliseconds::from_ticks(median(all))};
  const Within cheap{flops, 0_FLOPs, Flops::from_ticks(median(costs))};
  std::int64_t inside = 0;
  for (std::size_t i = 0; i < all.size(); ++i) inside += all[i] <= few.hi.ticks() && costs[i] <= cheap.hi.ticks();
  const Bounds count = count_within(few, cheap);
  EXPECT_TRUE(count.lower <= inside && inside <= count.upper);
  Rng rng{1};
  const auto draw = uniform_within(few, cheap).value();
  const auto conditioned =
      Conditioned<Small>::make(HardConstraint{latency, few.hi}, HardConstraint{flops, cheap.hi}).value();
  for (int i = 0; i < 100; ++i) {
    for (const auto& a : {draw(rng), conditioned.draw(rng)}) {
      EXPECT_LE(latency.profile(a), few.hi);
      EXPECT_LE(flops.profile(a), cheap.hi);
    }
  }
  EXPECT_LE(latency.profile(conditioned.most_probable()), few.hi);
  EXPECT_FALSE(uniform_within(Within{latency, 0_ms, latency.range().min}, Within{flops, 0_FLOPs, 1_FLOPs}));
}

}  // namespace kernel_trellis_test
