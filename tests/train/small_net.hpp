// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A small network with everything a training state holds: batch-norm, dropout, and a path that may stay unused.
#pragma once

#include "hwnas/nn/torch.hpp"

namespace hwnas::test {

struct SmallNetImpl : torch::nn::Module {
  torch::nn::Conv2d first{nullptr}, other{nullptr};
  torch::nn::BatchNorm2d norm{nullptr};
  torch::nn::Dropout dropout{nullptr};
  torch::nn::Linear last{nullptr};

  explicit SmallNetImpl(int channels = 1, int classes = 4) {
    using namespace torch::nn;  // NOLINT
    first = register_module("first", Conv2d(Conv2dOptions(channels, 8, 3).padding(1).bias(false)));
    other = register_module("other", Conv2d(Conv2dOptions(channels, 8, 1).bias(false)));
    norm = register_module("norm", BatchNorm2d(8));
    dropout = register_module("dropout", Dropout(0.1));
    last = register_module("last", torch::nn::Linear(8 * 4, classes));
  }
  /// One of two paths, as in a supernet.
  torch::Tensor forward(const torch::Tensor& x, bool use_other = false) {
    const torch::Tensor features = torch::relu(norm(use_other ? other(x) : first(x)));
    const torch::Tensor columns = features.mean(2).reshape({x.size(0), 8, 4, -1}).mean(3);
    return last(dropout(columns.flatten(1)));
  }
};
TORCH_MODULE(SmallNet);

}  // namespace hwnas::test
