// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  emit_ast: an Ast as a Program, as the library's Emit does for types, so that thousands of spaces can be walked
///        in one test.
#pragma once

#include <deque>
#include <map>
#include <set>

#include "hwnas/space/emit_cell.hpp"
#include "space/reference/labels.hpp"

namespace reference {

/// Writes trees into a builder. Equal trees are one type, as equal types are.
class AstEmitter {
 public:
  explicit AstEmitter(hwnas::ProgramBuilder& out) : out_{out} {}

  void input(const Tree& tree) {
    for (const Shape& shape : tree->shapes) out_.shapes.push_back(shape);
    const auto count = static_cast<int>(tree->shapes.size());
    if (count == 1) {
      out_.emit({.code = hwnas::Opcode::input});
    } else {
      std::vector<int> heights;
      for (const Shape& shape : tree->shapes) heights.push_back(shape.h);
      const hwnas::DecisionRecord record{.kind = hwnas::DecisionKind::resolution, .count = count,
                                         .values = out_.store(heights), .list = type(tree)};
      out_.decide(record, "resolution", type(tree), {.must_agree = false, .partitioned = true}, [&](int decision) {
        for (int i = 0; i < count; ++i) {
          out_.only_for(decision, i, i, type(tree), [&] { out_.emit({.code = hwnas::Opcode::input, .a = i}); });
        }
      });
    }
    run(tree->parts[0]);
  }

 private:
  void run(const Tree& tree) {
    switch (tree->kind) {
      case Kind::operation: return tree->operation.emit(out_);
      case Kind::sequential: return sequence(tree->parts);
      case Kind::choice: return choice(tree);
      case Kind::named: return named(tree);
      case Kind::repeat: return repeat(tree);
      case Kind::residual:
        out_.emit({.code = hwnas::Opcode::push});
        if (tree->parts.size() == 1) run(tree->parts[0]);
        else sequence(tree->parts);
        out_.emit({.code = hwnas::Opcode::add, .b = static_cast<int>(hwnas::JoinKind::residual), .type = type(tree)});
        return;
      case Kind::sum: return sum(tree);
      case Kind::cell: return cell(tree);
      default: throw std::logic_error{"not for programs made at run time"};
    }
  }
  void sequence(const std::vector<Tree>& parts) {
    for (std::size_t i = 0; i < parts.size(); ++i) out_.within_index(static_cast<int>(i), [&] { run(parts[i]); });
  }
  void choice(const Tree& tree) {
    const hwnas::DecisionRecord record{.kind = hwnas::DecisionKind::layer,
                                       .count = static_cast<int>(tree->parts.size()),
                                       .names = static_cast<int>(out_.names.size()),
                                       .list = type(tree)};
    for (std::size_t i = 0; i < tree->parts.size(); ++i) out_.names.push_back("candidate");
    out_.decide(record, {}, type(tree), {.must_agree = !tree->any_shape, .partitioned = true}, [&](int decision) {
      for (int i = 0; i < static_cast<int>(tree->parts.size()); ++i) {
        const Tree& candidate = tree->parts[static_cast<std::size_t>(i)];
        out_.only_for(decision, i, i, type(candidate), [&] { out_.within_index(i, [&] { run(candidate); }); });
      }
    });
  }
  void named(const Tree& tree) {
    const Path path = named_path(tree->label, tree->parts[0]);
    const hwnas::Scope scope{.kind = hwnas::Scope::Kind::named, .text = kept(tree->label),
                             .exact = path.names_this || path.names_below, .composite = path.names_below};
    within_name(out_, scope, type(tree), [&] { run(tree->parts[0]); });
  }
  static void within_name(auto& out, const hwnas::Scope& scope, hwnas::TypeId type, auto&& body) {
    if constexpr (requires { out.named(scope, type, 0, body); }) {
      out.named(scope, type, 0, body);
    } else {
      out.within(scope, body);
    }
  }
  void repeat(const Tree& tree) {
    const auto block = [&](int k) { out_.within_index(k, [&] { run(tree->parts[0]); }); };
    for (int k = 0; k < tree->min; ++k) block(k);
    if (tree->min == tree->max) return;
    std::vector<int> depths;
    for (int depth = tree->min; depth <= tree->max; ++depth) depths.push_back(depth);
    const hwnas::DecisionRecord record{.kind = hwnas::DecisionKind::depth, .count = static_cast<int>(depths.size()),
                                       .values = out_.store(depths), .list = type(tree)};
    out_.decide(record, "depth", type(tree), {}, [&](int decision) {
      for (int k = tree->min; k < tree->max; ++k) {
        out_.only_for(decision, k - tree->min + 1, tree->max - tree->min, type(tree), [&] { block(k); });
      }
    });
  }
  void sum(const Tree& tree) {
    const std::size_t count = tree->parts.size();
    for (std::size_t i = 0; i < count; ++i) {
      out_.emit({.code = hwnas::Opcode::push, .a = i == 0 ? 0 : 1, .b = i + 1 == count ? 1 : 0});
      out_.within_index(static_cast<int>(i), [&] { run(tree->parts[i]); });
      if (i > 0) {
        out_.emit({.code = hwnas::Opcode::add, .b = static_cast<int>(hwnas::JoinKind::cell), .type = type(tree)});
      }
    }
  }
  // One input, From edges, the last node's result; every node is read by a later one.
  void cell(const Tree& tree) {
    hwnas::CellSlots slots{out_};
    slots.add(0);
    const auto read_after = [&](int source, std::size_t node) {
      for (std::size_t n = node + 1; n < tree->nodes.size(); ++n) {
        for (const int s : tree->nodes[n].sources) {
          if (s == source) return true;
        }
      }
      return false;
    };
    for (std::size_t n = 0; n < tree->nodes.size(); ++n) {
      out_.within_text("node", static_cast<int>(n) + 1, [&] {
        const CellNode& node = tree->nodes[n];
        for (std::size_t e = 0; e < node.edges.size(); ++e) {
          const int source = node.sources[e];
          slots.push(source, e == 0 ? 0 : 1, !read_after(source, n), true, type(tree));
          out_.within_text("from", source, [&] { run(node.edges[e]); });
          if (e > 0) {
            out_.emit({.code = hwnas::Opcode::add, .b = static_cast<int>(hwnas::JoinKind::cell), .type = type(tree)});
          }
        }
      });
      for (int source = static_cast<int>(n); source >= 0; --source) {
        if (slots.holds(source) && !read_after(source, n)) slots.drop(source, 1);
      }
      slots.add(static_cast<int>(n) + 1);
    }
  }

  static std::string spelling(const Tree& tree) {
    std::string text = std::to_string(static_cast<int>(tree->kind)) + tree->label + tree->operation.name +
                       std::to_string(tree->min) + ',' + std::to_string(tree->max) + (tree->any_shape ? "any(" : "(");
    for (const Tree& part : tree->parts) text += spelling(part) + ' ';
    for (const CellNode& node : tree->nodes) {
      text += '[';
      for (std::size_t e = 0; e < node.edges.size(); ++e) {
        text += std::to_string(node.sources[e]) + spelling(node.edges[e]);
      }
      text += ']';
    }
    return text + ')';
  }
  static hwnas::TypeId type(const Tree& tree) {
    static std::map<std::string, hwnas::TypeTag> types;
    return &types[spelling(tree)];
  }
  static std::string_view kept(const std::string& text) {
    static std::set<std::string> texts;
    return *texts.insert(text).first;
  }

  hwnas::ProgramBuilder& out_;
};

}  // namespace reference
