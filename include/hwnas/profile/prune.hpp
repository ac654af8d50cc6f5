// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Prune<Space, budget>: the space without what no architecture within the budget can use.
///        using Small = Prune<OnImages, 300_MFLOPs>;    // Flops, Params or Bytes (peak memory): the unit says which cost
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "hwnas/core/list.hpp"
#include "hwnas/profile/profilers.hpp"
#include "hwnas/space/nodes.hpp"
#include "hwnas/space/own_decisions.hpp"

namespace hwnas {

namespace error {
template <class Space, auto Budget, auto Least>
struct budget_allows_nothing {
  static constexpr bool value = Least <= Budget;
};
template <class Node>
struct prune_cannot_look_into {
  static constexpr bool value = IsOperator<Node>;
};
template <class Unit>
struct budget_of_no_constant_cost {
  static constexpr bool value = false;
};
}  // namespace error

namespace detail {

// The profiler of a budget's unit.
template <class Space, class Unit>
constexpr auto profiler_of() {
  if constexpr (std::is_same_v<Unit, Flops>) {
    return FlopsProfiler<Space>{};
  } else if constexpr (std::is_same_v<Unit, Params>) {
    return ParamsProfiler<Space>{};
  } else if constexpr (std::is_same_v<Unit, Bytes>) {
    return MemoryProfiler<Space>{};
  } else {
    static_assert(
        error::budget_of_no_constant_cost<Unit>::value,
        "hwnas: Prune must have a budget whose cost the type knows: Flops, Params or Bytes; filter or draw within "
        "other budgets at run time");
  }
}

// For each decision a bit a candidate: on a path within the budget.
using CandidateBits = std::uint64_t;

constexpr List<CandidateBits> usable_candidates(const TrellisView& view, std::int64_t budget) {
  constexpr std::int64_t never = INT64_MAX;
  const auto to_end = best_to_end(view, [](auto a, auto b) { return a < b; });
  List<std::int64_t> so_far(view.states.size(), never);
  List<CandidateBits> usable(static_cast<std::size_t>(view.decisions), 0);
  if (view.start() != TrellisData::end) so_far[view.start()] = view.base();
  for (std::size_t s = 0; s < view.states.size(); ++s) {
    if (so_far[s] == never) continue;
    const TrellisState& state = view.states[s];
    for (int v = 0; v < state.count; ++v) {
      const int target = view.target(state, v);
      const std::int64_t reached = view.combine(so_far[s], view.cost(state, v));
      const std::int64_t whole =
          target == TrellisData::end ? reached : view.combine(reached, to_end[static_cast<std::size_t>(target)]);
      if (whole <= budget) usable[state.decision] |= CandidateBits{1} << v;
      if (target != TrellisData::end && reached < so_far[target]) so_far[target] = reached;
    }
  }
  return usable;
}

// The decisions of a program in the order in which its type emits them.
class DecisionCursor {
 public:
  constexpr DecisionCursor(const ProgramView& program, const List<CandidateBits>& usable)
      : program_{program}, usable_{usable} {}
  constexpr CandidateBits next() {
    while (program_.instructions[at_].code != Opcode::decide) ++at_;
    return usable_[program_.instructions[at_++].a];
  }

