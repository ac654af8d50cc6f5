// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Which networks a predictor may be judged by: none that runs what a network of its building runs, whatever it is called.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "evaluation_space.hpp"
#include "hwnas/latency/kernel_pool.hpp"

namespace accuracy {

/// Networks by the kernels that they run: architectures that differ in branches that nobody reads are one network.
class RanNetworks {
 public:
  explicit RanNetworks(hwnas::FusionRules rules) : rules_{std::move(rules)} {}

  /// False: one that runs the same is there.
  bool insert(const hwnas::AnySpace& space, const Values& values) { return all_.insert(text(space, values)).second; }
  [[nodiscard]] bool contains(const hwnas::AnySpace& space, const Values& values) const {
    return all_.contains(text(space, values));
  }

 private:
  [[nodiscard]] std::string text(const hwnas::AnySpace& space, const Values& values) const {
    std::vector<std::string> texts;
    for (const auto& kernel : hwnas::running_kernels(space.kernels(values), rules_)) texts.push_back(kernel.text());
    return fmt::format("{}", fmt::join(texts, ";"));
  }

  hwnas::FusionRules rules_;
  std::set<std::string> all_{};
};

}  // namespace accuracy
