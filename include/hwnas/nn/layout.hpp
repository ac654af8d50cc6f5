// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Layout: every place of a space where an operator stands, the variants that can run there, and the weights they
///        share, named by their path in the type. Supernet, Subnet and exported files take names from here.
///        Named<"b1", LayerChoice<MBConv<3>, ...>> as second node: "1.b1.0.conv0.weight"
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/nn/align.hpp"
#include "hwnas/space/walk.hpp"

namespace hwnas {

/// An operator with one input shape and one choice for each of its options.
struct Variant {
  Shape in{};
  Shape out{};
  std::vector<int> choices{};
  std::vector<GraphNode> nodes{};
  std::vector<int> slots{};  // for each node: index into the layout's slots, or -1
  int result = 0;            // tensor the operator returns
};

/// A module for weights: shared by the variants of one place, as large as the largest.
struct WeightSlot {
  std::string path;   // of the place, parts separated by dots; may be empty
  std::string name;   // conv0
  WeightForm form{};
};

/// Where an operator stands in the type.
struct OperatorPlace {
  int instruction = 0;
  std::vector<Variant> variants{};
};

/// Places, variants and weights of a program. A program of a type lives as long as the process; one made at run time
/// must outlive the layout.
class Layout {
 public:
  explicit Layout(const ProgramView& program) : program_{program} {
    const TrellisData walked = Walk{program}.all();
    if (walked.fault) throw refusal(walked.fault);
    place_of_.assign(program.instructions.size(), -1);
    for (std::size_t pc = 0; pc < program.instructions.size(); ++pc) {
      if (program.instructions[pc].code != Opcode::apply) continue;
      place_of_[pc] = static_cast<int>(places_.size());
      places_.push_back({.instruction = static_cast<int>(pc)});
    }
    for (const Item& item : walked.items) {
      if (item.list < 0 && walked.fragments[index(item.fragment)].op >= 0) add_variant(walked, item);
    }
    for (OperatorPlace& place : places_) share(place);
  }

  /// One operator by itself on one input: what devices measure.
  Layout(Shape in, std::span<const GraphNode> nodes, int result)
      : own_shapes_{in}, own_instructions_{{.code = Opcode::input}, {.code = Opcode::apply}}, own_scopes_{Scope{}} {
    program_.shapes = own_shapes_;
    program_.instructions = own_instructions_;
    program_.scopes = own_scopes_;
    place_of_ = {-1, 0};
    Variant variant{.in = in, .nodes = {nodes.begin(), nodes.end()}, .result = result};
    for (GraphNode& node : variant.nodes) {
      if (node.input_count > 0) continue;  // an add or concat of a program: all its operands are the input
      node.input_count = std::min(node.primitive.groups, GraphNode::max_inputs);
      std::fill_n(node.inputs.begin(), node.input_count, 0);
    }
    places_.push_back({.instruction = 1, .variants = {std::move(variant)}});
    share(places_.front());
  }
  Layout(const Layout&) = delete;
  Layout& operator=(const Layout&) = delete;

  [[nodiscard]] const ProgramView& program() const { return program_; }
  [[nodiscard]] std::span<const OperatorPlace> places() const { return places_; }
  [[nodiscard]] std::span<const WeightSlot> slots() const { return slots_; }

  /// The variant that stands at an `apply` instruction for a shape and choices.
  [[nodiscard]] const Variant& variant(int instruction, Shape in, std::span<const int> choices) const {
    const OperatorPlace& place = places_[index(place_of_[index(instruction)])];
    for (const Variant& variant : place.variants) {
      if (variant.in == in && std::ranges::equal(variant.choices, choices)) return variant;
    }
    throw Error{Error::Code::mismatch, "hwnas: a layout must be asked for architectures of its own space only"};
  }

 private:
  static constexpr std::size_t index(int i) { return static_cast<std::size_t>(i); }

