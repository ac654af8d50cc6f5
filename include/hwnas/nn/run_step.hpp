// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What LibTorch computes for each kind of primitive. The only place that says it.
#pragma once

#include <array>
#include <cstdint>

#include "hwnas/core/result.hpp"
#include "hwnas/nn/depthwise.hpp"
#include "hwnas/nn/kernel_transform.hpp"
#include "hwnas/nn/plan.hpp"
#include "hwnas/nn/weights.hpp"

namespace hwnas {
namespace detail {

// Flattened tensors are (N, C) and images (N, C, H, W); a primitive on images takes the first as (N, C, 1, 1).
[[nodiscard]] inline torch::Tensor as_image(const torch::Tensor& x) {
  return x.dim() == 2 ? x.unsqueeze(-1).unsqueeze(-1) : x;
}

// Undefined tensors (no bias) pass through.
[[nodiscard]] inline torch::Tensor first(const torch::Tensor& vector, int count) {
  return !vector.defined() || vector.size(0) == count ? vector : vector.narrow(0, 0, count);
}

}  // namespace detail

/// Runs one step.
class StepRunner {
 public:
  StepRunner(const Step& step, const Weights* weights, const NormAcross& across = {})
      : step_{step}, p_{step.primitive}, weights_{weights}, across_{across} {}

  /// The result from one operand, or from two. `overwrite`: the operand may be written over.
  [[nodiscard]] torch::Tensor operator()(torch::Tensor& x) const {
    switch (p_.kind) {
      case PrimitiveKind::convolution: return convolution(x);
      case PrimitiveKind::linear: return linear(x);
      case PrimitiveKind::normalisation: return normalisation(x);
      case PrimitiveKind::activation: return activation(x);
      case PrimitiveKind::pooling: return pooling(detail::as_image(x));
      case PrimitiveKind::global_pooling: return detail::as_image(x).mean({2, 3}, /*keepdim=*/true);
      case PrimitiveKind::shuffle: return shuffle(detail::as_image(x));
      case PrimitiveKind::flatten: return x.flatten(1);
      case PrimitiveKind::softmax: return x.softmax(p_.in.h == 1 && p_.in.w == 1 ? 1 : -1);
      case PrimitiveKind::zero: return torch::zeros({x.size(0), p_.out.c, p_.out.h, p_.out.w}, x.options());
      case PrimitiveKind::leaf: return weights_->leaf_forward(*weights_->leaf, x);
      case PrimitiveKind::identity:
      case PrimitiveKind::split:
      case PrimitiveKind::add:
      case PrimitiveKind::concat:
      case PrimitiveKind::scale:
      case PrimitiveKind::matrix_product: break;
    }
    return x;
  }
  [[nodiscard]] torch::Tensor operator()(torch::Tensor& a, torch::Tensor& b) const {
    const bool alike = a.dim() == b.dim();
    if (p_.kind == PrimitiveKind::add && alike) {
      if (step_.overwrites == 0) return a.add_(b);
      return step_.overwrites == 1 ? b.add_(a) : a + b;
    }
    const torch::Tensor x = detail::as_image(a);
    const torch::Tensor y = detail::as_image(b);
    if (p_.kind == PrimitiveKind::scale) return x * y;
    return p_.kind == PrimitiveKind::matrix_product ? x.matmul(y) : x + y;
  }
  /// Part `i` of a split.
  [[nodiscard]] torch::Tensor part(const torch::Tensor& x, int i) const {
    return x.narrow(1, std::int64_t{i} * p_.out.c, p_.out.c);
  }

 private:
  [[nodiscard]] torch::Tensor convolution(const torch::Tensor& operand) const {
    const auto& module = *weights_->convolution;
    torch::Tensor x = detail::as_image(operand);
    if (p_.offset > 0) x = x.slice(2, p_.offset).slice(3, p_.offset);
    if (!step_.sliced) return convolve(x, module.weight, module.bias, p_);
    const torch::Tensor weight =
        kernel_from(module.weight, weights_->transforms, p_.out.c, p_.in.c / p_.groups, p_.kernel);
    return convolve(x, weight, detail::first(module.bias, p_.out.c), p_);
  }

