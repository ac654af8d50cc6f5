// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Net: what an operator's build() writes its primitives to, one after another.
///        net.conv({.out = 32, .kernel = 3}).norm().act(Activation::relu);
///        const auto shortcut = net.here(); ... net.add(shortcut);
#pragma once

#include <array>

#include "hwnas/core/fault.hpp"
#include "hwnas/core/list.hpp"
#include "hwnas/layer/convolution.hpp"
#include "hwnas/layer/elementwise.hpp"
#include "hwnas/layer/leaf.hpp"
#include "hwnas/layer/linear.hpp"
#include "hwnas/layer/movement.hpp"
#include "hwnas/layer/pooling.hpp"

namespace hwnas {

/// One primitive in an operator's graph: which tensors it reads and which it makes. Tensor 0 is the operator's input.
struct GraphNode {
  static constexpr int max_inputs = 4;

  Primitive primitive{};
  std::array<int, max_inputs> inputs{-1, -1, -1, -1};
  int input_count = 0;
  int output = 0;        // first tensor it makes
  int output_count = 1;  // split makes several
};

/// A tensor inside an operator; a handle from Net::here().
struct NetTensor {
  int id = 0;
};

/// Builder of one operator's graph. Each call reads the current tensor and makes its result the current one.
class Net {
 public:
  constexpr explicit Net(Shape in) {
    shapes_.reserve(24);  // growing by steps is most of the work of a constant evaluation
    nodes_.reserve(24);
    shapes_.push_back(in);
  }

  [[nodiscard]] constexpr Shape shape() const { return shapes_[static_cast<std::size_t>(at_)]; }
  [[nodiscard]] constexpr Shape shape_of(NetTensor t) const { return shapes_[static_cast<std::size_t>(t.id)]; }
  [[nodiscard]] constexpr NetTensor here() const { return {at_}; }
  /// Continues from another tensor.
  constexpr Net& at(NetTensor t) { return at_ = t.id, *this; }

  constexpr Net& conv(const layer::ConvolutionOptions& options) {
    return append(layer::Convolution::make(shape(), options, fault_));
  }
  constexpr Net& norm(bool affine = true) { return append(layer::Normalisation::make(shape(), affine)); }
  constexpr Net& act(Activation activation) {
    if (activation == Activation::none) return *this;
    return append(layer::ElementActivation::make(shape(), activation));
  }
  constexpr Net& pool(const layer::PoolingOptions& options) {
    return append(layer::WindowPooling::make(shape(), options, fault_));
  }
  constexpr Net& global_pool() { return append(layer::GlobalPooling::make(shape())); }
  constexpr Net& flatten() { return append(layer::Flatten::make(shape())); }
  constexpr Net& linear(const layer::LinearOptions& options) {
    return append(layer::Linear::make(shape(), options, fault_));
  }
  constexpr Net& softmax() { return append(layer::Softmax::make(shape())); }
  constexpr Net& shuffle(int groups) { return append(layer::Shuffle::make(shape(), groups, fault_)); }
  constexpr Net& zero(Shape out) { return append(layer::Zero::make(shape(), out)); }
  constexpr Net& leaf(const LeafCosts& costs) { return append(layer::Leaf::make(shape(), costs)); }

  /// Current tensor + other.
  constexpr Net& add(NetTensor other) {
    if (!fault_ && shape() != shape_of(other)) fault_ = {FaultCode::operands_differ, shape(), shape_of(other)};
    return append(layer::Add::make(shape()), other);
  }
  /// Current tensor times one number a channel; the gate has shape (C, 1, 1).
  constexpr Net& scale(NetTensor gate) { return append(layer::Scale::make(shape(), shape_of(gate), fault_), gate); }
  /// Current matrix (one a channel) times other.
  constexpr Net& matmul(NetTensor other) {
    return append(layer::MatrixProduct::make(shape(), shape_of(other), fault_), other);
  }
  /// Channels of the current tensor followed by those of other.
  constexpr Net& concat(NetTensor other) {
    const Shape a = shape();
    const Shape b = shape_of(other);
    if (!fault_ && (a.h != b.h || a.w != b.w)) fault_ = {FaultCode::concat_of_different_sizes, a, b};
    return append(layer::Concat::make(a, a.c + b.c, 2), other);
  }
  /// Halves the channels; returns both halves, the first becomes the current tensor.
  constexpr std::array<NetTensor, 2> split() {
    append(layer::Split::make(shape(), 2, fault_), {-1}, 2);
    return {NetTensor{at_}, NetTensor{at_ + 1}};
  }

  [[nodiscard]] constexpr const List<GraphNode>& nodes() const { return nodes_; }
  [[nodiscard]] constexpr const List<Shape>& shapes() const { return shapes_; }
  [[nodiscard]] constexpr const Fault& fault() const { return fault_; }
  constexpr void fail(const Fault& fault) {
    if (!fault_) fault_ = fault;
  }

 private:
  // `other`: a second tensor that it reads; negative: none.
  constexpr Net& append(const Primitive& primitive, NetTensor other = {-1}, int outputs = 1) {
    const int made = static_cast<int>(shapes_.size());
    nodes_.push_back({primitive, {at_, other.id, -1, -1}, other.id < 0 ? 1 : 2, made, outputs});
    for (int i = 0; i < outputs; ++i) shapes_.push_back(primitive.out);
    at_ = made;
    return *this;
  }

  List<GraphNode> nodes_;
  List<Shape> shapes_;
  Fault fault_{};
  int at_ = 0;
};

}  // namespace hwnas
