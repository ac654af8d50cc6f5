// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Compiled<Space>: the trellis of a space type as constant arrays, checked.
///        Compiled<Space>::lists(), ::shape(), ::decisions(); the profilers add columns.
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "hwnas/space/check.hpp"
#include "hwnas/space/column.hpp"
#include "hwnas/space/compile.hpp"
#include "hwnas/space/merge_parts.hpp"
#include "hwnas/space/walk.hpp"

namespace hwnas {

namespace error {
template <class Space>
struct space_without_input {
  static constexpr bool value = false;
};
template <class Space, Shape... Shapes>
struct space_without_input<Input<Space, Shapes...>> {
  static constexpr bool value = true;
};
}  // namespace error

namespace detail {

struct TrellisSizes {
  std::size_t states = 0, edges = 1, items = 0, fragments = 0, nodes = 0, choices = 0;
  Fault fault{};
};

// Read apart from the walk: each is a constant evaluation of its own, with a limit of its own.
template <class Space>
inline constexpr auto meetings_of = frozen<program<Space>.decisions.size()>(MeetingsReader{program<Space>}.meetings());

// A label remembered too long must be found out within half of Clang's constexpr steps; an edge that remembers takes some
// 500 of them.
inline constexpr int remembering_edges_of_a_type = 600;

// A space on several images is walked in parts, one for each.
template <class Space>
inline constexpr int parts_of = [] {
  const auto& decisions = program<Space>.decisions;
  return decisions.empty() || decisions[0].kind != DecisionKind::resolution ? 1 : decisions[0].count;
}();
inline constexpr int whole = -1;

template <class Space, int Part>
constexpr TrellisData walk();

// `Part`: of several; or the whole.
template <class Space, int Part>
constexpr TrellisSizes trellis_sizes() {
  if constexpr (program_arrays<Space>.fault) {
    return {.fault = program_arrays<Space>.fault};
  } else {
    const TrellisData t = walk<Space, Part>();
    if (t.fault) return {.fault = t.fault};
    return {t.states.size(), t.edges.size(), t.items.size(), t.fragments.size(), t.nodes.size(), t.choices.size(), {}};
  }
}

template <class Space, int Part = whole>
inline constexpr TrellisSizes sizes_of_trellis = trellis_sizes<Space, Part>();

template <TrellisSizes N>
struct TrellisArrays {
  std::array<TrellisState, N.states> states{};
  std::array<TrellisEdge, N.edges> edges{};
  std::array<Item, N.items> items{};
  std::array<Fragment, N.fragments> fragments{};
  std::array<GraphNode, N.nodes> nodes{};
  std::array<int, N.choices> choices{};
  Shape output{};

  constexpr TrellisArrays() = default;
  constexpr explicit TrellisArrays(const TrellisData& t)
      : states{frozen<N.states>(t.states)},
        edges{frozen<N.edges>(t.edges)},
        items{frozen<N.items>(t.items)},
        fragments{frozen<N.fragments>(t.fragments)},
        nodes{frozen<N.nodes>(t.nodes)},
        choices{frozen<N.choices>(t.choices)},
        output{t.output} {}

  [[nodiscard]] constexpr TrellisShape shape(int decisions) const { return {states, edges, decisions}; }
  [[nodiscard]] constexpr TrellisLists lists(int decisions) const {
    return {shape(decisions), items, fragments, nodes, choices};
  }
};

template <class Space, int Part>
constexpr auto trellis_arrays() {
  if constexpr (sizes_of_trellis<Space, Part>.fault) {
    return TrellisArrays<TrellisSizes{}>{};
  } else {
    return TrellisArrays<sizes_of_trellis<Space, Part>>{walk<Space, Part>()};
  }
}
template <class Space, int Part = whole>
inline constexpr auto arrays_of_trellis = trellis_arrays<Space, Part>();

template <class Space, int... Parts>
constexpr TrellisData merged(std::integer_sequence<int, Parts...>) {
  TrellisData faulty;
  ((faulty.fault ? void() : void(faulty.fault = sizes_of_trellis<Space, Parts>.fault)), ...);
  if (faulty.fault) return faulty;
  constexpr int decisions = static_cast<int>(program<Space>.decisions.size());
  const std::array<TrellisLists, sizeof...(Parts)> parts{arrays_of_trellis<Space, Parts>.lists(decisions)...};
  TrellisData all = MergeParts{parts}.take();
  all.output = arrays_of_trellis<Space, 0>.output;
  return all;
}

template <class Space, int Part>
constexpr TrellisData walk() {
  if constexpr (Part == whole && parts_of<Space> > 1) {
    return merged<Space>(std::make_integer_sequence<int, parts_of<Space>>{});
  } else {
    const WalkOptions options{.remembering_limit = remembering_edges_of_a_type, .every_place = false, .only = Part};
    return Walk{program<Space>, options, meetings_of<Space>}.all();
  }
}

template <class Space>
constexpr auto label_of_fault() {
  constexpr int label = sizes_of_trellis<Space>.fault.label;
  constexpr std::string_view text = program<Space>.label(label < 0 ? 0 : label);
  char literal[text.size() + 1]{};
  for (std::size_t i = 0; i < text.size(); ++i) literal[i] = text[i];
  return fixed_string<text.size() + 1>{literal};
}

}  // namespace detail

/// A space type, checked and compiled.
///   Errors   compile errors of space/check.hpp; `label_is_remembered_too_long` where a shared label would need more
///            than some 600 edges of the trellis
template <class Space>
struct Compiled {
  static constexpr const Fault& fault = detail::sizes_of_trellis<Space>.fault;
  static constexpr bool promoted = (promote<Space, fault>(), true);

  /// Whether there is an automaton: false only where a shared label would need too many states.
  static constexpr bool has_automaton = fault.code != FaultCode::too_many_states;

  static constexpr bool require_automaton() {
    if constexpr (!has_automaton) {
      static_assert(error::label_is_remembered_too_long<detail::label_of_fault<Space>()>::value,
                    "hwnas: a label that is met again later must not be remembered over so many other decisions; share "
                    "it over fewer places, or profile single architectures only");
    }
    return has_automaton;
  }

 private:
  static constexpr const auto& arrays() {
    static_assert(promoted);
    require_automaton();
    return detail::arrays_of_trellis<Space>;
  }

 public:
  static constexpr TrellisShape shape() { return arrays().shape(decisions); }
  static constexpr TrellisLists lists() {
    static_assert(
        error::space_without_input<Space>::value,
        "hwnas: a profiler must know the image's shape; wrap the space, as in Input<Space, Shape{3, 224, 224}>");
    return arrays().lists(decisions);
  }
  static constexpr int decisions = static_cast<int>(program<Space>.decisions.size());
  static constexpr std::size_t edge_count = detail::sizes_of_trellis<Space>.edges;
  static constexpr std::size_t fragment_count = detail::sizes_of_trellis<Space>.fragments;
  /// Shape of the network's output.
  static constexpr Shape output = detail::arrays_of_trellis<Space>.output;
};

}  // namespace hwnas
