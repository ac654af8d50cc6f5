// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Probabilities<Space>: how likely each candidate is, given that its decision is met.
///        auto p = Probabilities<OnImages>::uniform();  p["b1"][2] = 0.5;
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string_view>

#include "hwnas/space/decisions.hpp"

namespace hwnas {

/// One number a candidate of every decision; p[decision][candidate]. Each decision's numbers should sum to 1.
template <class Space>
class Probabilities {
 public:
  /// Every candidate of a decision equally likely. This is not the uniform distribution over architectures.
  [[nodiscard]] static constexpr Probabilities uniform() {
    Probabilities p;
    for (std::size_t d = 0; d < decision_total<Space>; ++d) {
      for (double& x : p[d]) x = 1.0 / decisions<Space>[d].count;
    }
    return p;
  }

  [[nodiscard]] constexpr std::span<double> operator[](std::size_t decision) {
    return std::span{values_}.subspan(offsets[decision], static_cast<std::size_t>(decisions<Space>[decision].count));
  }
  [[nodiscard]] constexpr std::span<const double> operator[](std::size_t decision) const {
    return std::span{values_}.subspan(offsets[decision], static_cast<std::size_t>(decisions<Space>[decision].count));
  }
  /// All numbers, one decision after another, and where a decision's begin.
  [[nodiscard]] constexpr std::span<double> all() { return values_; }
  [[nodiscard]] constexpr std::span<const double> all() const { return values_; }
  [[nodiscard]] static constexpr std::size_t first(std::size_t decision) { return offsets[decision]; }

  /// By label; an unknown label throws std::invalid_argument.
  [[nodiscard]] constexpr std::span<double> operator[](std::string_view label) { return (*this)[index_of(label)]; }
  [[nodiscard]] constexpr std::span<const double> operator[](std::string_view label) const {
    return (*this)[index_of(label)];
  }

 private:
  static constexpr std::size_t index_of(std::string_view label) {
    const int d = find_decision<Space>(label);
    if (d < 0) throw std::invalid_argument{"hwnas: probabilities must be asked for a decision of the space"};
    return static_cast<std::size_t>(d);
  }
  static constexpr auto offsets = [] {
    std::array<std::size_t, decision_total<Space> + 1> result{};
    for (std::size_t d = 0; d < decision_total<Space>; ++d) {
      result[d + 1] = result[d] + static_cast<std::size_t>(decisions<Space>[d].count);
    }
    return result;
  }();
  std::array<double, offsets[decision_total<Space>]> values_{};
};

}  // namespace hwnas
