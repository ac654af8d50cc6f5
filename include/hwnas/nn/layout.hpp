// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Layout: every place of a space where an operator stands, the variants that can run there, and the weights they
///        share, named by their path in the type. Supernet, Subnet and exported files take names from here.
///        Named<"b1", LayerChoice<MBConv<3>, ...>> as second node: "1.b1.0.conv0.weight"
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "hwnas/core/result.hpp"
#include "hwnas/nn/align.hpp"
#include "hwnas/nn/covering_paths.hpp"
#include "hwnas/nn/shape_tracer.hpp"

namespace hwnas {

/// An operator with one input shape and one choice for each of its options.
struct Variant {
  Shape in{};
  std::span<const int> choices{};
  std::span<const GraphNode> nodes{};
  int result = 0;            // tensor the operator returns
  List<int> slots{};  // for each node: index into the layout's slots, or -1
};

/// A module for weights: shared by the variants of one place, as large as the largest.
struct WeightSlot {
  std::string path;   // of the place, parts separated by dots; may be empty
  std::string name;   // conv0
  WeightForm form{};
  List<int> kernels{};  // convolution: the sizes that occur, from the largest
};

/// Where an operator stands in the type.
struct OperatorPlace {
  int instruction = 0;
  List<Variant> variants{};
};

/// Places, variants and weights of a program. The program and its lists must outlive it: those of a type do;
/// nn/walked_layout.hpp makes a layout of a program that exists only at run time. The program's operators are not used.
class Layout {
 public:
  Layout(const ProgramView& program, const TrellisLists& lists) : program_{program} {
    place_of_.assign(program.instructions.size(), -1);
    for (std::size_t pc = 0; pc < program.instructions.size(); ++pc) {
      if (program.instructions[pc].code == Opcode::apply) add_place(static_cast<int>(pc));
    }
    CoveringPaths{lists}.for_each([&](const List<std::uint8_t>& values) { add_path(lists, values); });
    for (OperatorPlace& place : places_) share(place);
  }

  /// One operator by itself on one input: what devices measure. A sum or concatenation reads the input for each operand.
  Layout(Shape in, std::span<const GraphNode> nodes, int result)
      : own_shapes_{in}, own_instructions_{{.code = Opcode::input}, {.code = Opcode::apply}}, own_scopes_{Scope{}},
        place_of_{-1, -1} {
    own_nodes_.append(nodes);
    program_.shapes = own_shapes_;
    program_.instructions = own_instructions_;
    program_.scopes = own_scopes_;
    for (GraphNode& node : own_nodes_) {
      if (node.input_count > 0) continue;
      node.input_count = std::min(node.primitive.groups, GraphNode::max_inputs);
      std::fill_n(node.inputs.begin(), node.input_count, 0);
    }
    add_place(1);
    places_.front().variants.push_back(Variant{.in = in, .nodes = own_nodes_, .result = result});
    share(places_.front());
  }
  Layout(const Layout&) = delete;
  Layout& operator=(const Layout&) = delete;

  [[nodiscard]] const ProgramView& program() const { return program_; }
  [[nodiscard]] std::span<const OperatorPlace> places() const { return places_; }
  [[nodiscard]] std::span<const WeightSlot> slots() const { return slots_; }

  /// The variant that stands at an `apply` instruction for a shape and choices.
  [[nodiscard]] const Variant& variant(int instruction, Shape in, std::span<const int> choices) const {
    const Variant* found = find(places_[index(place_of_[index(instruction)])], in, choices);
    if (found == nullptr) {
      throw Error{Error::Code::mismatch, "hwnas: a layout must be asked for architectures of its own space only"};
    }
    return *found;
  }

 private:
  static constexpr std::size_t index(int i) { return static_cast<std::size_t>(i); }

