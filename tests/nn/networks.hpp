// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What the tests of networks share.
#pragma once

#include <string>
#include <vector>

#include "hwnas/nn/load.hpp"
#include "hwnas/nn/subnet.hpp"
#include "hwnas/nn/supernet.hpp"
#include "hwnas/profile/profilers.hpp"
#include "hwnas/space/counting.hpp"

namespace hwnas {

inline std::int64_t parameter_count(const torch::nn::Module& module) {
  std::int64_t count = 0;
  for (const auto& p : module.parameters()) count += p.numel();
  return count;
}

inline torch::Tensor images_of(Shape shape, int count = 2) { return torch::randn({count, shape.c, shape.h, shape.w}); }

inline std::vector<std::string> names_of(const torch::nn::Module& module) { return module.named_parameters().keys(); }

/// The channels, height and width of a batch as a Shape; flattened tensors have h = w = 1.
inline Shape shape_of(const torch::Tensor& batch) {
  const auto size = [&](std::int64_t d) { return d < batch.dim() ? static_cast<int>(batch.size(d)) : 1; };
  return {size(1), size(2), size(3)};
}

}  // namespace hwnas
