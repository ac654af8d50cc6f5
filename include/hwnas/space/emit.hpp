// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  From the nodes of a space type to the instructions of its Program. One emit for each node.
#pragma once

#include <array>
#include <string_view>

#include "hwnas/op/leaf.hpp"
#include "hwnas/space/nodes.hpp"
#include "hwnas/space/own_decisions.hpp"
#include "hwnas/space/program_builder.hpp"

namespace hwnas {

namespace error {
template <class Type>
struct is_no_operator {
  static constexpr bool value = IsOperator<Type> && requires(Net & net) {
    Type::build(net, Shape{}, OperatorOptions{});
  };
};
template <class Choice>
struct empty_layer_choice {
  static constexpr bool value = !std::is_same_v<Choice, LayerChoice<>>;
};
// An architecture keeps one byte a decision.
template <class Node, int Candidates>
struct too_many_candidates {
  static constexpr bool value = Candidates <= 256;
};
template <class Node>
struct nothing_to_name {
  static constexpr bool value = decision_count<Node>.own > 0;
};
template <fixed_string Label>
struct bad_label {
  static constexpr bool value = [] {
    bool digits = true;
    for (char c : Label.view()) {
      if (c == '/') return false;
      digits = digits && c >= '0' && c <= '9';
    }
    return !digits;  // also refuses the empty label
  }();
};
template <class Node>
struct bad_depth {
  static constexpr bool value = true;
};
template <class Block, int Min, int Max>
struct bad_depth<Repeat<Block, Min, Max>> {
  static constexpr bool value = 0 <= Min && Min <= Max && Max > 0;
};
}  // namespace error

/// Refuses decisions of more candidates than a byte counts.
template <class Node, int Candidates>
constexpr void require_few() {
  static_assert(
      error::too_many_candidates<Node, Candidates>::value,
      "hwnas: a decision must have at most 256 candidates; nest it, as in LayerChoice<LayerChoice<...>, ...>");
}

/// Writes a node's instructions. Everything that is no node must be an operator.
template <class Node>
struct Emit {
  static_assert(
      error::is_no_operator<Node>::value,
      "hwnas: no shape formula for this operator; derive it from Operator<...> and give it a build(), or from "
      "LeafOperator<...> with shape(), flops() and params()");

  static constexpr void run(ProgramBuilder& out) {
    if constexpr (error::is_no_operator<Node>::value) {
      std::array<int, detail::OptionTable<typename Node::option_list>::decisions + 1> labels{};
      emit_options<typename Node::option_list>(out, labels, 0);
    }
  }

 private:
  // The deciding options become nested decisions; the operator stands innermost, where all are known.
  template <class List>
  static constexpr void emit_options(ProgramBuilder& out, auto& labels, std::size_t known) {
    open<List>(out, labels, known, List{});
  }
  template <class List, class First, class... Rest>
  static constexpr void open(ProgramBuilder& out, auto& labels, std::size_t known, detail::OptionList<First, Rest...>) {
    require_few<Node, static_cast<int>(First::values.size())>();
    if constexpr (First::values.size() > 1) {
      DecisionRecord record{.kind = DecisionKind::value,
                            .count = static_cast<int>(First::values.size()),
                            .values = out.store(First::values),
                            .list = &type_tag<First>};
      out.decide(record, First::name, &type_tag<Node>, {}, [&](int decision) {
        labels[known] = decision;
        open<List>(out, labels, known + 1, detail::OptionList<Rest...>{});
      });
    } else {
      open<List>(out, labels, known, detail::OptionList<Rest...>{});
    }
  }
  template <class List>
  static constexpr void open(ProgramBuilder& out, auto& labels, std::size_t known, detail::OptionList<>) {
    const int begin = static_cast<int>(out.choice_labels.size());
    for (std::size_t i = 0; i < known; ++i) out.choice_labels.push_back(labels[i]);
    out.emit({.code = Opcode::apply,
              .a = out.operator_index<Node>(),
              .b = begin,
              .c = static_cast<int>(known),
              .type = &type_tag<Node>});
  }
};

template <class... Nodes>
struct Emit<Sequential<Nodes...>> {
  static constexpr void run(ProgramBuilder& out) {
    int index = 0;
    (out.within_index(index++, [&] { Emit<Nodes>::run(out); }), ...);
  }
};

template <class... Candidates>
struct Emit<LayerChoice<Candidates...>> {
  static_assert(error::empty_layer_choice<LayerChoice<Candidates...>>::value,
                "hwnas: a LayerChoice must have at least one candidate; add one, or Identity for 'nothing'");

  static constexpr void run(ProgramBuilder& out, bool any_shape = false) {
    using Self = LayerChoice<Candidates...>;
    require_few<Self, static_cast<int>(sizeof...(Candidates))>();
    DecisionRecord record{.kind = DecisionKind::layer,
                          .count = static_cast<int>(sizeof...(Candidates)),
                          .names = static_cast<int>(out.names.size()),
                          .list = &type_tag<Self>};
    (out.names.push_back(candidate_name<Candidates>()), ...);
    out.decide(record, {}, &type_tag<Self>, {.must_agree = !any_shape, .partitioned = true}, [&](int decision) {
      int index = 0;
      (
          [&] {
            out.only_for(decision, index, index, &type_tag<Candidates>,
                         [&] { out.within_index(index, [&] { Emit<Candidates>::run(out); }); });
            ++index;
          }(),
          ...);
    });
  }
};

template <class... Candidates>
struct Emit<AnyShape<LayerChoice<Candidates...>>> {
  static constexpr void run(ProgramBuilder& out) { Emit<LayerChoice<Candidates...>>::run(out, true); }
};
template <fixed_string Label, class... Candidates>
struct Emit<AnyShape<Named<Label, LayerChoice<Candidates...>>>>
    : Emit<Named<Label, AnyShape<LayerChoice<Candidates...>>>> {};

template <fixed_string Label, class Node>
struct Emit<Named<Label, Node>> {
  static_assert(
      error::nothing_to_name<Node>::value,
      "hwnas: Named must stand on something that decides; this node has no decision: remove the name, or give "
      "an option several values");
  static_assert(error::bad_label<Label>::value,
                "hwnas: a label must not be empty, all digits, or contain '/'; these belong to automatic labels");

