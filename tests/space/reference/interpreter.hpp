// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The reference interpreter: one architecture of an Ast, executed step by step. It shares nothing with the walk and
///        the trellis but the operators' lists of primitives.
#pragma once

#include <map>
#include <stdexcept>

#include "space/reference/labels.hpp"
#include "space/reference/tensors.hpp"

namespace reference {

using Choices = std::map<std::string, int>;

/// Thrown where the interpreter meets a decision that has no choice yet.
struct Undecided {
  std::string label;
  int count;
};

/// A tensor somewhere in the network; `edge`: still a Cell's source itself, not yet a tensor of the edge.
struct Handle {
  int tensor = 0;
  bool edge = false;
};

struct Network {
  Choices met;  // the choices it asked for
  std::int64_t flops = 0;
  std::int64_t nni_extra = 0;
  std::int64_t params = 0;
  std::int64_t peak = 0;  // elements
  Shape output{};
};

class Interpreter {
 public:
  explicit Interpreter(const Choices& choices) : choices_{choices} {}

  Network run(const Tree& input) {
    const int at = input->shapes.size() > 1 ? ask("resolution", static_cast<int>(input->shapes.size())) : 0;
    const Handle image{tensors_.add(input->shapes[static_cast<std::size_t>(at)])};
    const Handle result = run(input->parts[0], Path{}, image);
    network_.output = tensors_.shape(result.tensor);
    tensors_.happen({Effect::keep, {result.tensor}, {}});
    network_.peak = tensors_.peak();
    return network_;
  }

 private:
  int ask(const std::string& label, int count) {
    const auto found = choices_.find(label);
    if (found == choices_.end()) throw Undecided{label, count};
    network_.met[label] = found->second;
    return found->second;
  }

  Handle run(const Tree& tree, const Path& path, Handle in) {
    switch (tree->kind) {
      case Kind::operation: return operation(tree->operation, path, in);
      case Kind::sequential: return sequence(tree->parts, path, in);
      case Kind::named: return run(tree->parts[0], named_path(tree->label, tree->parts[0]), in);
      case Kind::choice: {
        const int chosen = ask(path.label(""), static_cast<int>(tree->parts.size()));
        return run(tree->parts[static_cast<std::size_t>(chosen)], path.then(std::to_string(chosen)), in);
      }
      case Kind::residual: {
        const Handle out = tree->parts.size() == 1 ? run(tree->parts[0], path, in) : sequence(tree->parts, path, in);
        return add(in, out);
      }
      case Kind::sum: {
        Handle sum = run(tree->parts[0], path.then("0"), in);
        for (std::size_t i = 1; i < tree->parts.size(); ++i) {
          sum = add(sum, run(tree->parts[i], path.then(std::to_string(i)), in));
        }
        return sum;
      }
      case Kind::repeat: return repeat(tree, path, in);
      case Kind::cell: return cell(tree, path, {in});
      case Kind::stack: return stack(tree, path, in);
      case Kind::input: break;
    }
    throw std::logic_error{"an Input inside a space"};
  }

  Handle sequence(const std::vector<Tree>& parts, const Path& path, Handle at) {
    for (std::size_t i = 0; i < parts.size(); ++i) at = run(parts[i], path.then(std::to_string(i)), at);
    return at;
  }
  Handle repeat(const Tree& tree, const Path& path, Handle at) {
    for (int k = 0; k < tree->min; ++k) at = run(tree->parts[0], path.then(std::to_string(k)), at);
    if (tree->min == tree->max) return at;
    const int depth = tree->min + ask(path.label("depth"), tree->max - tree->min + 1);
    for (int k = tree->min; k < depth; ++k) at = run(tree->parts[0], path.then(std::to_string(k)), at);
    return at;
  }
  Handle add(Handle a, Handle b) {
    if (tensors_.shape(a.tensor) != tensors_.shape(b.tensor)) throw std::logic_error{"a sum of different shapes"};
    return fresh({a.tensor, b.tensor}, tensors_.shape(a.tensor));
  }
  Handle fresh(std::vector<int> reads, Shape shape) {
    const int made = tensors_.add(shape);
    tensors_.happen({Effect::fresh, std::move(reads), {made}});
    return {made};
  }

