// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/core/rng.hpp"

#include <array>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace {

using namespace hwnas;

// The outputs that the authors' C code gives from the state 1, 2, 3, 4 (the vector other implementations test with).
TEST(Rng, IsXoshiro256StarStar) {
  Rng rng;
  rng.set_state({1, 2, 3, 4});
  for (const std::uint64_t expected :
       {11520ULL, 0ULL, 1509978240ULL, 1215971899390074240ULL, 1216172134540287360ULL, 607988272756665600ULL,
        16172922978634559625ULL, 8476171486693032832ULL, 10595114339597558777ULL, 2904607092377533576ULL}) {
    EXPECT_EQ(rng(), expected);
  }
}

constexpr std::uint64_t third(std::uint64_t seed) {
  Rng rng{seed};
  rng();
  rng();
  return rng();
}
static_assert(third(7) == third(7) && third(7) != third(8));

TEST(Rng, IsTheSameAtRunTime) {
  constexpr std::uint64_t compiled = third(12345);
  volatile std::uint64_t seed = 12345;
  EXPECT_EQ(third(seed), compiled);
}

// Chi-square with 9 degrees of freedom passes 27.9 once in a thousand.
template <class Bound>
double chi_square(Bound bound, Rng rng) {
  constexpr int draws = 20'000;
  std::array<int, 10> counts{};
  for (int i = 0; i < draws; ++i) {
    const u128 drawn = rng.below(bound);
    ++counts[static_cast<std::size_t>((drawn / (u128{bound} / 10)).low() % 10)];
  }
  double sum = 0;
  for (int c : counts) sum += (c - draws / 10.0) * (c - draws / 10.0) / (draws / 10.0);
  return sum;
}
TEST(Rng, BelowIsUniform) {
  EXPECT_LT(chi_square(std::uint64_t{10}, Rng{1}), 27.9);
  // A bound of three quarters of 2^64, where taking remainders would draw the lower third twice as often.
  EXPECT_LT(chi_square(std::uint64_t{13'835'058'055'282'163'710U}, Rng{2}), 27.9);
  EXPECT_LT(chi_square(u128::from_words(1, 1ULL << 63), Rng{3}), 27.9);
}

RC_GTEST_PROP(Rng, BelowStaysBelow, (std::uint64_t seed, std::uint64_t high, std::uint64_t low)) {
  RC_PRE(low > 0U);
  Rng rng{seed};
  RC_ASSERT(rng.below(low) < low);
  const u128 bound = u128::from_words(high, low);
  RC_ASSERT(rng.below(bound) < bound);
}
RC_GTEST_PROP(Rng, StreamsDifferAndDoNotAdvanceTheirSource, (std::uint64_t seed, std::uint64_t stream)) {
  const Rng rng{seed};
  Rng one = rng.split(stream);
  Rng other = rng.split(stream + 1);
  RC_ASSERT(one() != other());
  RC_ASSERT(rng == Rng{seed});
  RC_ASSERT(rng.split(stream) == Rng{seed}.split(stream));
}
RC_GTEST_PROP(Rng, GoesOnFromItsState, (std::uint64_t seed)) {
  Rng rng{seed};
  rng();
  Rng restored;
  restored.set_state(rng.state());
  RC_ASSERT(restored() == rng());
  const double u = rng.uniform();
  RC_ASSERT(u >= 0 && u < 1);
}

}  // namespace
