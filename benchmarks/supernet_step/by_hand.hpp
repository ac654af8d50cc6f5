// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A network of the ProxylessNAS space as one would write it in LibTorch: the other side of the benchmark.
#pragma once

#include <utility>
#include <vector>

#include "hwnas/nn/torch.hpp"

namespace by_hand {

using namespace torch::nn;  // NOLINT

inline Conv2d convolution(int in, int out, int kernel, int stride, int groups) {
  return Conv2d(Conv2dOptions(in, out, kernel).stride(stride).padding(kernel / 2).groups(groups).bias(false));
}

/// An inverted residual block.
struct BlockOptions {
  int in, out, expand, kernel, stride;
};
class BlockImpl : public Module {
 public:
  explicit BlockImpl(const BlockOptions& o) : shortcut_{o.stride == 1 && o.in == o.out} {
    const int hidden = o.in * o.expand;
    if (o.expand != 1) {
      layers_->push_back(convolution(o.in, hidden, 1, 1, 1));
      layers_->push_back(BatchNorm2d(hidden));
      layers_->push_back(ReLU6(ReLU6Options(true)));
    }
    layers_->push_back(convolution(hidden, hidden, o.kernel, o.stride, hidden));
    layers_->push_back(BatchNorm2d(hidden));
    layers_->push_back(ReLU6(ReLU6Options(true)));
    layers_->push_back(convolution(hidden, o.out, 1, 1, 1));
    layers_->push_back(BatchNorm2d(o.out));
    register_module("layers", layers_);
  }
  torch::Tensor forward(const torch::Tensor& x) { return shortcut_ ? x + layers_->forward(x) : layers_->forward(x); }

 private:
  bool shortcut_;
  Sequential layers_;
};
TORCH_MODULE(Block);

/// Stem, blocks, head, classifier.
struct NetworkOptions {
  int channels, stem, stem_stride, head, classes;
  std::vector<BlockOptions> blocks;
};
class NetworkImpl : public Module {
 public:
  explicit NetworkImpl(const NetworkOptions& o) : classifier_{o.head, o.classes} {
    features_->push_back(convolution(o.channels, o.stem, 3, o.stem_stride, 1));
    features_->push_back(BatchNorm2d(o.stem));
    features_->push_back(ReLU6(ReLU6Options(true)));
    for (const BlockOptions& block : o.blocks) features_->push_back(Block(block));
    features_->push_back(convolution(o.blocks.back().out, o.head, 1, 1, 1));
    features_->push_back(BatchNorm2d(o.head));
    features_->push_back(ReLU6(ReLU6Options(true)));
    register_module("features", features_);
    register_module("classifier", classifier_);
  }
  torch::Tensor forward(const torch::Tensor& x) {
    return classifier_->forward(features_->forward(x).mean({2, 3}));
  }

 private:
  Sequential features_;
  Linear classifier_;
};
TORCH_MODULE(Network);

}  // namespace by_hand
