// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  KeepCandidates<Space, masks...>: the space with some candidates only, and the header that says so.
///        using OnPhone = KeepCandidates<Large, 0x15, 0x7f, ...>;      // a mask a decision, its first candidate lowest
///        kept_candidates_header(mask, {.name = "OnPhone", .space = "Large", .include = "large.hpp"});
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include <fmt/format.h>

#include "hwnas/profile/candidate_mask.hpp"
#include "hwnas/profile/prune.hpp"

namespace hwnas {

namespace error {
template <class Space, std::size_t Given, std::size_t Needed> struct masks_and_decisions_differ {
  static constexpr bool value = Given == Needed;
};
template <class Space, std::uint64_t... Masks> struct mask_keeps_nothing {
  static constexpr bool value = ((Masks != 0) && ... && true);
};
}  // namespace error

namespace detail {
template <class Space, CandidateBits... Masks> constexpr auto kept_bits() {
  static_assert(error::masks_and_decisions_differ<Space, sizeof...(Masks), decision_total<Space>>::value,
                "hwnas: KeepCandidates must be given one mask for each decision of the space");
  static_assert(error::mask_keeps_nothing<Space, Masks...>::value,
                "hwnas: KeepCandidates must keep a candidate of every decision; a mask must not be 0");
  std::array<CandidateBits, Pruned<Space>::places> bits{};
  List<CandidateBits> usable;
  (usable.push_back(Masks), ...);
  DecisionCursor cursor{program<Space>, usable};
  Pruned<Space>::visit(cursor, bits, 0);
  return bits;
}
template <class Space, CandidateBits... Masks> inline constexpr auto kept_bits_of = kept_bits<Space, Masks...>();
}  // namespace detail

/// The space with the candidates, depths and resolutions whose bits are set; decisions in the order of
/// decisions<Space>. What Prune says of choices of one candidate, depths, operators' options and places of repetitions
/// holds here, too.
///   Errors   `masks_and_decisions_differ`, `mask_keeps_nothing`, `prune_cannot_look_into`
template <class Space, std::uint64_t... Masks>
using KeepCandidates = typename detail::Pruned<Space>::template type<0, detail::kept_bits_of<Space, Masks...>>;

/// What a generated header says.
struct KeptHeader {
  std::string name = "Reduced";  ///< of the new space
  std::string space{};           ///< the old one's, as C++ says it
  std::string include{};         ///< where that is defined
  std::string note{};            ///< a line on how it was made
};

/// A header that defines the reduced space.
template <class Space>
[[nodiscard]] std::string kept_candidates_header(const CandidateMask<Space>& mask, const KeptHeader& what) {
  std::string masks;
  for (std::size_t d = 0; d < decision_total<Space>; ++d) {
    masks += fmt::format(",\n    {:#x} /* {}: {} of {} */", mask.bits()[d], decisions<Space>[d].label, mask.kept(d),
                         decisions<Space>[d].count);
  }
  return fmt::format(
      "/// \\file  {} with the candidates that are worth their latency.{}\n#pragma once\n\n#include <{}>\n"
      "#include <hwnas/profile/keep_candidates.hpp>\n\nusing {} = hwnas::KeepCandidates<{}{}>;\n",
      what.space, what.note.empty() ? "" : " " + what.note, what.include, what.name, what.space, masks);
}

}  // namespace hwnas
