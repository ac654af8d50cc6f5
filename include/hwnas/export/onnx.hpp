// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  ONNX export: a network with its weights as one file that ONNX Runtime, and what imports ONNX, runs. Operator set 14;
///        inputs "input0", ... and output "output" are batches of any size. Needs protozero.
///        save_onnx(net, "found.onnx").value();     // of what eval() computes
///        A new primitive needs one lowering here, beside the one in nn/run_step.hpp.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/atomic_file.hpp"
#include "hwnas/export/onnx_model.hpp"
#include "hwnas/nn/network.hpp"
#include "hwnas/nn/run_step.hpp"

namespace hwnas {

/// Writes one network's graph.
class OnnxExporter {
 public:
  explicit OnnxExporter(const FixedNetwork& network) : network_{network}, graph_{network.graph()} {}

  ///   Errors  unavailable for a leaf operator, which has no ONNX operator
  [[nodiscard]] Result<std::string> text() {
    names_.resize(graph_.values.size());
    flat_.assign(graph_.values.size(), false);
    for (std::size_t i = 0; i < static_cast<std::size_t>(graph_.inputs); ++i) {
      names_[i] = "input" + std::to_string(i);
      model_.input(names_[i], dimensions(static_cast<int>(i)));
    }
    for (const Operation& operation : graph_.operations) {
      if (operation.primitive.kind == PrimitiveKind::leaf) {
        return Error{Error::Code::unavailable,
                     fmt::format("the leaf operator {} has no ONNX operator", operation.primitive.leaf->name)};
      }
      lower(operation);
    }
    model_.node("Identity", {name(graph_.result)}, {"output"});
    model_.output("output", dimensions(graph_.result));
    return model_.text("hwnas");
  }

 private:
  using Attributes = OnnxModel::Attributes;
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }
  [[nodiscard]] const std::string& name(int value) const { return names_[index(value)]; }
  [[nodiscard]] std::vector<std::int64_t> dimensions(int value) const {
    const Shape s = graph_.values[index(value)];
    if (flat_[index(value)]) return {OnnxModel::free_batch, s.c};
    return {OnnxModel::free_batch, s.c, s.h, s.w};
  }
  // Values are called after the weights they come from, or by number.
  std::string new_name() { return "value" + std::to_string(next_++); }

  void lower(const Operation& operation) {
    const Primitive& p = operation.primitive;
    const int out = operation.output;
    const int in = graph_.operands_of(operation).front();
    for (int o = 0; o < operation.output_count; ++o) names_[index(out + o)] = new_name();
    switch (p.kind) {
      case PrimitiveKind::convolution: return convolution(operation);
      case PrimitiveKind::linear: return linear(operation);
      case PrimitiveKind::normalisation: return normalisation(operation);
      case PrimitiveKind::activation: return activation(p.activation, in, out);
      case PrimitiveKind::pooling: return pooling(p, in, out);
      case PrimitiveKind::global_pooling: return model_.node("GlobalAveragePool", {image(in)}, {name(out)});
      case PrimitiveKind::add: return add(operation);
      case PrimitiveKind::concat: return concat(operation);
      case PrimitiveKind::split: return split(operation);
      case PrimitiveKind::shuffle: return shuffle(p, in, out);
      case PrimitiveKind::scale: return two("Mul", operation);
      case PrimitiveKind::matrix_product: return two("MatMul", operation);
      case PrimitiveKind::flatten:
        flat_[index(out)] = true;
        return model_.node("Flatten", {name(in)}, {name(out)}, Attributes{}.integer("axis", 1));
      case PrimitiveKind::softmax: return softmax(p, in, out);
      case PrimitiveKind::zero: return zero(p, in, out);
      case PrimitiveKind::identity:
      case PrimitiveKind::leaf: break;
    }
  }

  // (N, C) as (N, C, 1, 1): what nn/run_step.hpp's as_image does.
  std::string image(int value) {
    if (!flat_[index(value)]) return name(value);
    model_.integers("axes_2_3", {2, 3});
    const std::string made = new_name();
    model_.node("Unsqueeze", {name(value), "axes_2_3"}, {made});
    return made;
  }
  static std::vector<float> numbers(const torch::Tensor& tensor) {
    const torch::Tensor plain = tensor.detach().to(torch::kCPU, torch::kFloat).contiguous();
    return {plain.data_ptr<float>(), plain.data_ptr<float>() + plain.numel()};
  }
  // "1.b1.0.conv0.weight", as in the state dict.
  std::string weight(const Operation& operation, std::string_view which, const torch::Tensor& tensor) {
    const WeightSlot& slot = network_.layout().slots()[index(operation.slot)];
    std::string full = slot.path + (slot.path.empty() ? "" : ".") + slot.name + "." + std::string{which};
    model_.constant(full, {tensor.sizes().data(), tensor.sizes().size()}, numbers(tensor));
    return full;
  }

