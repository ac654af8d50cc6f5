// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Convolutions with a fast gradient for the weights of large depthwise kernels, which oneDNN has only up to 3x3: beyond,
///        it multiplies matrices image by image and channel by channel, and a step of training spends most of its time there.
#pragma once

#include <array>
#include <cstdint>

#include "hwnas/layer/primitive.hpp"
#include "hwnas/nn/torch_module.hpp"

#include <torch/csrc/autograd/custom_function.h>

namespace hwnas {
namespace detail {

// Without its bias, which is added afterwards.
struct DepthwiseConvolution : torch::autograd::Function<DepthwiseConvolution> {
  using Context = torch::autograd::AutogradContext;
  using Pair = std::array<std::int64_t, 2>;

  static torch::Tensor forward(Context* context, const torch::Tensor& x, const torch::Tensor& weight,
                               std::int64_t stride, std::int64_t padding, std::int64_t dilation) {
    context->save_for_backward({x, weight});
    context->saved_data["stride"] = stride;
    context->saved_data["padding"] = padding;
    context->saved_data["dilation"] = dilation;
    return at::conv2d(x, weight, {}, Pair{stride, stride}, Pair{padding, padding}, Pair{dilation, dilation},
                      weight.size(0));
  }

  static torch::autograd::variable_list backward(Context* context, const torch::autograd::variable_list& gradients) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor& x = saved[0];
    const torch::Tensor& weight = saved[1];
    const torch::Tensor& gradient = gradients[0];
    const auto option = [&](const char* name) {
      const std::int64_t value = context->saved_data[name].toInt();
      return Pair{value, value};
    };
    const Pair stride = option("stride"), padding = option("padding"), dilation = option("dilation");
    torch::Tensor of_x;
    if (x.requires_grad()) {
      of_x = std::get<0>(at::convolution_backward(gradient, x, weight, c10::nullopt, stride, padding, dilation, false,
                                                  Pair{0, 0}, weight.size(0), {true, false, false}));
    }
    return {of_x, of_weight(x, gradient, weight, stride, padding, dilation), {}, {}, {}};
  }

  // dw[c, k] = sum over images n and places o of gradient[n, c, o] x[n, c, o stride + k dilation - padding]: a convolution of
  // every channel of every image with its own gradient as the kernel, where stride and dilation have changed places.
  static torch::Tensor of_weight(const torch::Tensor& x, const torch::Tensor& gradient, const torch::Tensor& weight,
                                 Pair stride, Pair padding, Pair dilation) {
    const std::int64_t images = x.size(0), channels = x.size(1), kernel = weight.size(2);
    const auto each =
        at::conv2d(x.reshape({1, images * channels, x.size(2), x.size(3)}),
                   gradient.reshape({images * channels, 1, gradient.size(2), gradient.size(3)}), {},
                   /*stride=*/dilation, padding, /*dilation=*/stride, images * channels);
    // A stride that leaves a rest makes more places than the kernel has.
    return each.narrow(2, 0, kernel).narrow(3, 0, kernel).reshape({images, channels, 1, kernel, kernel}).sum(0);
  }
};

}  // namespace detail

/// What LibTorch's conv2d computes, with the same gradients.
///   Shape   (N, C, H, W) -> (N, out, H', W'); weight (out, C / groups, k, k); bias (out), or undefined
[[nodiscard]] inline torch::Tensor convolve(const torch::Tensor& x, const torch::Tensor& weight,
                                            const torch::Tensor& bias, const Primitive& p) {
  constexpr int largest_fast_kernel = 3;
  if (p.depthwise() && p.kernel > largest_fast_kernel && x.device().is_cpu() && torch::GradMode::is_enabled() &&
      weight.requires_grad()) {
    const torch::Tensor y = detail::DepthwiseConvolution::apply(x, weight, p.stride, p.padding, p.dilation);
    return bias.defined() ? y + bias.view({1, -1, 1, 1}) : y;
  }
  const std::array<std::int64_t, 2> stride{p.stride, p.stride}, padding{p.padding, p.padding},
      dilation{p.dilation, p.dilation};
  return torch::conv2d(x, weight, bias, stride, padding, dilation, p.groups);
}

}  // namespace hwnas
