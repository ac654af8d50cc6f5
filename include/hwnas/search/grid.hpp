// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  GridSearch: every architecture of the space once, in lexicographic order.
///        GridSearch<OnImages> search;   while (auto a = search.ask(rng)) ...
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "hwnas/search/concepts.hpp"
#include "hwnas/search/state.hpp"
#include "hwnas/space/enumerate.hpp"
#include "hwnas/space/fingerprint.hpp"

namespace hwnas {

/// Exhaustive search. Learns nothing; finished after space_size<Space> proposals.
template <class Space>
class GridSearch {
 public:
  using space = Space;

  [[nodiscard]] std::optional<Architecture<Space>> ask(Rng&) {
    if (proposed_ == space_size<Space>) return std::nullopt;
    if constexpr (in_order) {
      last_ = nth_architecture<Space>(proposed_);
    } else if (proposed_ != u128{0}) {
      last_ = successor(last_);
    }
    proposed_ += 1;
    return last_;
  }
  void tell(const Architecture<Space>&, const Metrics&) {}

  [[nodiscard]] std::string save() const {
    StateWriter out{"grid search", fingerprint<Space>()};
    out.number(proposed_.high());
    out.number(proposed_.low());
    out.architecture(last_);
    return out.text();
  }
  /// Errors  mismatch (see StateReader)
  [[nodiscard]] Result<void> load(std::string_view text) {
    StateReader in{text, "grid search", fingerprint<Space>()};
    const std::uint64_t high = in.number();
    const u128 proposed = u128::from_words(high, in.number());
    const auto last = in.architecture<Space>();
    if (auto ok = in.finish(); !ok) return ok;
    proposed_ = proposed;
    last_ = last;
    return {};
  }

 private:
  static constexpr bool in_order = detail::meets_in_order(Compiled<Space>::shape());
  using Values = typename Architecture<Space>::values_type;

  // Where one label is met early on one branch and late on another, ranks of paths are not in lexicographic order.
  static Architecture<Space> successor(const Architecture<Space>& a) {
    Values values = a.values();
    for (std::size_t d = values.size(); d-- > 0;) {
      if (first_from(values, d, values[d] + 1)) {
        for (std::size_t later = d + 1; later < values.size(); ++later) first_from(values, later, 0);
        break;
      }
    }
    return Architecture<Space>::from_canonical(values);
  }
  // Sets decision d to its first candidate from `v` on that some path has after the earlier values.
  static bool first_from(Values& values, std::size_t d, int v) {
    Values tried = values;
    for (; v < decisions<Space>[d].count; ++v) {
      tried[d] = static_cast<std::uint8_t>(v);
      if (detail::reachable<Space>(tried, d + 1)) return values = tried, true;
    }
    return false;
  }

  u128 proposed_ = 0;
  Architecture<Space> last_{};
};

}  // namespace hwnas