  // --- operators ---------------------------------------------------------------------------------------------------
  Handle operation(const OperatorInfo& op, const Path& path, Handle in) {
    std::vector<int> choices;
    for (const Option& option : op.options) {
      choices.push_back(ask(path.label(option.name), static_cast<int>(option.values.size())));
    }
    const hwnas::Net net = op.build(tensors_.shape(in.tensor), choices);
    if (net.fault()) throw std::logic_error{"an operator refuses its input: " + op.name};
    std::map<int, int> global{{0, in.tensor}};
    std::map<int, bool> is_input{{0, true}};
    for (const hwnas::GraphNode& node : net.nodes()) {
      Event event{.effect = effect_of(node.primitive.kind)};
      for (int i = 0; i < node.input_count; ++i) {
        event.reads.push_back(global.at(node.inputs[static_cast<std::size_t>(i)]));
      }
      for (int o = node.output; o < node.output + node.output_count; ++o) {
        event.writes.push_back(global[o] = tensors_.add(node.primitive.out));
        is_input[o] = event.effect == Effect::view && is_input.at(node.inputs[0]);
      }
      tensors_.happen(std::move(event));
      charge(node.primitive);
    }
    const int result = global.at(net.here().id);
    if (!is_input.at(net.here().id)) return {result};
    if (in.edge) return fresh({result}, tensors_.shape(result));  // a Cell's edge gives a tensor of its own
    return {result};
  }
  static Effect effect_of(hwnas::PrimitiveKind kind) {
    using enum hwnas::PrimitiveKind;
    if (kind == flatten || kind == identity || kind == split) return Effect::view;
    return kind == normalisation || kind == activation ? Effect::in_place : Effect::fresh;
  }
  void charge(const hwnas::Primitive& p) {
    using enum hwnas::PrimitiveKind;
    const std::int64_t outputs = std::int64_t{p.out.c} * p.out.h * p.out.w;
    if (p.kind == convolution) {
      const std::int64_t weights = std::int64_t{p.kernel} * p.kernel * (p.in.c / p.groups);
      network_.flops += outputs * weights;
      network_.nni_extra += p.bias ? outputs : 0;
      network_.params += p.out.c * (weights + (p.bias ? 1 : 0));
    } else if (p.kind == linear) {
      network_.flops += std::int64_t{p.in.c} * p.out.c;
      network_.nni_extra += p.bias ? p.out.c : 0;
      network_.params += std::int64_t{p.out.c} * (p.in.c + (p.bias ? 1 : 0));
    } else if (p.kind == normalisation) {
      network_.nni_extra += 4 * outputs;
      network_.params += p.affine ? 2 * p.in.c : 0;
    } else if (p.kind == activation &&
               (p.activation == hwnas::Activation::relu || p.activation == hwnas::Activation::relu6 ||
                p.activation == hwnas::Activation::sigmoid || p.activation == hwnas::Activation::tanh)) {
      network_.nni_extra += outputs;
    } else if (p.kind == leaf) {
      network_.flops += hwnas::costs_of(p).flops;
      network_.params += hwnas::costs_of(p).params;
    }
  }