  void convolution(const Operation& operation) {
    const Primitive& p = operation.primitive;
    const auto& module = *network_.weights()[operation.slot].convolution;
    std::string x = image(graph_.operands_of(operation).front());
    if (p.offset > 0) x = cut(x, p.offset);
    std::vector<std::string> inputs{
        x, weight(operation, "weight", detail::centre(module.weight, p.out.c, p.in.c / p.groups, p.kernel))};
    if (module.bias.defined()) inputs.push_back(weight(operation, "bias", detail::first(module.bias, p.out.c)));
    model_.node("Conv", inputs, {name(operation.output)},
                window(p).integers("dilations", {p.dilation, p.dilation}).integer("group", p.groups));
  }
  std::string cut(const std::string& x, int offset) {
    const std::string starts = fmt::format("starts_{}", offset), made = new_name();
    model_.integers(starts, {offset, offset});
    model_.integers("axes_2_3", {2, 3});
    model_.integers("ends", {INT64_MAX, INT64_MAX});
    model_.node("Slice", {x, starts, "ends", "axes_2_3"}, {made});
    return made;
  }
  static Attributes window(const Primitive& p) {
    return Attributes{}
        .integers("kernel_shape", {p.kernel, p.kernel})
        .integers("pads", {p.padding, p.padding, p.padding, p.padding})
        .integers("strides", {p.stride, p.stride});
  }

  void linear(const Operation& operation) {
    const Primitive& p = operation.primitive;
    const auto& module = *network_.weights()[operation.slot].linear;
    const int in = graph_.operands_of(operation).front();
    std::string x = name(in);
    if (!flat_[index(in)]) model_.node("Flatten", {name(in)}, {x = new_name()}, Attributes{}.integer("axis", 1));
    std::vector<std::string> inputs{
        x, weight(operation, "weight", detail::first(module.weight, p.out.c).narrow(1, 0, p.in.c))};
    if (module.bias.defined()) inputs.push_back(weight(operation, "bias", detail::first(module.bias, p.out.c)));
    flat_[index(operation.output)] = true;
    model_.node("Gemm", inputs, {name(operation.output)}, Attributes{}.integer("transB", 1));
  }

  void normalisation(const Operation& operation) {
    const auto& module = *network_.weights()[operation.slot].norm;
    const int in = graph_.operands_of(operation).front();
    const int channels = operation.primitive.in.c;
    const auto own = [&](const torch::Tensor& x, double otherwise) {
      return x.defined() ? detail::first(x, channels) : torch::full({channels}, otherwise);
    };
    flat_[index(operation.output)] = flat_[index(in)];
    model_.node(
        "BatchNormalization",
        {name(in), weight(operation, "weight", own(module.weight, 1)), weight(operation, "bias", own(module.bias, 0)),
         weight(operation, "running_mean", own(module.running_mean, 0)),
         weight(operation, "running_var", own(module.running_var, 1))},
        {name(operation.output)}, Attributes{}.real("epsilon", static_cast<float>(module.options.eps())));
  }

  void activation(Activation activation, int in, int out) {
    flat_[index(out)] = flat_[index(in)];
    const std::string &x = name(in), &y = name(out);
    switch (activation) {
      case Activation::relu: return model_.node("Relu", {x}, {y});
      case Activation::relu6: {
        const std::array<float, 2> ends{0, 6};
        model_.constant("zero", {}, {ends.data(), 1});
        model_.constant("six", {}, {ends.data() + 1, 1});
        return model_.node("Clip", {x, "zero", "six"}, {y});
      }
      case Activation::hswish: return model_.node("HardSwish", {x}, {y});
      case Activation::hsigmoid:
        return model_.node("HardSigmoid", {x}, {y}, Attributes{}.real("alpha", 1.0F / 6).real("beta", 0.5F));
      case Activation::sigmoid: return model_.node("Sigmoid", {x}, {y});
      case Activation::swish: {
        const std::string gate = new_name();
        model_.node("Sigmoid", {x}, {gate});
        return model_.node("Mul", {x, gate}, {y});
      }
      case Activation::tanh: return model_.node("Tanh", {x}, {y});
      case Activation::none: return model_.node("Identity", {x}, {y});
    }
  }

