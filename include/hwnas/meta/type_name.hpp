// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The C++ spelling of a type, the same from GCC and Clang.
///        type_name<MBConv<6, Kernel<5>>> == "MBConv<6, Kernel<5>>"
///        Candidate names and found architectures written as C++ come from here.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

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
    Spelling{"{anonymous}::", ""},   Spelling{"()", ""},              Spelling{"<unnamed>::", ""},
};

template <std::size_t Capacity>
struct NameBuffer {
  std::array<char, Capacity> text{};
  std::size_t size = 0;
};

// Most characters begin no spelling: they are copied by the shortest way, since every type's name is a constant evaluation.
constexpr bool begins_spelling(char c) { return c == 'h' || c == 'o' || c == '>' || c == '(' || c == '{' || c == '<'; }

constexpr bool is_word(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
// A spelling that begins or ends with a word is that word whole: one_of_t, not the beginning of one_of_those.
constexpr bool stands_alone(std::string_view whole, std::size_t at, std::string_view word) {
  const std::size_t end = at + word.size();
  const bool begins = at == 0 || !is_word(word.front()) || !is_word(whole[at - 1]);
  return begins && (end == whole.size() || !is_word(word.back()) || !is_word(whole[end]));
}

// Its index; -1: none. GCC's sanitizer refuses a pointer into an inline variable as a constant.
constexpr int find_spelling(std::string_view whole, std::size_t at) {
  int index = 0;
  for (const Spelling& spelling : spellings) {
    if (whole.substr(at).starts_with(spelling.from) && stands_alone(whole, at, spelling.from)) return index;
    ++index;
  }
  return -1;
}

template <std::size_t Capacity>
constexpr NameBuffer<Capacity> normalised(std::string_view raw) {
  NameBuffer<Capacity> out;
  char* to = out.text.data();
  const char* const end = raw.data() + raw.size();
  for (const char* from = raw.data(); from != end;) {
    const int found = begins_spelling(*from) ? find_spelling(raw, static_cast<std::size_t>(from - raw.data())) : -1;
    if (found < 0) {
      *to++ = *from++;
      continue;
    }
    const Spelling spelling = spellings[static_cast<std::size_t>(found)];
    // "> >" may be the first half of "> > >": its last bracket is kept for the next round.
    const bool closing = spelling.from == "> >";
    for (char c : closing ? std::string_view{">"} : spelling.to) *to++ = c;
    from += closing ? 2 : spelling.from.size();
  }
  out.size = static_cast<std::size_t>(to - out.text.data());
  return out;
}

template <class Type>
constexpr auto plain_name() {
  return normalised<raw_type_name<Type>().size()>(raw_type_name<Type>());
}

// Values of a class among template arguments are written by every compiler in its own way: Clang 14 has MBConv<{}> for
// MBConv<one_of<3, 6>> and Named<{{97, 0}}, Identity> for Named<"a", Identity>. Such a name is put together from the arguments.
template <class Type>
struct ComposedName {
  static constexpr auto text = plain_name<Type>();
};
template <class Type>
constexpr auto make_name() {
  if constexpr (raw_type_name<Type>().find('{') != std::string_view::npos) {
    return ComposedName<Type>::text;
  } else {
    return plain_name<Type>();
  }
}
template <class Type>
inline constexpr auto type_name_buffer = make_name<Type>();

template <auto Value>
struct SpelledValue {};
template <std::size_t Capacity>
constexpr void append(NameBuffer<Capacity>& out, std::string_view text) {
  for (char c : text) out.text[out.size++] = c;
}
// "a label" of a fixed_string; the type of an empty class; Shape{3, 32, 32} of others; 3.
template <auto Value>
constexpr auto value_name() {
  using Type = std::remove_cv_t<decltype(Value)>;
  constexpr std::string_view raw = raw_type_name<SpelledValue<Value>>();
  constexpr std::size_t before = raw.find('<') + 1;
  constexpr std::string_view spelled = raw.substr(before, raw.size() - before - 1);
  if constexpr (requires { Value.view(); }) {
    NameBuffer<Value.view().size() + 2> out;
    append(out, "\"");
    append(out, Value.view());
    append(out, "\"");
    return out;
  } else if constexpr (std::is_empty_v<Type>) {
    return type_name_buffer<Type>;
  } else if constexpr (std::is_class_v<Type>) {
    constexpr std::string_view members = spelled.substr(spelled.find('{'));
    NameBuffer<type_name_buffer<Type>.text.size() + members.size()> out;
    append(out, {type_name_buffer<Type>.text.data(), type_name_buffer<Type>.size});
    append(out, members);
    return out;
  } else {
    return normalised<spelled.size()>(spelled);
  }
}

// "Head<First, Second>" of a raw name's head and the arguments' names.
template <std::size_t... Sizes>
constexpr auto joined_name(std::string_view raw, const NameBuffer<Sizes>&... parts) {
  constexpr std::size_t longest_head = 128;
  NameBuffer<longest_head + (std::size_t{2} + ... + (Sizes + 2))> out;
  const auto head = normalised<longest_head>(raw.substr(0, raw.find('<')));
  append(out, {head.text.data(), head.size});
  bool first = true;
  ((append(out, first ? "<" : ", "), append(out, {parts.text.data(), parts.size}), first = false), ...);
  append(out, ">");
  return out;
}
template <template <class...> class Template, class... Arguments>
struct ComposedName<Template<Arguments...>> {
  static constexpr auto text = joined_name(raw_type_name<Template<Arguments...>>(), type_name_buffer<Arguments>...);
};
template <template <auto, class...> class Template, auto Value, class... Arguments>
struct ComposedName<Template<Value, Arguments...>> {
  static constexpr auto text =
      joined_name(raw_type_name<Template<Value, Arguments...>>(), value_name<Value>(), type_name_buffer<Arguments>...);
};
template <template <class, int, int> class Template, class Part, int Min, int Max>
struct ComposedName<Template<Part, Min, Max>> {
  static constexpr auto text = joined_name(raw_type_name<Template<Part, Min, Max>>(), type_name_buffer<Part>,
                                           value_name<Min>(), value_name<Max>());
};
template <template <class, auto...> class Template, class Part, auto First, auto... Rest>
struct ComposedName<Template<Part, First, Rest...>> {
  static constexpr auto text = joined_name(raw_type_name<Template<Part, First, Rest...>>(), type_name_buffer<Part>,
                                           value_name<First>(), value_name<Rest>()...);
};

}  // namespace detail

/// The C++ spelling of a type without the library's namespaces.
template <class Type>
inline constexpr std::string_view type_name{detail::type_name_buffer<Type>.text.data(),
                                            detail::type_name_buffer<Type>.size};

}  // namespace hwnas