  // --- cells -------------------------------------------------------------------------------------------------------
  Handle cell(const Tree& tree, const Path& path, std::vector<Handle> sources) {
    for (std::size_t i = 0; i < tree->preprocess.size(); ++i) {
      sources[i] = run(tree->preprocess[i], path.then("pre" + std::to_string(i)), sources[i]);
    }
    const auto inputs = sources.size();
    for (std::size_t n = 0; n < tree->nodes.size(); ++n) {
      const Path here = path.then("node" + std::to_string(n + 1));
      const CellNode& node = tree->nodes[n];
      sources.push_back(node.choose > 0 ? chosen_inputs(node, here, sources, inputs) : from_edges(node, here, sources));
    }
    if (!tree->concat) return sources.back();
    std::vector<int> reads;
    Shape out = tensors_.shape(sources.back().tensor);
    out.c = 0;
    for (std::size_t s = inputs; s < sources.size(); ++s) {
      reads.push_back(sources[s].tensor);
      out.c += tensors_.shape(sources[s].tensor).c;
    }
    return fresh(std::move(reads), out);
  }
  Handle edge(const Tree& tree, const Path& path, std::size_t source, const std::vector<Handle>& sources) {
    return run(tree, path.then("from" + std::to_string(source)), {sources[source].tensor, true});
  }
  Handle from_edges(const CellNode& node, const Path& path, const std::vector<Handle>& sources) {
    Handle sum{};
    for (std::size_t e = 0; e < node.edges.size(); ++e) {
      const Handle made = edge(node.edges[e], path, static_cast<std::size_t>(node.sources[e]), sources);
      sum = e == 0 ? made : add(sum, made);
    }
    return sum;
  }
  Handle chosen_inputs(const CellNode& node, const Path& path, const std::vector<Handle>& sources, std::size_t inputs) {
    const auto sets = combinations(sources.size(), static_cast<std::size_t>(node.choose));
    const auto& chosen =
        sets[sets.size() == 1 ? 0 : static_cast<std::size_t>(ask(path.label("inputs"), static_cast<int>(sets.size())))];
    const int buffer = tensors_.add({});
    tensors_.happen({Effect::begin, {}, {buffer}});
    for (const std::size_t source : chosen) {
      const Handle made = edge(node.edges[source < inputs ? 0 : 1], path, source, sources);
      tensors_.set_shape(buffer, tensors_.shape(made.tensor));
      tensors_.happen({Effect::fresh, {buffer, made.tensor}, {}});
    }
    Event needed{.effect = Effect::keep, .reads = {buffer}};
    for (const Handle& source : sources) needed.reads.push_back(source.tensor);
    tensors_.happen(std::move(needed));
    return {buffer};
  }
  // All k of n in lexicographic order.
  static std::vector<std::vector<std::size_t>> combinations(std::size_t n, std::size_t k) {
    std::vector<std::vector<std::size_t>> all;
    for (std::size_t bits = 0; bits < (std::size_t{1} << n); ++bits) {
      std::vector<std::size_t> chosen;
      for (std::size_t i = 0; i < n; ++i) {
        if ((bits >> i & 1) != 0) chosen.push_back(i);
      }
      if (chosen.size() == k) all.push_back(std::move(chosen));
    }
    std::sort(all.begin(), all.end());
    return all;
  }
  Handle stack(const Tree& tree, const Path& path, Handle in) {
    Handle before = in;
    Handle last = in;
    for (std::size_t i = 0; i < tree->parts.size(); ++i) {
      Path here = path.then(std::to_string(i));
      Tree inner = tree->parts[i];
      while (inner->kind == Kind::named) {
        here = named_path(inner->label, inner->parts[0]);
        inner = inner->parts[0];
      }
      const Handle made = cell(inner, here, {before, last});
      before = last;
      last = made;
    }
    return last;
  }

  const Choices& choices_;
  Network network_;
  Tensors tensors_;
};

/// Every architecture of a space, by trying: run, and where a decision is missing try all of its candidates.
inline void enumerate(const Tree& input, Choices& choices, std::map<std::string, int>& counts,
                      std::vector<Network>& out, std::size_t most) {
  Undecided missing;
  try {
    out.push_back(Interpreter{choices}.run(input));
    if (out.size() > most) throw std::length_error{"too many architectures for brute force"};
    return;
  } catch (const Undecided& undecided) {
    missing = undecided;
  }
  counts[missing.label] = missing.count;
  for (int v = 0; v < missing.count; ++v) {
    choices[missing.label] = v;
    enumerate(input, choices, counts, out, most);
  }
  choices.erase(missing.label);
}

struct Enumeration {
  std::vector<Network> networks;
  std::map<std::string, int> counts;  // candidates of each label
};
inline Enumeration enumerate(const Tree& input, std::size_t most = 20'000) {
  Enumeration result;
  Choices choices;
  enumerate(input, choices, result.counts, result.networks, most);
  return result;
}

}  // namespace reference
