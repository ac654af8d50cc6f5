// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  seeded_subnet: an untrained network whose weights depend on a seed alone.
///        auto net = seeded_subnet(a, seed);
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include "hwnas/core/rng.hpp"
#include "hwnas/nn/subnet.hpp"

namespace hwnas {

/// The seed of the weights, where an evaluator is given one Rng for everything.
[[nodiscard]] inline std::uint64_t weight_seed(const Rng& rng) {
  constexpr std::uint64_t stream = 0x77656967687473;  // "weights"
  return rng.split(stream)();
}

/// May be asked from several threads: weights are drawn one network at a time, since LibTorch's generator is one for the
/// whole process.
template <class Space>
[[nodiscard]] std::unique_ptr<Subnet<Space>> seeded_subnet(const Architecture<Space>& a, std::uint64_t seed) {
  static std::mutex weights;
  const std::lock_guard lock{weights};
  torch::manual_seed(seed);
  return std::make_unique<Subnet<Space>>(a);
}

}  // namespace hwnas
