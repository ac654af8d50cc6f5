// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What every Adapter obeys; run on each model in tests/latency/proxy_laws_test.cpp.
///        check_adapter_laws(make_adapter, samples);      // make_adapter() gives a fresh one for the same pool
#pragma once

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "hwnas/core/rng.hpp"
#include "hwnas/latency/proxy/concepts.hpp"

namespace laws {

using namespace hwnas;

inline Samples scaled(Samples samples, double factor) {
  for (Sample& sample : samples) sample.latency = sample.latency * factor;
  return samples;
}
/// The same samples, each off by a random percentage of about `share`.
inline Samples noisier(Samples samples, double share) {
  Rng rng{99};
  for (Sample& sample : samples) sample.latency = sample.latency * std::exp(share * (2 * rng.uniform() - 1));
  return samples;
}

template <class Make>
void unfitted_is_an_error(Make make) {
  const auto adapter = make();
  EXPECT_FALSE(adapter.predict(0).has_value());
  EXPECT_FALSE(adapter.predict_all().has_value());
}

template <class Make>
void same_samples_same_answer(Make make, const Samples& samples) {
  auto a = make(), b = make();
  a.fit(samples).value();
  b.fit(scaled(samples, 3)).value();
  b.fit(samples).value();  // earlier samples are forgotten
  EXPECT_EQ(a.predict_all().value().mean, b.predict_all().value().mean);
  EXPECT_EQ(a.predict_all().value().deviation, b.predict_all().value().deviation);
}

template <class Make>
void one_row_agrees_with_all(Make make, const Samples& samples) {
  auto adapter = make();
  adapter.fit(samples).value();
  const Predictions all = adapter.predict_all().value();
  for (const Eigen::Index row : {Eigen::Index{0}, all.mean.size() / 2, all.mean.size() - 1}) {
    const Prediction one = adapter.predict(row).value();
    EXPECT_NEAR(one.mean.value(), all.mean(row), 1e-9 * std::abs(all.mean(row)));
    EXPECT_NEAR(one.deviation.value(), all.deviation(row), 1e-6 * all.deviation(row));
  }
  EXPECT_FALSE(adapter.predict(all.mean.size()).has_value());
  EXPECT_FALSE(adapter.predict(-1).has_value());
}

template <class Make>
void another_unit_only_scales(Make make, const Samples& samples) {
  auto in_milliseconds = make(), in_microseconds = make();
  in_milliseconds.fit(samples).value();
  in_microseconds.fit(scaled(samples, 1000)).value();
  const Predictions small = in_milliseconds.predict_all().value(), large = in_microseconds.predict_all().value();
  EXPECT_LT((large.mean / 1000 - small.mean).cwiseAbs().maxCoeff(), 1e-5 * small.mean.cwiseAbs().maxCoeff());
  EXPECT_LT((large.deviation / 1000 - small.deviation).cwiseAbs().maxCoeff(), 1e-4 * small.deviation.maxCoeff());
}

template <class Make>
void more_noise_means_more_spread(Make make, const Samples& samples) {
  auto calm = make(), noisy = make();
  calm.fit(samples).value();
  noisy.fit(noisier(samples, 1.0)).value();
  EXPECT_GT(noisy.predict_all().value().deviation.mean(), calm.predict_all().value().deviation.mean());
}

template <class Make>
void bad_samples_are_errors(Make make, const Samples& good) {
  const auto refused = [&](auto change) {
    Samples samples = good;
    change(samples);
    auto adapter = make();
    return !adapter.fit(samples).has_value() && !adapter.predict(0).has_value();
  };
  EXPECT_TRUE(refused([](Samples& s) { s.clear(); }));
  EXPECT_TRUE(refused([](Samples& s) { s[1].row = s[0].row; }));
  EXPECT_TRUE(refused([](Samples& s) { s[1].row = 1'000'000; }));
  EXPECT_TRUE(refused([](Samples& s) { s[0].latency = Milliseconds{-1}; }));
  EXPECT_TRUE(refused([](Samples& s) { s[0].latency = Milliseconds{std::numeric_limits<double>::quiet_NaN()}; }));
}

template <class Make>
void check_adapter_laws(Make make, const Samples& samples) {
  unfitted_is_an_error(make);
  same_samples_same_answer(make, samples);
  one_row_agrees_with_all(make, samples);
  another_unit_only_scales(make, samples);
  more_noise_means_more_spread(make, samples);
  bad_samples_are_errors(make, samples);
}

}  // namespace laws