  void add_place(int instruction) {
    place_of_[index(instruction)] = static_cast<int>(places_.size());
    places_.push_back(OperatorPlace{.instruction = instruction});
  }
  void add_path(const TrellisLists& lists, std::span<const std::uint8_t> values) {
    ShapeTracer{program_, lists, values}.run([&](int instruction, const Fragment& fragment) {
      OperatorPlace& place = places_[index(place_of_[index(instruction)])];
      const auto choices = lists.choices.subspan(index(fragment.choices), index(fragment.choice_count));
      if (find(place, fragment.in, choices) != nullptr) return;
      place.variants.push_back(
          Variant{.in = fragment.in, .choices = choices, .nodes = lists.nodes_of(fragment), .result = fragment.result});
    });
  }
  [[nodiscard]] static const Variant* find(const OperatorPlace& place, Shape in, std::span<const int> choices) {
    for (const Variant& variant : place.variants) {
      if (variant.in == in &&
          std::equal(choices.begin(), choices.end(), variant.choices.begin(), variant.choices.end())) {
        return &variant;
      }
    }
    return nullptr;
  }

  // Finds which layers of a place's variants are the same and names them in order.
  void share(OperatorPlace& place) {
    LayerUnion layers;
    for (Variant& variant : place.variants) {
      const List<int> identities = layers.add(forms_of(variant));
      std::size_t next = 0;
      for (int& slot : variant.slots) {
        if (slot >= 0) slot = identities[next++];
      }
    }
    const List<int> slot_of = name(place, layers);
    for (Variant& variant : place.variants) {
      for (std::size_t n = 0; n < variant.slots.size(); ++n) {
        int& slot = variant.slots[n];
        if (slot < 0) continue;
        slot = slot_of[index(slot)];
        if (const Primitive& p = variant.nodes[n].primitive; p.kind == PrimitiveKind::convolution) {
          add_kernel(slots_[index(slot)].kernels, p.kernel);
        }
      }
    }
  }
  static void add_kernel(List<int>& kernels, int kernel) {
    std::size_t place = 0;
    while (place < kernels.size() && kernels[place] > kernel) ++place;
    if (place == kernels.size() || kernels[place] != kernel) kernels.insert_at(place, kernel);
  }
  // Marks the nodes that have weights with 0 until their slot is known.
  static List<WeightForm> forms_of(Variant& variant) {
    List<WeightForm> forms;
    for (const GraphNode& node : variant.nodes) {
      const WeightForm form = weight_form(node.primitive);
      variant.slots.push_back(form ? 0 : -1);
      if (form) forms.push_back(form);
    }
    return forms;
  }
  List<int> name(const OperatorPlace& place, const LayerUnion& layers) {
    List<int> slot_of(layers.order().size(), 0);
    List<int> count(primitive_kinds, 0);
    const std::string path = path_of(program_.instructions[index(place.instruction)].scope);
    for (int identity : layers.order()) {
      const WeightForm& form = layers.form(identity);
      slot_of[index(identity)] = static_cast<int>(slots_.size());
      std::string name{weight_name(form.kind)};
      name += std::to_string(count[static_cast<std::size_t>(form.kind)]++);
      slots_.push_back(WeightSlot{path, std::move(name), form});
    }
    return slot_of;
  }
  [[nodiscard]] std::string path_of(int at) const {
    const Scope& scope = program_.scopes[index(at)];
    if (scope.kind == Scope::Kind::root) return {};
    std::string part{scope.text};
    if (scope.kind != Scope::Kind::named && scope.number >= 0) part += std::to_string(scope.number);
    std::replace(part.begin(), part.end(), '.', '_');  // LibTorch separates modules by dots
    const std::string parent = path_of(scope.parent);
    return parent.empty() ? part : parent + "." + part;
  }

  ProgramView program_;
  List<Shape> own_shapes_;
  List<Instruction> own_instructions_;
  List<Scope> own_scopes_;
  List<GraphNode> own_nodes_;
  List<int> place_of_;
  List<OperatorPlace> places_;
  List<WeightSlot> slots_;
};

}  // namespace hwnas
