// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The hand-written network of an architecture, and how its steps are timed.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "hwnas/core/shape.hpp"
#include "hwnas/space/architecture.hpp"

#include "by_hand.hpp"

namespace by_hand {

/// What the hand-written side must know of a space.
struct Outline {
  std::string name;
  int batch = 0;
  int steps = 0;  // in a block
  std::vector<int> widths, depths, strides;
  int stem_stride = 0, classes = 0;
};

template <class Space>
[[nodiscard]] NetworkOptions written_by_hand(const Outline& o, const hwnas::Architecture<Space>& a,
                                             hwnas::Shape image) {
  NetworkOptions options{image.c, o.widths[0], o.stem_stride, o.widths.back(), o.classes, {}};
  options.blocks.push_back({o.widths[0], o.widths[1], 1, 3, 1});
  int in = o.widths[1];
  std::size_t decision = 0;
  for (std::size_t stage = 0; stage < o.depths.size(); ++stage) {
    for (int block = 0; block < o.depths[stage]; ++block) {
      const int choice = a[decision++];
      const int out = o.widths[stage + 2];
      const int stride = block == 0 ? o.strides[stage] : 1;
      if (choice < 6) options.blocks.push_back({in, out, choice % 2 == 0 ? 3 : 6, 3 + choice / 2 * 2, stride});
      in = out;
    }
  }
  return options;
}

/// A module with its optimiser.
class Trained {
 public:
  Trained(std::vector<torch::Tensor> parameters, std::function<torch::Tensor(const torch::Tensor&)> forward)
      : forward_{std::move(forward)},
        optimiser_{std::move(parameters), torch::optim::SGDOptions{1e-3}.momentum(0.9).weight_decay(4e-5)} {}

  void step(const torch::Tensor& images, const torch::Tensor& labels) {
    step([&] { return torch::nn::functional::cross_entropy(forward_(images), labels); });
  }
  /// A step on the loss that `loss()` gives.
  template <class Loss> void step(const Loss& loss) {
    for (auto& group : optimiser_.param_groups()) {
      for (auto& p : group.params()) p.mutable_grad().reset();
    }
    loss().backward();
    optimiser_.step();
  }

 private:
  std::function<torch::Tensor(const torch::Tensor&)> forward_;
  torch::optim::SGD optimiser_;
};

inline Outline small_images() {
  return {"28 x 28, batch 64", 64, 3, {16, 8, 16, 24, 40, 96}, {3, 3, 2}, {2, 2, 1}, 1, 10};
}
inline Outline large_images() {
  return {"224 x 224, batch 4", 4, 1,   {32, 16, 24, 40, 80, 96, 192, 320, 1280}, {4, 4, 4, 4, 4, 1},
          {2, 2, 2, 1, 2, 1},   2, 1000};
}

}  // namespace by_hand
