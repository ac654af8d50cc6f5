// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How a smaller kernel comes from the largest one of its layer: its centre, or once-for-all's learned matrices.
///        torch::Tensor w = kernel_from(weights.convolution->weight, weights.transforms, 24, 1, 3);   // (24, 1, 3, 3)
#pragma once

#include <cstdint>

#include "hwnas/core/list.hpp"
#include "hwnas/nn/torch_module.hpp"

namespace hwnas {

/// From one kernel size of a layer to the next smaller one.
///   Source   Cai et al. 2020, "Elastic kernel size": matrices of their own for each layer, shared by its channels (25 x 25
///            from 7 to 5 and 9 x 9 from 5 to 3); the identity to begin with, as in the official code
struct KernelTransform {
  int to = 0;
  int offset = 0;          ///< where the centre begins in the larger kernel, in rows and in columns
  torch::Tensor matrix{};  ///< (to^2, to^2), over the centre's numbers row by row
};

namespace detail {

// First output and input channels, centre of the kernel. Cutting by negative padding is one operation where narrow()
// would be four, and each of those makes a gradient of its own.
[[nodiscard]] inline torch::Tensor centre(const torch::Tensor& weight, int out, int in, int kernel) {
  const std::int64_t border = weight.size(3) - kernel;
  if (border == 0 && weight.size(1) == in) return weight.narrow(0, 0, out);
  const std::int64_t before = border / 2;
  return torch::constant_pad_nd(weight, {-before, before - border, -before, before - border, 0, in - weight.size(1), 0,
                                         out - weight.size(0)});
}

}  // namespace detail

/// The kernel that an architecture uses, with its gradients.
///   Shape    whole: (O, I, K, K), I input channels a group -> (out, in, kernel, kernel), the first channels
///   Formula  w_to = M centre(w_from), one size after another from K down to `kernel`; the centre where there are no
///            transforms. `transforms`: from the largest to the smallest; none, or all of the layer's
[[nodiscard]] inline torch::Tensor kernel_from(const torch::Tensor& whole, const List<KernelTransform>& transforms,
                                               int out, int in, int kernel) {
  if (transforms.empty() || kernel == whole.size(3)) return detail::centre(whole, out, in, kernel);
  torch::Tensor made = detail::centre(whole, out, in, static_cast<int>(whole.size(3)));
  for (const KernelTransform& t : transforms) {
    if (t.to < kernel) break;
    const torch::Tensor part = made.narrow(2, t.offset, t.to).narrow(3, t.offset, t.to);
    made = torch::linear(part.flatten(2), t.matrix).reshape({out, in, t.to, t.to});
  }
  return made;
}

}  // namespace hwnas
