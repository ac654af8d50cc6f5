// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Masks of candidates against brute force; spaces reduced by them; which candidates are kept for a device.
#include "hwnas/profile/candidate_mask.hpp"

#include <set>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "hwnas/profile/candidate_scores.hpp"
#include "hwnas/profile/keep_candidates.hpp"
#include "hwnas/search/feasible.hpp"

namespace candidate_mask_test {

using namespace hwnas;
using Block = LayerChoice<Conv1x1, Conv3x3, Identity, MBConv<3, Kernel<5>>>;
using Space =
    Input<Sequential<Conv<Kernel<3>, Out<8>>, Named<"a", Block>, Named<"b", Repeat<Block, 1, 3>>,
                     Named<"c", LayerChoice<Identity, Named<"d", Block>>>, GlobalAvgPool, Flatten, Linear<10>>,
          Shape{3, 8, 8}>;
using A = Architecture<Space>;
constexpr FlopsProfiler<Space> flops;

CandidateMask<Space> random_mask(Rng& rng) {
  CandidateMask<Space> mask;
  for (std::size_t d = 0; d < decision_total<Space>; ++d) {
    for (int v = 0; v < decisions<Space>[d].count; ++v) {
      if (rng.below(3) == 0) mask.drop(d, v);
    }
  }
  return mask;
}

TEST(CandidateMask, IsABudgetOfNoneDropped) {
  Rng rng{1};
  for (int i = 0; i < 20; ++i) {
    const auto mask = random_mask(rng);
    const auto dropped = mask.dropped();
    const Flops most{(flops.range().min.value() + flops.range().max.value()) / 2};
    std::int64_t allowed = 0, cheap = 0;
    for_each_architecture<Space>([&](const A& a) {
      allowed += mask.allows(a) ? 1 : 0;
      cheap += mask.allows(a) && flops.profile(a) <= most ? 1 : 0;
      EXPECT_EQ(mask.allows(a), dropped.profile(a) == Quality{0});
    });
    const Within none{dropped, Quality{0}, Quality{0}};
    EXPECT_EQ(count_within(none).lower, u128(static_cast<std::uint64_t>(allowed)));
    if (cheap == 0) continue;
    const Feasible inside{none, Within{flops, 0_FLOPs, most}};
    std::set<A> seen;
    for (int k = 0; k < 200; ++k) {
      const A a = inside(rng);
      EXPECT_TRUE(mask.allows(a));
      EXPECT_LE(flops.profile(a), most);
      seen.insert(a);
    }
    EXPECT_GE(seen.size(), static_cast<std::size_t>(std::min<std::int64_t>(cheap, 10)));
  }
}

TEST(CandidateMask, KeepsALastCandidate) {
  CandidateMask<Space> mask;
  EXPECT_EQ(mask.kept(0), 4);
  for (int v = 0; v < 3; ++v) EXPECT_TRUE(mask.drop(0, v));
  EXPECT_FALSE(mask.drop(0, 3));
  EXPECT_TRUE(mask.keeps(0, 3));
  auto bits = mask.bits();
  EXPECT_EQ(CandidateMask<Space>::make(bits).value(), mask);
  bits[0] = 0;
  EXPECT_FALSE(CandidateMask<Space>::make(bits).has_value());
  bits[0] = 1 << 4;
  const auto refused = CandidateMask<Space>::make(bits);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("candidates of \"a\": expected some of its 4"), std::string::npos);
}

// The same by type: a place that a repetition runs several times keeps what any of them uses.
using Small =
    Input<Sequential<Conv<Kernel<3>, Out<8>>, Named<"a", Block>, Named<"c", LayerChoice<Identity, Named<"d", Block>>>,
                     GlobalAvgPool, Flatten, Linear<10>>,
          Shape{3, 8, 8}>;
static_assert(decision_total<Small> == 3);
static_assert(std::is_same_v<KeepCandidates<Small, 0xf, 0x3, 0xf>, Small>);
using Kept = KeepCandidates<Small, 0x5, 0x3, 0xa>;
static_assert(
    std::is_same_v<
        Kept,
        Input<Sequential<Conv<Kernel<3>, Out<8>>, Named<"a", LayerChoice<Conv1x1, Identity>>,
                         Named<"c", LayerChoice<Identity, Named<"d", LayerChoice<Conv3x3, MBConv<3, Kernel<5>>>>>>,
                         GlobalAvgPool, Flatten, Linear<10>>,
              Shape{3, 8, 8}>>);

TEST(KeepCandidates, HasTheNetworksThatTheMaskAllows) {
  const auto mask = CandidateMask<Small>::make({0x5, 0x3, 0xa}).value();
  std::multiset<std::int64_t> by_mask, by_type;
  for_each_architecture<Small>([&](const auto& a) {
    if (mask.allows(a)) by_mask.insert(FlopsProfiler<Small>{}.ticks(a));
  });
  for_each_architecture<Kept>([&](const auto& a) { by_type.insert(FlopsProfiler<Kept>{}.ticks(a)); });
  EXPECT_EQ(by_mask, by_type);
  const std::string header = kept_candidates_header(mask, {.name = "Mine", .space = "Small", .include = "small.hpp"});
  EXPECT_NE(header.find("using Mine = hwnas::KeepCandidates<Small,\n    0x5 /* a: 2 of 4 */,"), std::string::npos)
      << header;
}

/// A device on which 3 x 3 convolutions are slower than what offers more.
struct Device {
  using key = OperatorKey;
  [[nodiscard]] Result<Milliseconds> predict(const OperatorKey& of) const {
    const std::string text = of.text();
    const bool slow = text.find("Kernel<3>") != std::string::npos || text.find("Conv3x3") != std::string::npos;
    return Milliseconds{slow ? 9.0 : text.find("MBConv") != std::string::npos ? 5.0 : 1.0};
  }
};

TEST(CandidateScores, KeepTheFrontOfCapacityAndLatency) {
  const LatencyProfiler<Small, Device> latency{Device{}};
  const auto scores = score_candidates(latency);
  ASSERT_EQ(scores.size(), 10U);
  for (const CandidateScore& one : scores) {
    bool beaten = false;
    for (const CandidateScore& other : scores) {
      beaten =
          beaten || (other.decision == one.decision && other.latency < one.latency && other.capacity > one.capacity);
    }
    EXPECT_FALSE(beaten && one.kept);
  }
  const auto mask = mask_of<Small>(scores);
  for (std::size_t d = 0; d < decision_total<Small>; ++d) EXPECT_GE(mask.kept(d), 1);
  // Expectations by enumeration, for the first decision: the others are equally likely where they are met.
  double sum = 0, weight = 0;
  for_each_architecture<Small>([&](const auto& a) {
    if (a[0] != 1) return;
    const double p = a[1] == 0 ? 0.5 : 0.125;
    sum += p * latency.profile(a).value(), weight += p;
  });
  EXPECT_NEAR(scores[1].latency, sum / weight, 1e-9);
  EXPECT_LT(scores[1].capacity, scores[3].capacity + 1);
}

}  // namespace candidate_mask_test
