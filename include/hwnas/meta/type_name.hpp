// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The C++ spelling of a type, the same from GCC and Clang.
///        type_name<MBConv<6, Kernel<5>>> == "MBConv<6, Kernel<5>>"
///        Candidate names and found architectures written as C++ come from here.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace hwnas {
namespace detail {

template <class Type>
constexpr std::string_view raw_type_name() {
  constexpr std::string_view text = __PRETTY_FUNCTION__;
  // GCC: "... [with Type = X; std::string_view = ...]"; Clang: "... [Type = X]".
  constexpr std::string_view mark = "Type = ";
  constexpr std::size_t begin = text.find(mark) + mark.size();
#if defined(__clang__)
  constexpr std::size_t end = text.rfind(']');
#else
  constexpr std::size_t end = text.rfind("; std::string_view");
#endif
  return text.substr(begin, end - begin);
}

// Qualifications and spellings on which the compilers differ; what stands before '=' becomes what stands after.
struct Spelling {
  std::string_view from;
  std::string_view to;
};
inline constexpr std::array spellings{
    Spelling{"hwnas::zoo::", ""},    Spelling{"hwnas::", ""},         Spelling{"one_of_t", "one_of"},
    Spelling{"> >", ">>"},           Spelling{"(anonymous namespace)::", ""},
    Spelling{"{anonymous}::", ""},   Spelling{"{}", ""},              Spelling{"<unnamed>::", ""},
};

template <std::size_t Capacity>
struct NameBuffer {
  std::array<char, Capacity> text{};
  std::size_t size = 0;
};

template <std::size_t Capacity>
constexpr NameBuffer<Capacity> normalised(std::string_view raw) {
  NameBuffer<Capacity> out;
  while (!raw.empty()) {
    bool replaced = false;
    for (const Spelling& spelling : spellings) {
      if (!raw.starts_with(spelling.from)) continue;
      // "> >" may be the first half of "> > >": keep its last bracket for the next round.
      const bool closing = spelling.from == "> >";
      for (char c : closing ? std::string_view{">"} : spelling.to) out.text[out.size++] = c;
      raw.remove_prefix(closing ? 2 : spelling.from.size());
      replaced = true;
      break;
    }
    if (replaced) continue;
    out.text[out.size++] = raw.front();
    raw.remove_prefix(1);
  }
  return out;
}

template <class Type>
inline constexpr auto type_name_buffer = normalised<raw_type_name<Type>().size()>(raw_type_name<Type>());

}  // namespace detail

/// The C++ spelling of a type without the library's namespaces.
template <class Type>
inline constexpr std::string_view type_name{detail::type_name_buffer<Type>.text.data(),
                                            detail::type_name_buffer<Type>.size};

}  // namespace hwnas
