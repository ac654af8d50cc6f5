// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A string that can be a template argument.
///        Named<"b1", Block>      // the label is a fixed_string<3>
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <string_view>

namespace hwnas {

/// A string literal as a structural value, so that labels and names can be template arguments.
template <std::size_t Size>
struct fixed_string {
  char text[Size]{};

  // Implicit on purpose: Named<"b1", ...> converts a literal.
  constexpr fixed_string(const char (&literal)[Size]) { std::copy_n(literal, Size, text); }  // NOLINT

  [[nodiscard]] constexpr std::string_view view() const { return {text, Size - 1}; }
  constexpr operator std::string_view() const { return view(); }  // NOLINT
  friend constexpr bool operator==(const fixed_string&, const fixed_string&) = default;
};

}  // namespace hwnas
