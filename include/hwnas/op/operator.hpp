// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Operator: a name and one constexpr build() that emits primitives; everything else follows.
///        template <class... Options> struct Swap : Operator<Swap<Options...>> {
///          static constexpr void build(auto& net, Shape in, auto option) { net.conv({.out = option.out}).norm(); }
///        };
///        Adding one: docs/guides/add_operator.md.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

#include "hwnas/layer/net.hpp"
#include "hwnas/meta/type_name.hpp"
#include "hwnas/op/options.hpp"

namespace hwnas {

/// What every operator derives from, so that a space can tell operators from anything else.
struct OperatorBase {};

template <class Type>
concept IsOperator = std::derived_from<Type, OperatorBase>;

/// A type that can stand among an operator's options.
template <class Type>
concept OperatorOption = requires(OperatorOptions& options) {
  Type::apply(options, std::size_t{0});
  Type::values.size();
};

namespace detail {

template <class Type>
struct as_option {
  static_assert(OperatorOption<Type>,
                "hwnas: an operator's arguments must be options such as Kernel<3>, Stride<2>, Out<32> or Act<ReLU>");
  using type = Type;
};

// A bare first value is the expansion: MBConv<6, ...>, MBConv<one_of<3, 6>, ...>.
template <auto Value>
struct expand_of {
  using type = Expand<Value>;
};
template <int... Values, one_of_t<Values...> Value>
struct expand_of<Value> {
  using type = Expand<Values...>;
};

template <class... Options>
struct OptionList {};

template <class Self>
struct options_of {
  using type = OptionList<>;
};
template <template <class...> class Op, class... Options>
struct options_of<Op<Options...>> {
  using type = OptionList<typename as_option<Options>::type...>;
};
template <template <auto, class...> class Op, auto Value, class... Options>
struct options_of<Op<Value, Options...>> {
  using type = OptionList<typename expand_of<Value>::type, typename as_option<Options>::type...>;
};

template <class List>
struct OptionTable;

// Applies one choice for each option that has several values, in the order they are written.
template <class... Options>
struct OptionTable<OptionList<Options...>> {
  static constexpr std::size_t decisions = (std::size_t{0} + ... + (Options::values.size() > 1 ? 1 : 0));

  static constexpr void apply(OperatorOptions& options, [[maybe_unused]] std::span<const int> choices) {
    std::size_t next = 0;
    (Options::apply(options,
                    Options::values.size() > 1 ? static_cast<std::size_t>(choices[next++]) : std::size_t{0}),
     ...);
  }
  /// Calls f<Option>() for each option that is a decision.
  static constexpr void for_each_decision(auto&& f) {
    (
        [&] {
          if constexpr (Options::values.size() > 1) f.template operator()<Options>();
        }(),
        ...);
  }
};

}  // namespace detail

/// Base of operators. The options are read off the operator's own template arguments; an operator whose arguments
/// mean something else lists its options as Explicit.
///   build(net, in, option)   emits primitives; `option` is an OperatorOptions with every choice resolved
///   defaults                 optional: the options before any are given
///   name                     optional: how the candidate is called; by default its C++ spelling
template <class Self, class... Explicit>
struct Operator : OperatorBase {
  using option_list =
      typename std::conditional_t<(sizeof...(Explicit) > 0), std::type_identity<detail::OptionList<Explicit...>>,
                                  detail::options_of<Self>>::type;
};

/// The options of one occurrence, given the input and one choice for each deciding option.
template <class Op>
[[nodiscard]] constexpr OperatorOptions resolve_options(Shape in, std::span<const int> choices) {
  OperatorOptions options{};
  if constexpr (requires { Op::defaults; }) options = Op::defaults;
  detail::OptionTable<typename Op::option_list>::apply(options, choices);
  if (options.out == same) options.out = in.c;
  return options;
}

/// The primitives of one occurrence.
template <class Op>
[[nodiscard]] constexpr Net build_operator(Shape in, std::span<const int> choices) {
  Net net{in};
  Op::build(net, in, resolve_options<Op>(in, choices));
  return net;
}

/// How an operator or node is called among candidates.
template <class Type>
[[nodiscard]] constexpr std::string_view candidate_name() {
  if constexpr (requires { std::string_view{Type::name}; }) {
    return Type::name;
  } else {
    return type_name<Type>;
  }
}

}  // namespace hwnas