  void pooling(const Primitive& p, int in, int out) {
    const std::string x = image(in);
    if (p.pooling == Pooling::max) return model_.node("MaxPool", {x}, {name(out)}, window(p));
    model_.node("AveragePool", {x}, {name(out)}, window(p).integer("count_include_pad", p.count_include_pad ? 1 : 0));
  }
  void add(const Operation& operation) {
    const auto operands = graph_.operands_of(operation);
    if (flat_[index(operands[0])] != flat_[index(operands[1])]) return two("Add", operation);
    flat_[index(operation.output)] = flat_[index(operands[0])];
    model_.node("Add", {name(operands[0]), name(operands[1])}, {name(operation.output)});
  }
  void two(std::string_view type, const Operation& operation) {
    const auto operands = graph_.operands_of(operation);
    const std::string a = image(operands[0]);
    model_.node(type, {a, image(operands[1])}, {name(operation.output)});
  }
  void concat(const Operation& operation) {
    std::vector<std::string> parts;
    for (const int operand : graph_.operands_of(operation)) parts.push_back(image(operand));
    model_.node("Concat", parts, std::vector{name(operation.output)}, Attributes{}.integer("axis", 1));
  }
  void split(const Operation& operation) {
    const int in = graph_.operands_of(operation).front();
    std::vector<std::string> parts;
    for (int o = 0; o < operation.output_count; ++o) {
      flat_[index(operation.output + o)] = flat_[index(in)];
      parts.push_back(name(operation.output + o));
    }
    model_.node("Split", std::vector{name(in)}, parts, Attributes{}.integer("axis", 1));
  }
  void shuffle(const Primitive& p, int in, int out) {
    const std::string apart = fmt::format("shape_{}_{}_{}_{}", p.groups, p.in.c / p.groups, p.in.h, p.in.w);
    const std::string whole = fmt::format("shape_{}_{}_{}", p.in.c, p.in.h, p.in.w);
    model_.integers(apart, {-1, p.groups, p.in.c / p.groups, p.in.h, p.in.w});
    model_.integers(whole, {-1, p.in.c, p.in.h, p.in.w});
    const std::string first = new_name(), second = new_name();
    model_.node("Reshape", {image(in), apart}, {first});
    model_.node("Transpose", {first}, {second}, Attributes{}.integers("perm", {0, 2, 1, 3, 4}));
    model_.node("Reshape", {second, whole}, {name(out)});
  }
  void softmax(const Primitive& p, int in, int out) {
    flat_[index(out)] = flat_[index(in)];
    model_.node("Softmax", {name(in)}, {name(out)}, Attributes{}.integer("axis", p.in.h == 1 && p.in.w == 1 ? 1 : -1));
  }
  // Zeros for each image of the batch.
  void zero(const Primitive& p, int in, int out) {
    const std::string rest = fmt::format("zeros_{}_{}_{}", p.out.c, p.out.h, p.out.w);
    model_.integers(rest, {p.out.c, p.out.h, p.out.w});
    model_.integers("first", {0});
    const std::string all = new_name(), batch = new_name(), shape = new_name();
    model_.node("Shape", {name(in)}, {all});
    model_.node("Gather", {all, "first"}, {batch});
    model_.node("Concat", {batch, rest}, {shape}, Attributes{}.integer("axis", 0));
    model_.node("ConstantOfShape", {shape}, {name(out)});
  }

  const FixedNetwork& network_;
  const NetworkGraph& graph_;
  OnnxModel model_;
  std::vector<std::string> names_;
  std::vector<bool> flat_;
  int next_ = 0;
};

/// A network as the bytes of an ONNX file.
///   Errors  unavailable for leaf operators
[[nodiscard]] inline Result<std::string> to_onnx(const FixedNetwork& network) { return OnnxExporter{network}.text(); }

/// Writes the file; nothing is left half-written.
[[nodiscard]] inline Result<void> save_onnx(const FixedNetwork& network, const std::filesystem::path& path) {
  const auto text = to_onnx(network);
  if (!text) return text.error();
  return write_file_atomically(path, *text);
}

}  // namespace hwnas
