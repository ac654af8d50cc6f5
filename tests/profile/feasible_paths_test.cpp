// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/profile/feasible_paths.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "hwnas/profile/profilers.hpp"
#include "hwnas/search/listed.hpp"
#include "hwnas/space/enumerate.hpp"
#include "hwnas/zoo/small.hpp"
#include "space/random_types.hpp"

namespace hwnas {
namespace feasible_paths_test {

/// Candidates that lie on a path of some member, by state of the decisions before: every prefix of every member.
template <class Space> void expect_open_means_a_member_follows(const FeasiblePaths<Space>& paths, auto&& inside) {
  std::uint64_t members = 0, ends = 0;
  for_each_architecture<Space>([&](const Architecture<Space>& a) {
    if (!inside(a)) return;
    ++members;
    for (auto place = paths.begin(); !paths.at_end(place);) {
      const int v = a[paths.decision(place)];
      RC_ASSERT(paths.open(place, v));
      place = paths.after(place, v);
    }
  });
  // And no more: following everything open meets each member once, and nothing else.
  const auto follow = [&](const auto& self, const typename FeasiblePaths<Space>::Place& place) -> void {
    if (paths.at_end(place)) {
      ++ends;
      return;
    }
    for (int v = 0; v < paths.count(place); ++v) {
      if (paths.open(place, v)) self(self, paths.after(place, v));
    }
  };
  follow(follow, paths.begin());
  RC_ASSERT(ends == members);
}

template <class Space> void check(std::uint64_t seed, std::int64_t memory) {
  const FlopsProfiler<Space> flops;
  const MemoryProfiler<Space> peak;
  Rng rng{seed};
  const Flops one = flops.profile(Uniform<Space>{}(rng)), other = flops.profile(Uniform<Space>{}(rng));
  const Flops lo = std::min(one, other), hi = std::max(one, other);
  const auto range = uniform_within(DrawOptions{.memory = memory}, Within{flops, lo, hi}).value();
  expect_open_means_a_member_follows<Space>(FeasiblePaths<Space>{range.shared_set()}, [&](const auto& a) {
    return lo <= flops.profile(a) && flops.profile(a) <= hi;
  });
  const Bytes limit = peak.profile(Uniform<Space>{}(rng));
  const auto both =
      uniform_within(DrawOptions{.memory = memory}, Within{peak, Bytes{0}, limit}, Within{flops, Flops{0}, hi});
  if (!both) return;
  expect_open_means_a_member_follows<Space>(FeasiblePaths<Space>{both->shared_set()}, [&](const auto& a) {
    return peak.profile(a) <= limit && flops.profile(a) <= hi;
  });
}

RC_GTEST_PROP(FeasiblePaths, OpenMeansThatAMemberFollows, (std::uint64_t seed)) {
  check<random_types::Space0>(seed, std::int64_t{1} << 20);
  check<random_types::Space6>(seed, std::int64_t{1} << 20);
}
RC_GTEST_PROP(FeasiblePaths, OpenMeansThatAMemberFollowsWhereTheGridIsCoarse, (std::uint64_t seed)) {
  check<random_types::Space0>(seed, 1 << 9);
  check<random_types::Space18>(seed, 1 << 9);
}

TEST(FeasiblePaths, AreAllOpenWithoutABudget) {
  using Space = random_types::Space6;
  const FeasiblePaths<Space> paths;
  for (auto place = paths.begin(); !paths.at_end(place); place = paths.after(place, 0)) {
    for (int v = 0; v < paths.count(place); ++v) EXPECT_EQ(paths.share(place, v), 1);
  }
}

/// Probability of an architecture where each decision on its path has equally likely candidates.
template <class Space> double equally_likely(const Architecture<Space>& a) {
  double p = 1;
  for_each_active_choice(a, [&](std::size_t d, int) { p /= decisions<Space>[d].count; });
  return p;
}

template <class Space> void check_shares(std::uint64_t seed) {
  const FlopsProfiler<Space> flops;
  Rng rng{seed};
  const Flops budget = flops.profile(Uniform<Space>{}(rng));
  const auto draw = uniform_within(Within{flops, Flops{0}, budget}).value();
  const FeasiblePaths<Space> paths{draw.shared_set()};
  double inside = 0;
  std::vector<Architecture<Space>> members;
  for_each_architecture<Space>([&](const Architecture<Space>& a) {
    if (flops.profile(a) > budget) return;
    members.push_back(a);
    inside += equally_likely(a);
  });
  for (const Architecture<Space>& a : members) {
    double p = 1;
    for (auto place = paths.begin(); !paths.at_end(place); place = paths.after(place, a[paths.decision(place)])) {
      double all = 0;
      for (int v = 0; v < paths.count(place); ++v) all += paths.share(place, v);
      p *= paths.share(place, a[paths.decision(place)]) / all;
    }
    RC_ASSERT(std::abs(p - equally_likely(a) / inside) < 1e-9 * p);
  }
}

// Taking candidates in proportion to their shares draws from the uniform paths' distribution, given that they end inside.
RC_GTEST_PROP(FeasiblePaths, SharesAreOfWhatFollowsInside, (std::uint64_t seed)) {
  check_shares<random_types::Space0>(seed);
  check_shares<random_types::Space6>(seed);
}

TEST(FeasiblePaths, SharesOfAListAreNumbersOfItsMembers) {
  using Space = zoo::small::ProxylessNas;
  Rng rng{5};
  std::vector<Architecture<Space>> all;
  for (int i = 0; i < 50; ++i) all.push_back(Uniform<Space>{}(rng));
  const Listed<Space> list{all};
  const FeasiblePaths<Space> paths{nullptr, [&](auto first) { return list.count_beginning(first); }};
  for (const Architecture<Space>& a : list.all()) {
    double before = static_cast<double>(list.all().size());
    for (auto place = paths.begin(); !paths.at_end(place);) {
      double sum = 0;
      for (int v = 0; v < paths.count(place); ++v) sum += paths.share(place, v);
      EXPECT_EQ(sum, before);
      before = paths.share(place, a[paths.decision(place)]);
      place = paths.after(place, a[paths.decision(place)]);
    }
    EXPECT_EQ(before, 1);
  }
}

// Far too many networks to list, and a grid that cannot tell near the border.
TEST(FeasiblePaths, NeverEndOutsideABudgetThatOneInAHundredThousandMeets) {
  using Space = zoo::small::ProxylessNas;
  const FlopsProfiler<Space> flops;
  const Flops budget{1'450'000};
  for (const std::int64_t memory : {std::int64_t{64} << 20, std::int64_t{1} << 16}) {
    const auto draw = uniform_within(DrawOptions{.memory = memory}, Within{flops, Flops{0}, budget}).value();
    const FeasiblePaths<Space> paths{draw.shared_set()};
    Rng rng{3};
    for (int i = 0; i < 20'000; ++i) {
      typename Architecture<Space>::values_type values{};
      for (auto place = paths.begin(); !paths.at_end(place);) {
        std::vector<int> open;
        for (int v = 0; v < paths.count(place); ++v) {
          if (paths.open(place, v)) open.push_back(v);
        }
        ASSERT_FALSE(open.empty());
        const int chosen = open[static_cast<std::size_t>(rng.below(open.size()))];
        values[paths.decision(place)] = static_cast<std::uint8_t>(chosen);
        place = paths.after(place, chosen);
      }
      ASSERT_LE(flops.profile(Architecture<Space>::from_canonical(values)), budget);
    }
  }
}

}  // namespace feasible_paths_test
}  // namespace hwnas
