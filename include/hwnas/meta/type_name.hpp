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
constexpr std::string_view spelled_with_function() {
  return __PRETTY_FUNCTION__;
}
// GCC: "... [with Type = X; std::string_view = ...]"; Clang: "... [Type = X]". What is around X is the same for every type.
inline constexpr std::string_view spelled_int = spelled_with_function<int>();
inline constexpr std::size_t spelled_before = spelled_int.find("Type = ") + 7;
inline constexpr std::size_t spelled_around = spelled_int.size() - 3;

template <class Type>
constexpr std::string_view raw_type_name() {
  constexpr std::string_view text = spelled_with_function<Type>();
  return {text.data() + spelled_before, text.size() - spelled_around};
}

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

// Most characters begin no spelling: they are copied by the shortest way, since every type's name is a constant evaluation.
constexpr bool begins_spelling(char c) { return c == 'h' || c == 'o' || c == '>' || c == '(' || c == '{' || c == '<'; }

constexpr const Spelling* find_spelling(std::string_view text) {
  for (const Spelling& spelling : spellings) {
    if (text.starts_with(spelling.from)) return &spelling;
  }
  return nullptr;
}

template <std::size_t Capacity>
constexpr NameBuffer<Capacity> normalised(std::string_view raw) {
  NameBuffer<Capacity> out;
  char* to = out.text.data();
  const char* const end = raw.data() + raw.size();
  for (const char* from = raw.data(); from != end;) {
    const Spelling* spelling = begins_spelling(*from) ? find_spelling({from, end}) : nullptr;
    if (spelling == nullptr) {
      *to++ = *from++;
      continue;
    }
    // "> >" may be the first half of "> > >": its last bracket is kept for the next round.
    const bool closing = spelling->from == "> >";
    for (char c : closing ? std::string_view{">"} : spelling->to) *to++ = c;
    from += closing ? 2 : spelling->from.size();
  }
  out.size = static_cast<std::size_t>(to - out.text.data());
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
