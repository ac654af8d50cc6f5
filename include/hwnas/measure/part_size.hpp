// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  PartSize: how many things to measure before what was measured is kept. An interruption loses the part under way.
///        PartSize parts{24};  const auto n = parts.next(left);  ...  parts.took(n, seconds);
#pragma once

#include <algorithm>
#include <cstddef>

namespace hwnas {

/// Parts that last about as long as one is willing to lose: few things where each takes minutes, as on a device behind a
/// command; as many as `most` where they take milliseconds. The first part has two.
class PartSize {
 public:
  static constexpr double seconds = 30;  ///< that a part is to last at most, where one thing does not already

  explicit PartSize(std::size_t most) : most_{std::max<std::size_t>(1, most)}, next_{std::min<std::size_t>(2, most_)} {}

  /// At most `left`.
  [[nodiscard]] std::size_t next(std::size_t left) const { return std::min(left, next_); }

  /// So many things took so long.
  void took(std::size_t things, double time) {
    const double fitting = time > 0 ? static_cast<double>(things) * seconds / time : static_cast<double>(most_);
    next_ = static_cast<std::size_t>(std::clamp(fitting, 1.0, static_cast<double>(most_)));
  }

 private:
  std::size_t most_;
  std::size_t next_;
};

}  // namespace hwnas
