// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  GraphConvolution: a number for each of several graphs, by graph convolutions with a global node.
///        GraphConvolution net{{.layers = 4, .width = 600}, rng};   net.forward(GraphTensors{batch, scale});
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "hwnas/nn/torch.hpp"
#include "hwnas/train/checkpoint.hpp"
#include "hwnas/train/graph_batch.hpp"

namespace hwnas {

/// Brings features to a common size: what is known of the graphs learnt from.
struct FeatureScale {
  torch::Tensor mean{};       ///< of each feature
  torch::Tensor deviation{};  ///< 1 where the feature never changes
  double nodes = 1;           ///< kernels of a network, on average

  /// One-hot features stay as they are.
  [[nodiscard]] static FeatureScale of(std::span<const GraphFeatures* const> graphs) {
    std::vector<float> all;
    std::size_t nodes = 0;
    for (const GraphFeatures* graph : graphs) {
      for (const GraphFeatures::Row& row : graph->rows) all.insert(all.end(), row.begin(), row.end());
      nodes += graph->rows.size();
    }
    constexpr auto features = static_cast<std::int64_t>(GraphFeatures::count),
                   kinds = static_cast<std::int64_t>(GraphFeatures::kinds);
    FeatureScale scale{torch::zeros({features}), torch::ones({features})};
    if (nodes == 0) return scale;
    const torch::Tensor x =
        torch::from_blob(all.data(), {static_cast<std::int64_t>(nodes), features}).to(torch::kDouble);
    const torch::Tensor deviation = x.std(0, false);
    scale.mean.slice(0, kinds).copy_(x.mean(0).slice(0, kinds));
    scale.deviation.slice(0, kinds).copy_(
        torch::where(deviation > 0, deviation, torch::ones_like(deviation)).slice(0, kinds));
    scale.nodes = static_cast<double>(nodes) / static_cast<double>(graphs.size());
    return scale;
  }
};

/// A batch as tensors.
struct GraphTensors {
  struct Sums {
    torch::Tensor rows, offsets, weights;
    explicit Sums(const RowSums& sums)
        : rows{torch::tensor(sums.rows, torch::kLong)}, offsets{torch::tensor(sums.offsets, torch::kLong)},
          weights{torch::tensor(sums.weights, torch::kFloat)} {}
    /// The weighted sums of rows of x.
    [[nodiscard]] torch::Tensor of(const torch::Tensor& x) const {
      constexpr std::int64_t by_sum = 0;
      return std::get<0>(torch::embedding_bag(x, rows, offsets, false, by_sum, false, weights));
    }
  };
  torch::Tensor rows{};
  std::vector<Sums> means{};
  std::vector<Sums> totals{};

  GraphTensors(const GraphBatch& batch, const FeatureScale& scale) {
    constexpr auto features = static_cast<std::int64_t>(GraphFeatures::count);
    std::vector<GraphFeatures::Row> copy = batch.rows;
    rows = torch::from_blob(copy.data(), {static_cast<std::int64_t>(copy.size()), features})
               .sub(scale.mean)
               .div(scale.deviation);
    for (const RowSums& sums : batch.means) means.emplace_back(sums);
    for (const RowSums& sums : batch.totals) {
      totals.emplace_back(sums);
      totals.back().weights.div_(scale.nodes);  // the same for all graphs, so that longer ones stay longer
    }
  }
  [[nodiscard]] std::int64_t graphs() const { return totals.front().offsets.size(0); }
};

/// Graph convolutions and a linear layer over the global node.
///   Formula  h(l + 1) = ReLU(mean of h(l) over the node and those before it  W(l) + b(l));  the global node reads all nodes of its
///            network and none reads it: g(l + 1) = ReLU((g(l) + sum of h(l) / n) W(l) + b(l)), n the networks' mean number of nodes
///   Source   Kipf and Welling 2017; BRP-NAS (Dudziak et al. 2020): 4 layers of width 600, a global node
class GraphConvolution {
 public:
  GraphConvolution(int layers, int width, std::uint64_t seed) {
    const auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    const auto add = [&](std::int64_t in, std::int64_t out) {
      const double bound = std::sqrt(6.0 / static_cast<double>(in));  // He et al. 2015, uniform
      weights_.push_back(torch::empty({in, out}).uniform_(-bound, bound, generator));
      biases_.push_back(torch::zeros({out}));
    };
    add(static_cast<std::int64_t>(GraphFeatures::count), width);
    for (int l = 1; l < layers; ++l) add(width, width);
    add(width, 1);
    weights_.back().mul_(0.1);  // predictions begin near the mean latency
  }

  [[nodiscard]] int layers() const { return static_cast<int>(weights_.size()) - 1; }
  [[nodiscard]] int width() const { return static_cast<int>(weights_.front().size(1)); }
  [[nodiscard]] std::vector<torch::Tensor> parameters() const {
    std::vector<torch::Tensor> all = weights_;
    all.insert(all.end(), biases_.begin(), biases_.end());
    return all;
  }

  /// One number a graph; the batch has as many levels as this has layers.
  [[nodiscard]] torch::Tensor forward(const GraphTensors& batch) const {
    torch::Tensor nodes = batch.rows;
    torch::Tensor global = torch::zeros({batch.graphs(), nodes.size(1)});
    global.select(1, static_cast<std::int64_t>(KernelOp::none)).fill_(1);
    for (std::size_t l = 0; l < weights_.size() - 1; ++l) {
      global = torch::relu(torch::addmm(biases_[l], global + batch.totals[l].of(nodes), weights_[l]));
      if (l < batch.means.size()) nodes = torch::relu(torch::addmm(biases_[l], batch.means[l].of(nodes), weights_[l]));
    }
    return torch::addmm(biases_.back(), global, weights_.back()).squeeze(1);
  }

 private:
  std::vector<torch::Tensor> weights_, biases_;
};

}  // namespace hwnas