  static constexpr void run(ProgramBuilder& out, auto... arguments) {
    constexpr DecisionCount count = decision_count<Node>;
    int variant = 0;
    ((variant = 2 * variant + 1 + (arguments ? 1 : 0)), ...);
    out.named({.kind = Scope::Kind::named, .text = Label.view(), .exact = count.own == 1, .composite = count.composite},
              &type_tag<Named<Label, Node>>, variant, [&] { Emit<Node>::run(out, arguments...); });
  }
};

template <class Block, int Min, int Max>
struct Emit<Repeat<Block, Min, Max>> {
  static_assert(error::bad_depth<Repeat<Block, Min, Max>>::value,
                "hwnas: Repeat<Block, Min, Max> must have 0 <= Min <= Max and 0 < Max");

  static constexpr void run(ProgramBuilder& out) {
    // Blocks that every depth has come before the decision, so that they are walked once and not once a depth.
    for (int k = 0; k < Min; ++k) out.within_index(k, [&] { Emit<Block>::run(out); });
    if constexpr (Min < Max) {
      require_few<Repeat<Block, Min, Max>, Max - Min + 1>();
      std::array<int, Max - Min + 1> depths{};
      for (int i = 0; i <= Max - Min; ++i) depths[static_cast<std::size_t>(i)] = Min + i;
      using Self = Repeat<Block, Min, Max>;
      DecisionRecord record{.kind = DecisionKind::depth,
                            .count = Max - Min + 1,
                            .values = out.store(depths),
                            .list = &type_tag<std::integral_constant<int, Min * 10000 + Max>>};
      out.decide(record, "depth", &type_tag<Self>, {}, [&](int decision) {
        for (int k = Min; k < Max; ++k) {
          out.only_for(decision, k - Min + 1, Max - Min, &type_tag<Self>,
                       [&] { out.within_index(k, [&] { Emit<Block>::run(out); }); });
        }
      });
    }
  }
};

template <class... Nodes>
struct Emit<Residual<Nodes...>> {
  static constexpr void run(ProgramBuilder& out) {
    out.emit({.code = Opcode::push});
    if constexpr (sizeof...(Nodes) == 1) {
      (Emit<Nodes>::run(out), ...);
    } else {
      Emit<Sequential<Nodes...>>::run(out);
    }
    out.emit({.code = Opcode::add, .b = static_cast<int>(JoinKind::residual), .type = &type_tag<Residual<Nodes...>>});
  }
};

template <class... Branches>
struct Emit<Sum<Branches...>> {
  static constexpr void run(ProgramBuilder& out) {
    int index = 0;
    (branch<Branches>(out, index++), ...);
  }

 private:
  // Slots: the input, then the sum so far; the last branch takes the input with it.
  template <class Branch>
  static constexpr void branch(ProgramBuilder& out, int index) {
    const bool first = index == 0;
    const bool last = index + 1 == static_cast<int>(sizeof...(Branches));
    out.emit({.code = Opcode::push, .a = first ? 0 : 1, .b = last ? 1 : 0});
    out.within_index(index, [&] { Emit<Branch>::run(out); });
    if (!first) {
      out.emit({.code = Opcode::add, .b = static_cast<int>(JoinKind::cell), .type = &type_tag<Sum<Branches...>>});
    }
  }
};

template <class Space, Shape... Shapes>
struct Emit<Input<Space, Shapes...>> {
  static_assert(sizeof...(Shapes) > 0,
                "hwnas: Input must have at least one shape, as in Input<Space, Shape{3, 224, 224}>");

  static constexpr void run(ProgramBuilder& out) {
    (out.shapes.push_back(Shapes), ...);
    constexpr int count = static_cast<int>(sizeof...(Shapes));
    if constexpr (count == 1) {
      out.emit({.code = Opcode::input});
    } else {
      constexpr std::array<int, sizeof...(Shapes)> heights{Shapes.h...};
      static_assert(detail::all_differ<Shapes.h...>(),
                    "hwnas: the shapes of one Input must differ in height, which is how files name the resolution");
      using Self = Input<Space, Shapes...>;
      DecisionRecord record{.kind = DecisionKind::resolution,
                            .count = count,
                            .values = out.store(heights),
                            .list = &type_tag<Self>};
      out.decide(record, "resolution", &type_tag<Self>, {.partitioned = true}, [&](int decision) {
        for (int i = 0; i < count; ++i) {
          out.only_for(decision, i, i, &type_tag<Self>, [&] { out.emit({.code = Opcode::input, .a = i}); });
        }
      });
    }
    Emit<Space>::run(out);
  }
};

}  // namespace hwnas