 private:
  const ProgramView& program_;
  const List<CandidateBits>& usable_;
  std::size_t at_ = 0;
};

// What becomes of a node: `places` decisions of nodes in it, counted once a node of the type; visit() collects what any of its
// occurrences can use; type<Base, Bits> is the node without the rest. This one: an operator, whose options stay.
template <class Node>
struct Pruned {
  static_assert(error::prune_cannot_look_into<Node>::value,
                "hwnas: Prune can look into Input, Sequential, LayerChoice, AnyShape, Named, Repeat, Residual and Sum "
                "only; prune the "
                "parts beside a Cell, or draw within the budget at run time");
  static constexpr std::size_t places = 0;
  static constexpr void visit(DecisionCursor& cursor, auto&, std::size_t) {
    for (std::size_t i = 0; i < OptionTable<typename Node::option_list>::decisions; ++i) cursor.next();
  }
  template <std::size_t Base, auto Bits>
  using type = Node;
};

// Several nodes one after another.
template <class... Nodes>
struct PrunedList {
  static constexpr std::size_t places = (Pruned<Nodes>::places + ... + 0);
  static constexpr void visit(DecisionCursor& cursor, auto& bits, std::size_t base) {
    ((Pruned<Nodes>::visit(cursor, bits, base), base += Pruned<Nodes>::places), ...);
  }
};

// Collects nodes, each pruned at its place, where `Keep` has its bit.
template <template <class...> class Result, auto Bits, std::size_t Base, CandidateBits Keep, class Done, class... Rest>
struct PrunedParts;
template <template <class...> class Result, auto Bits, std::size_t Base, CandidateBits Keep, class... Done>
struct PrunedParts<Result, Bits, Base, Keep, Sequential<Done...>> {
  using type = Result<Done...>;
};
template <template <class...> class Result, auto Bits, std::size_t Base, CandidateBits Keep, class... Done, class First,
          class... Rest>
struct PrunedParts<Result, Bits, Base, Keep, Sequential<Done...>, First, Rest...> {
  static constexpr std::size_t next = Base + Pruned<First>::places;
  template <bool Kept, class = void>
  struct with {
    using type = Sequential<Done...>;
  };
  template <class Unused>
  struct with<true, Unused> {
    using type = Sequential<Done..., typename Pruned<First>::template type<Base, Bits>>;
  };
  using type =
      typename PrunedParts<Result, Bits, next, (Keep >> 1), typename with<(Keep & 1) != 0>::type, Rest...>::type;
};
inline constexpr CandidateBits all_kept = ~CandidateBits{0};

template <class... Nodes>
struct Pruned<Sequential<Nodes...>> : PrunedList<Nodes...> {
  template <std::size_t Base, auto Bits>
  using type = typename PrunedParts<Sequential, Bits, Base, all_kept, Sequential<>, Nodes...>::type;
};
template <class... Nodes>
struct Pruned<Residual<Nodes...>> : PrunedList<Nodes...> {
  template <std::size_t Base, auto Bits>
  using type = typename PrunedParts<Residual, Bits, Base, all_kept, Sequential<>, Nodes...>::type;
};
template <class... Nodes>
struct Pruned<Sum<Nodes...>> : PrunedList<Nodes...> {
  template <std::size_t Base, auto Bits>
  using type = typename PrunedParts<Sum, Bits, Base, all_kept, Sequential<>, Nodes...>::type;
};

template <class... Candidates>
struct Pruned<LayerChoice<Candidates...>> {
  static_assert(sizeof...(Candidates) < 64,
                "hwnas: Prune must be given choices of at most 63 candidates; nest larger ones");
  static constexpr std::size_t places = 1 + PrunedList<Candidates...>::places;
  static constexpr void visit(DecisionCursor& cursor, auto& bits, std::size_t base) {
    bits[base] |= cursor.next();
    PrunedList<Candidates...>::visit(cursor, bits, base + 1);
  }
  // A choice that no path within the budget meets stands in a candidate that goes: it stays as it is until then.
  template <std::size_t Base, auto Bits>
  using type = typename PrunedParts<LayerChoice, Bits, Base + 1, (Bits[Base] == 0 ? all_kept : Bits[Base]),
                                    Sequential<>, Candidates...>::type;
};

template <class Choice>
struct Pruned<AnyShape<Choice>> : Pruned<Choice> {
  template <std::size_t Base, auto Bits>
  using type = AnyShape<typename Pruned<Choice>::template type<Base, Bits>>;
};

template <fixed_string Label, class Node>
struct Pruned<Named<Label, Node>> : Pruned<Node> {
  template <std::size_t Base, auto Bits>
  using inner = typename Pruned<Node>::template type<Base, Bits>;
  // A repetition that has lost its decision has nothing to name.
  template <std::size_t Base, auto Bits>
  using type =
      std::conditional_t<(count_of<inner<Base, Bits>>.own > 0), Named<Label, inner<Base, Bits>>, inner<Base, Bits>>;
};

template <class Block, int Min, int Max>
struct Pruned<Repeat<Block, Min, Max>> {
  static_assert(Max - Min < 63, "hwnas: Prune must be given repetitions of at most 63 depths");
  static constexpr std::size_t places = 1 + Pruned<Block>::places;
  static constexpr void visit(DecisionCursor& cursor, auto& bits, std::size_t base) {
    for (int k = 0; k < Min; ++k) Pruned<Block>::visit(cursor, bits, base + 1);
    if constexpr (Min < Max) bits[base] |= cursor.next();
    for (int k = Min; k < Max; ++k) Pruned<Block>::visit(cursor, bits, base + 1);
  }
  static constexpr int lowest(CandidateBits bits) {
    int v = 0;
    while (bits != 0 && (bits >> v & 1) == 0) ++v;
    return Min + v;
  }
  static constexpr int highest(CandidateBits bits) {
    int v = Max - Min;
    while (bits != 0 && (bits >> v & 1) == 0) --v;
    return Min + v;
  }
  template <std::size_t Base, auto Bits>
  static auto with() {
    if constexpr (highest(Bits[Base]) == 0) {
      return std::type_identity<Sequential<>>{};
    } else {
      using Inner = typename Pruned<Block>::template type<Base + 1, Bits>;
      return std::type_identity<Repeat<Inner, lowest(Bits[Base]), highest(Bits[Base])>>{};
    }
  }
  template <std::size_t Base, auto Bits>
  using type = typename decltype(with<Base, Bits>())::type;
};

template <class Space, Shape... Shapes>
struct Pruned<Input<Space, Shapes...>> {
  static constexpr std::size_t places = 1 + Pruned<Space>::places;
  static constexpr void visit(DecisionCursor& cursor, auto& bits, std::size_t base) {
    if constexpr (sizeof...(Shapes) > 1) bits[base] |= cursor.next();
    Pruned<Space>::visit(cursor, bits, base + 1);
  }
  template <std::size_t Base, auto Bits, std::size_t... I>
  static auto with(std::index_sequence<I...>) {
    constexpr std::array<Shape, sizeof...(Shapes)> all{Shapes...};
    constexpr auto kept = [] {
      std::array<std::size_t, sizeof...(Shapes) + 1> result{};  // the last: how many
      for (std::size_t i = 0; i < sizeof...(Shapes); ++i) {
        if (sizeof...(Shapes) == 1 || (Bits[Base] >> i & 1) != 0) result[result[sizeof...(Shapes)]++] = i;
      }
      return result;
    }();
    using Inner = typename Pruned<Space>::template type<Base + 1, Bits>;
    return [&]<std::size_t... K>(std::index_sequence<K...>) {
      return std::type_identity<Input<Inner, all[kept[K]]...>>{};
    }(std::make_index_sequence<kept[sizeof...(Shapes)]>{});
  }
  template <std::size_t Base, auto Bits>
  using type = typename decltype(with<Base, Bits>(std::index_sequence<>{}))::type;
};

template <class Space, auto Budget>
constexpr auto pruned_bits() {
  std::array<CandidateBits, Pruned<Space>::places> bits{};
  constexpr auto profiler = profiler_of<Space, std::remove_cvref_t<decltype(Budget)>>();
  static_assert(
      error::budget_allows_nothing<Space, Budget, profiler.range().min>::value,
      "hwnas: Prune's budget must allow at least one architecture of the space; raise it to the least cost or above");
  const auto usable = usable_candidates(profiler.view(), Budget.ticks());
  DecisionCursor cursor{program<Space>, usable};
  Pruned<Space>::visit(cursor, bits, 0);
  return bits;
}
template <class Space, auto Budget>
inline constexpr auto pruned_bits_of = pruned_bits<Space, Budget>();

}  // namespace detail

/// The space with only those candidates, depths and resolutions that some architecture of at most this cost uses. A choice of one
/// candidate stays a choice; depths stay a range; the values of operators' options stay. A place that a repetition runs several
/// times keeps what any of them uses.
///   Errors   `budget_allows_nothing`, `prune_cannot_look_into`, `budget_of_no_constant_cost`
template <class Space, auto Budget>
using Prune = typename detail::Pruned<Space>::template type<0, detail::pruned_bits_of<Space, Budget>>;

}  // namespace hwnas