  [[nodiscard]] torch::Tensor linear(const torch::Tensor& operand) const {
    const auto& module = *weights_->linear;
    const torch::Tensor x = operand.dim() == 2 ? operand : operand.flatten(1);
    if (!step_.sliced) return torch::linear(x, module.weight, module.bias);
    const torch::Tensor rows = detail::first(module.weight, p_.out.c);
    return torch::linear(x, rows.size(1) == p_.in.c ? rows : rows.narrow(1, 0, p_.in.c),
                         detail::first(module.bias, p_.out.c));
  }

  [[nodiscard]] torch::Tensor normalisation(const torch::Tensor& x) const {
    auto& module = *weights_->norm;
    const bool training = module.is_training();
    double momentum = 0;
    if (training) {
      if (x.size(0) * p_.in.h * p_.in.w == 1) {
        throw Error{Error::Code::bad_value,
                    "hwnas: batch-norm must see more than one value a channel while it trains; use a "
                    "larger batch"};
      }
      module.num_batches_tracked.add_(1);
      const auto& own = module.options.momentum();
      momentum = own ? *own : 1.0 / static_cast<double>(module.num_batches_tracked.item<std::int64_t>());
    }
    const auto own = [&](const torch::Tensor& vector) {
      return step_.sliced ? detail::first(vector, p_.in.c) : vector;
    };
    if (training && across_.gather != nullptr) {
      return across_.normalise(x, {own(module.weight), own(module.bias)},
                               {own(module.running_mean), own(module.running_var)},
                               {.epsilon = module.options.eps(), .momentum = momentum}, *across_.gather);
    }
    return torch::batch_norm(x, own(module.weight), own(module.bias), own(module.running_mean), own(module.running_var),
                             training, momentum, module.options.eps(), at::globalContext().userEnabledCuDNN());
  }

  // These compute their gradient from their operand, so overwriting it would first copy it.
  [[nodiscard]] bool overwrites(const torch::Tensor& x) const {
    if (step_.overwrites != 0) return false;
    const bool needs_operand = p_.activation == Activation::hswish || p_.activation == Activation::hsigmoid ||
                               p_.activation == Activation::swish;
    return !needs_operand || !x.requires_grad() || !torch::GradMode::is_enabled();
  }
  [[nodiscard]] torch::Tensor activation(torch::Tensor& x) const {
    const bool here = overwrites(x);
    switch (p_.activation) {
      case Activation::relu: return here ? x.relu_() : x.relu();
      case Activation::relu6: return here ? torch::hardtanh_(x, 0.0, 6.0) : torch::hardtanh(x, 0.0, 6.0);
      case Activation::hswish: return here ? torch::hardswish_(x) : torch::hardswish(x);
      case Activation::hsigmoid: return here ? torch::hardsigmoid_(x) : torch::hardsigmoid(x);
      case Activation::sigmoid: return here ? x.sigmoid_() : x.sigmoid();
      case Activation::swish: return here ? torch::silu_(x) : torch::silu(x);
      case Activation::tanh: return here ? x.tanh_() : x.tanh();
      case Activation::none: break;
    }
    return x;
  }

  [[nodiscard]] torch::Tensor pooling(const torch::Tensor& x) const {
    const std::array<std::int64_t, 2> kernel{p_.kernel, p_.kernel}, stride{p_.stride, p_.stride},
        padding{p_.padding, p_.padding};
    if (p_.pooling == Pooling::max) return torch::max_pool2d(x, kernel, stride, padding);
    return torch::avg_pool2d(x, kernel, stride, padding, /*ceil_mode=*/false, p_.count_include_pad);
  }

  [[nodiscard]] torch::Tensor shuffle(const torch::Tensor& x) const {
    const std::int64_t groups = p_.groups;
    return x.view({x.size(0), groups, p_.in.c / groups, x.size(2), x.size(3)}).transpose(1, 2).reshape(x.sizes());
  }

  const Step& step_;
  const Primitive& p_;
  const Weights* weights_;
  NormAcross across_;
};

}  // namespace hwnas
