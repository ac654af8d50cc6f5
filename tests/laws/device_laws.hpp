// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Laws of Device, run on every model.
#pragma once

#include <cmath>

#include <gtest/gtest.h>

#include "hwnas/measure/device.hpp"

namespace laws {

using namespace hwnas;

inline void expect_measured(const Result<Measurement>& measured) {
  ASSERT_TRUE(measured) << measured.error().message;
  EXPECT_GT(measured->count, 0);
  EXPECT_GT(measured->minimum, Milliseconds{0});
  EXPECT_TRUE(std::isfinite(measured->mean.value()));
  EXPECT_LE(measured->minimum, measured->median);
  EXPECT_GE(measured->deviation, Milliseconds{0});
  for (std::size_t q = 1; q < measured->quantiles.size(); ++q) {
    EXPECT_LE(measured->quantiles[q - 1], measured->quantiles[q]);
  }
}

/// A device measures kernels of one and of several inputs and whole networks, and says under which conditions.
template <Device D>
void expect_device_laws(D& device, const std::shared_ptr<FixedNetwork>& network) {
  const Conditions conditions = device.conditions();
  EXPECT_EQ(conditions.at("device"), device.name());
  for (const char* name : {"cpu", "threads", "batch", "statistic"}) EXPECT_TRUE(conditions.contains(name)) << name;
  expect_measured(device.measure(network));

  Net net{{8, 6, 6}};
  net.conv({.out = 8, .kernel = 3}).norm().act(Activation::relu);
  KernelKey kernel;
  const KernelOperand image{0, {8, 6, 6}};
  append(kernel, KernelOp::conv, std::span{net.nodes().data(), net.nodes().size()}, std::span{&image, 1}, -1);
  expect_measured(device.measure(kernel));

  KernelKey sum;
  const std::array<KernelOperand, 2> both{KernelOperand{0, {8, 6, 6}}, KernelOperand{1, {8, 6, 6}}};
  GraphNode add{.primitive = layer::Add::make({8, 6, 6}), .inputs = {0, 1, -1, -1}, .input_count = 2, .output = 2};
  append(sum, KernelOp::add, std::span{&add, 1}, both, -1);
  expect_measured(device.measure(sum));
}

}  // namespace laws
