// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/latency/kernel_correction.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "hwnas/core/rng.hpp"

namespace kernel_correction_test {

using namespace hwnas;

// Networks of two types of kernel; convolutions cost `factor` of what they cost alone and a start, additions what they cost alone.
std::vector<NetworkSum> networks(int count, double factor, double start) {
  std::vector<NetworkSum> result;
  Rng rng{5};
  for (int i = 0; i < count; ++i) {
    const double kernels = 10 + static_cast<double>(rng.below(40)), alone = kernels * (0.2 + rng.uniform()),
                 adds = 1 + 3 * rng.uniform();
    NetworkSum network{.types = {{"conv", {alone, kernels, 1000 * kernels}}, {"add", {adds, 8, 0}}}};
    network.latency = factor * alone + start * kernels + adds;
    result.push_back(std::move(network));
  }
  return result;
}
double predicted(const NetworkSum& network, const KernelCorrections& corrections) {
  double sum = 0;
  for (const auto& [type, s] : network.types) {
    const KernelCorrection& c = corrections.at(type);
    sum += c.factor * s.alone + c.start * s.count + c.weight * s.weights;
  }
  return sum;
}

TEST(KernelCorrection, FindsWhatKernelsOfATypeCostInsideNetworks) {
  const auto all = networks(60, 1.4, 0.05);
  const auto corrections = fit_corrections(std::span{all}.first(40)).value();
  for (const NetworkSum& network : std::span{all}.subspan(40)) {
    EXPECT_NEAR(predicted(network, corrections) / network.latency, 1, 0.01);
  }
}

// Some networks were measured while something else ran, one where it is not known what it ran.
TEST(KernelCorrection, IsNotLedAstrayByAFew) {
  auto all = networks(80, 1.4, 0.05);
  for (std::size_t i = 0; i < 40; i += 8) all[i].latency *= 1.6;
  all[3].latency /= 100;
  const auto corrections = fit_corrections(std::span{all}.first(40)).value();
  for (const NetworkSum& network : std::span{all}.subspan(40)) {
    EXPECT_NEAR(predicted(network, corrections) / network.latency, 1, 0.03);
  }
}

TEST(KernelCorrection, IsOneFactorWhereNetworksSayNoMore) {
  std::vector<NetworkSum> all = networks(3, 1, 0);
  for (NetworkSum& n : all) n.latency *= 1.3;
  const auto corrections = fit_corrections(all).value();
  EXPECT_NEAR(corrections.at("").factor, 1.3, 0.05);
  for (const NetworkSum& network : all) EXPECT_NEAR(predicted(network, corrections) / network.latency, 1, 0.02);
}

// The types' shares are those of one network, so that nothing but a common factor can be learnt.
TEST(KernelCorrection, IsOneFactorWhereOneNetworkWasMeasuredOften) {
  std::vector<NetworkSum> all(40, networks(1, 1.2, 0).front());
  Rng rng{3};
  for (NetworkSum& n : all) n.latency *= 1 + 0.02 * rng.uniform();
  const auto corrections = fit_corrections(all).value();
  for (const auto& [type, c] : corrections) {
    EXPECT_NEAR(c.factor, corrections.at("").factor, 1e-6) << type;
    EXPECT_NEAR(c.start, 0, 1e-6) << type;
    EXPECT_NEAR(c.weight, 0, 1e-6) << type;
  }
  EXPECT_NEAR(predicted(all[0], corrections) / all[0].latency, 1, 0.03);
}

TEST(KernelCorrection, LeavesNoKernelForNothing) {
  const KernelCorrection odd{.factor = 0.5, .start = -3, .weight = 0};
  EXPECT_DOUBLE_EQ(odd.apply(2, 0), 0.2);
}

TEST(KernelCorrection, RefusesWhatTeachesNothing) {
  auto all = networks(5, 1, 0);
  EXPECT_EQ(fit_corrections(std::span{all}.first(1)).error().code, Error::Code::bad_value);
  all[3].latency = NAN;
  EXPECT_NE(fit_corrections(all).error().message.find("network 3"), std::string::npos);
}

}  // namespace kernel_correction_test
