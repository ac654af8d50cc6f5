// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  CandidateMask<Space>: which candidates of each decision may still be used, known at run time.
///        CandidateMask<S> mask;   mask.drop(0, 3);   mask.allows(a);
///        Feasible inside{Within{mask.dropped(), Quality{0}, Quality{0}}, Within{latency, 0_ms, 5_ms}};
///        KeepCandidates (profile/keep_candidates.hpp) makes a type of what is left.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/profile/probabilities.hpp"
#include "hwnas/profile/quality_table.hpp"
#include "hwnas/space/architecture.hpp"

namespace hwnas {

namespace error {
template <class Space> struct too_many_candidates_for_a_mask {
  static constexpr bool value = [] {
    for (std::size_t d = 0; d < decision_total<Space>; ++d) {
      if (decisions<Space>[d].count > 64) return false;
    }
    return true;
  }();
};
}  // namespace error

/// A subset of a space's candidates, of each decision at least one.
template <class Space> class CandidateMask {
 public:
  static_assert(error::too_many_candidates_for_a_mask<Space>::value,
                "hwnas: a CandidateMask must have decisions of at most 64 candidates; nest larger ones");
  /// A bit a candidate, the first one lowest.
  using Bits = std::array<std::uint64_t, decision_total<Space>>;

  /// All candidates.
  CandidateMask() {
    for (std::size_t d = 0; d < decision_total<Space>; ++d) bits_[d] = all_of(d);
  }
  /// Errors  bad_value where a decision keeps nothing, or something that it does not have
  [[nodiscard]] static Result<CandidateMask> make(const Bits& bits) {
    CandidateMask mask;
    for (std::size_t d = 0; d < decision_total<Space>; ++d) {
      if (bits[d] != 0 && (bits[d] & ~all_of(d)) == 0) continue;
      return Error{Error::Code::bad_value,
                   fmt::format("candidates of \"{}\": expected some of its {}, found the bits {:#x}",
                               decisions<Space>[d].label, decisions<Space>[d].count, bits[d])};
    }
    mask.bits_ = bits;
    return mask;
  }

  [[nodiscard]] const Bits& bits() const { return bits_; }
  [[nodiscard]] bool keeps(std::size_t decision, int candidate) const {
    return (bits_[decision] >> candidate & 1) != 0;
  }
  [[nodiscard]] int kept(std::size_t decision) const { return std::popcount(bits_[decision]); }
  /// Leaves a decision without a candidate; the last one stays, and the answer is then false.
  bool drop(std::size_t decision, int candidate) {
    const std::uint64_t left = bits_[decision] & ~(std::uint64_t{1} << candidate);
    if (left == 0) return false;
    bits_[decision] = left;
    return true;
  }
  /// Whether an architecture takes kept candidates only, where its decisions are met.
  [[nodiscard]] bool allows(const Architecture<Space>& a) const {
    bool all = true;
    for_each_active_choice(a, [&](std::size_t d, int v) { all = all && keeps(d, v); });
    return all;
  }
  /// A cost: how many dropped candidates an architecture takes. A budget of none of them gives ranges, counts and exact
  /// draws of what is left, also together with other budgets.
  [[nodiscard]] QualityTable<Space> dropped() const {
    Probabilities<Space> costs;
    for (std::size_t d = 0; d < decision_total<Space>; ++d) {
      for (int v = 0; v < decisions<Space>[d].count; ++v) costs[d][static_cast<std::size_t>(v)] = keeps(d, v) ? 0 : 1;
    }
    return QualityTable<Space>{costs};
  }

  friend bool operator==(const CandidateMask&, const CandidateMask&) = default;

 private:
  static std::uint64_t all_of(std::size_t d) {
    const int count = decisions<Space>[d].count;
    return count == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
  }
  Bits bits_{};
};

}  // namespace hwnas
