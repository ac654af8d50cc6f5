// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <gtest/gtest.h>

#include "hwnas/profile/profilers.hpp"
#include "hwnas/space/enumerate.hpp"
#include "space/random_types.hpp"

namespace hwnas {
namespace expected_gradient_test {

template <class Space> Probabilities<Space> random_probabilities(Rng& rng) {
  Probabilities<Space> p;
  for (std::size_t d = 0; d < decision_total<Space>; ++d) {
    double sum = 0;
    for (double& x : p[d]) sum += x = 0.05 + rng.uniform();
    for (double& x : p[d]) x /= sum;
  }
  return p;
}

template <class P> void expect_expectation_and_gradient(const P& profiler) {
  using Space = typename P::space;
  Rng rng{3};
  auto p = random_probabilities<Space>(rng);
  double enumerated = 0;
  for_each_architecture<Space>([&](const Architecture<Space>& a) {
    double probability = 1;
    for_each_active_choice(a, [&](std::size_t d, int v) { probability *= p[d][static_cast<std::size_t>(v)]; });
    enumerated += probability * static_cast<double>(profiler.profile(a).value());
  });
  const double expected = profiler.expected(p).value();
  EXPECT_NEAR(enumerated, expected, 1e-9 * expected);
  const auto gradient = profiler.expected_gradient(p);
  for (std::size_t d = 0; d < decision_total<Space>; ++d) {
    for (std::size_t v = 0; v < p[d].size(); ++v) {
      const double h = 1e-5, before = p[d][v];
      p[d][v] = before + h;
      const double above = profiler.expected(p).value();
      p[d][v] = before - h;
      const double below = profiler.expected(p).value();
      p[d][v] = before;
      EXPECT_NEAR(gradient[d][v], (above - below) / (2 * h), 1e-4 * std::abs(gradient[d][v]) + 1e-3);
    }
  }
}

template <class Space> void expect_all() {
  expect_expectation_and_gradient(FlopsProfiler<Space>{});
  expect_expectation_and_gradient(ParamsProfiler<Space>{});
  expect_expectation_and_gradient(MemoryProfiler<Space>{});
}

TEST(ExpectedGradient, AgreesWithEnumerationAndFiniteDifferences) {
  expect_all<random_types::Space0>();
  expect_all<random_types::Space6>();
  expect_all<random_types::Space18>();
}

}  // namespace expected_gradient_test
}  // namespace hwnas