  [[nodiscard]] Error refusal(const Fault& fault) const {
    if (fault.code == FaultCode::too_many_states) {
      return {Error::Code::bad_value, fmt::format("hwnas: the label \"{}\" is remembered over too many other decisions for "
                                                  "a supernet", program_.label(fault.label))};
    }
    return {Error::Code::bad_value, "hwnas: a network can only be built of a space without faults"};
  }

  void add_variant(const TrellisData& walked, const Item& item) {
    const Fragment& fragment = walked.fragments[index(item.fragment)];
    OperatorPlace& place = places_[index(place_of_[index(item.place)])];
    const auto nodes = walked.nodes.begin() + fragment.first_node;
    const auto choices = walked.choices.begin() + fragment.choices;
    Variant variant{.in = fragment.in, .out = fragment.out, .choices = {choices, choices + fragment.choice_count},
                    .nodes = {}, .slots = {}, .result = fragment.result};
    for (const Variant& other : place.variants) {
      if (other.in == variant.in && other.choices == variant.choices) return;
    }
    variant.nodes.assign(nodes, nodes + fragment.node_count);
    place.variants.push_back(std::move(variant));
  }

  // Finds which layers of a place's variants are the same and names them in order.
  void share(OperatorPlace& place) {
    std::vector<std::vector<WeightForm>> forms;
    for (Variant& variant : place.variants) forms.push_back(forms_of(variant));
    std::vector<std::size_t> by_length(forms.size());
    for (std::size_t i = 0; i < by_length.size(); ++i) by_length[i] = i;
    std::ranges::stable_sort(by_length, [&](auto a, auto b) { return forms[a].size() > forms[b].size(); });
    LayerUnion layers;
    std::vector<std::vector<int>> identities(forms.size());
    for (std::size_t v : by_length) identities[v] = layers.add(forms[v]);
    const std::vector<int> slot_of = name(place, layers);
    for (std::size_t v = 0; v < forms.size(); ++v) {
      auto next = identities[v].begin();
      for (int& slot : place.variants[v].slots) {
        if (slot >= 0) slot = slot_of[index(*next++)];
      }
    }
  }
  // Marks the nodes that have weights with 0 until their slot is known.
  static std::vector<WeightForm> forms_of(Variant& variant) {
    std::vector<WeightForm> forms;
    for (const GraphNode& node : variant.nodes) {
      const auto form = weight_form(node.primitive);
      variant.slots.push_back(form ? 0 : -1);
      if (form) forms.push_back(*form);
    }
    return forms;
  }
  std::vector<int> name(const OperatorPlace& place, const LayerUnion& layers) {
    std::vector<int> slot_of(layers.order().size());
    std::vector<int> count(primitive_kinds, 0);
    const std::string path = path_of(program_.instructions[index(place.instruction)].scope);
    for (int identity : layers.order()) {
      const WeightForm& form = layers.form(identity);
      slot_of[index(identity)] = static_cast<int>(slots_.size());
      slots_.push_back({path, fmt::format("{}{}", weight_name(form.kind), count[static_cast<std::size_t>(form.kind)]++), form});
    }
    return slot_of;
  }
  [[nodiscard]] std::string path_of(int at) const {
    const Scope& scope = program_.scopes[index(at)];
    if (scope.kind == Scope::Kind::root) return {};
    std::string part{scope.text};
    if (scope.kind != Scope::Kind::named && scope.number >= 0) part += std::to_string(scope.number);
    std::ranges::replace(part, '.', '_');  // LibTorch separates modules by dots
    const std::string parent = path_of(scope.parent);
    return parent.empty() ? part : parent + "." + part;
  }

  ProgramView program_;
  std::vector<Shape> own_shapes_;
  std::vector<Instruction> own_instructions_;
  std::vector<Scope> own_scopes_;
  std::vector<int> place_of_;
  std::vector<OperatorPlace> places_;
  std::vector<WeightSlot> slots_;
};

}  // namespace hwnas
