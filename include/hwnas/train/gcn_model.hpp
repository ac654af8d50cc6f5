// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  GcnModel: latencies of graphs learnt by graph convolution; what a GcnPredictor is without its space.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "hwnas/core/rng.hpp"
#include "hwnas/train/checkpoint.hpp"
#include "hwnas/train/graph_convolution.hpp"
#include "hwnas/train/optimiser.hpp"
#include "hwnas/train/schedule.hpp"
#include "hwnas/train/torch_error.hpp"

namespace hwnas {

/// How a graph convolution is made and trained. BRP-NAS' own: width 600, 250 epochs of batch 1 at rate 4e-4
/// (lat_gcn_nasbench201_desktop.yaml of SamsungLabs/eagle); the defaults take seconds instead of hours on a processor.
struct GcnOptions {
  int layers = 4;
  int width = 64;
  int epochs = 150;
  int batch = 16;
  double rate = 5e-3;          ///< at the start; half a cosine to 0
  double weight_decay = 5e-4;  ///< AdamW
  std::uint64_t seed = 0;
  /// Asked before each epoch with its number and the last one's mean squared relative error; false stops.
  std::function<bool(int epoch, double loss)> go_on{};
};

/// A trained graph convolution. It does not change after it is made.
///   Formula  latency = mean latency of the samples x softplus(net(graph) + ln(e - 1));
///            trained on the mean of (predicted / measured - 1)^2
class GcnModel {
 public:
  /// `graphs`: at least one; `latencies`: one a graph, finite and above 0.
  ///   Errors  bad_value for options out of range; interrupted; LibTorch's
  [[nodiscard]] static Result<GcnModel> fit(std::span<const GraphFeatures> graphs, std::span<const double> latencies,
                                            const GcnOptions& options) {
    if (options.layers < 1 || options.width < 1 || options.epochs < 1 || options.batch < 1 || !(options.rate > 0)) {
      return Error{Error::Code::bad_value,
                   "a graph convolution must have layers, width, epochs, batch and rate above 0"};
    }
    return guarded("graph convolution", [&]() -> Result<GcnModel> {
      GcnModel model{options.layers, options.width, options.seed};
      const auto all = pointers(graphs);
      model.scale_ = FeatureScale::of(all);
      model.mean_ = std::accumulate(latencies.begin(), latencies.end(), 0.0) / static_cast<double>(latencies.size());
      if (auto trained = model.train(model.batches(all, latencies, options), options); !trained) return trained.error();
      return model;
    });
  }

  /// In the samples' unit, one a graph. Each network is computed on its own sums, so it has the same answer in every company but
  /// for rounding.
  ///   Errors  LibTorch's
  [[nodiscard]] Result<std::vector<double>> predict(std::span<const GraphFeatures> graphs) const {
    constexpr std::size_t at_once = 256;
    return guarded("graph convolution", [&]() -> Result<std::vector<double>> {
      const torch::NoGradGuard no_grad;
      const auto all = pointers(graphs);
      std::vector<double> result;
      for (std::size_t from = 0; from < all.size(); from += at_once) {
        const GraphBatch batch{std::span{all}.subspan(from, std::min(at_once, all.size() - from)), net_.layers()};
        const torch::Tensor latencies = ratios(GraphTensors{batch, scale_}).to(torch::kDouble).mul(mean_).contiguous();
        result.insert(result.end(), latencies.data_ptr<double>(), latencies.data_ptr<double>() + latencies.numel());
      }
      return result;
    });
  }

  void put(StateRecord& state) const {
    state.put("layers", std::int64_t{net_.layers()});
    state.put("width", std::int64_t{net_.width()});
    state.put("features", static_cast<std::int64_t>(GraphFeatures::count));
    state.put("mean", mean_);
    state.put("nodes", scale_.nodes);
    for (const auto& [name, tensor] : named_tensors()) state.put(name, to_array(tensor));
  }
  ///   Errors  mismatch where something is missing, of another size or not finite
  [[nodiscard]] static Result<GcnModel> get(const StateRecord& state) {
    const auto layers = state.get<std::int64_t>("layers"), width = state.get<std::int64_t>("width");
    const auto features = state.get<std::int64_t>("features");
    const auto mean = state.get<double>("mean"), nodes = state.get<double>("nodes");
    for (const auto* number : {&layers, &width, &features}) {
      if (!*number) return number->error();
    }
    for (const auto* number : {&mean, &nodes}) {
      if (!*number) return number->error();
    }
    const bool sizes = *layers >= 1 && *layers <= 1000 && *width >= 1 && *width <= 100'000;
    if (!sizes || *features != static_cast<std::int64_t>(GraphFeatures::count)) {
      return Error{Error::Code::mismatch,
                   fmt::format("{}: {} layers of width {} on {} features are not what this version makes; fit it again",
                               state.source(), *layers, *width, *features)};
    }
    GcnModel model{static_cast<int>(*layers), static_cast<int>(*width), 0};
    model.mean_ = *mean;
    model.scale_ = {torch::zeros({*features}), torch::ones({*features}), *nodes};
    for (const auto& [name, tensor] : model.named_tensors()) {
      if (auto read = get_tensor(state, name, tensor); !read) return read.error();
      if (!torch::isfinite(tensor).all().item<bool>()) {
        return Error{Error::Code::mismatch,
                     fmt::format("{}: '{}' holds numbers that are not finite", state.source(), name)};
      }
    }
    return model;
  }

 private:
  struct Batch {
    GraphTensors graphs;
    torch::Tensor latencies;  // relative to the mean
  };

  GcnModel(int layers, int width, std::uint64_t seed) : net_{layers, width, seed} {}

  static std::vector<const GraphFeatures*> pointers(std::span<const GraphFeatures> graphs) {
    std::vector<const GraphFeatures*> all;
    for (const GraphFeatures& graph : graphs) all.push_back(&graph);
    return all;
  }
  [[nodiscard]] std::vector<std::pair<std::string, torch::Tensor>> named_tensors() const {
    std::vector<std::pair<std::string, torch::Tensor>> result{{"scale/mean", scale_.mean},
                                                              {"scale/deviation", scale_.deviation}};
    for (const torch::Tensor& p : net_.parameters()) {
      result.emplace_back(fmt::format("parameter/{}", result.size() - 2), p);
    }
    return result;
  }
  [[nodiscard]] torch::Tensor ratios(const GraphTensors& graphs) const {
    constexpr double one = 0.5413248546129181;  // ln(e - 1): softplus of it is 1
    return torch::softplus(net_.forward(graphs) + one);
  }

  // Drawn once: finding what networks have in common costs more than a step. Their order changes with each epoch.
  [[nodiscard]] std::vector<Batch> batches(std::vector<const GraphFeatures*> graphs, std::span<const double> latencies,
                                           const GcnOptions& options) const {
    std::vector<std::size_t> order(graphs.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    Rng rng{options.seed};
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
    std::vector<Batch> result;
    const auto size = static_cast<std::size_t>(options.batch);
    for (std::size_t from = 0; from < order.size(); from += size) {
      std::vector<const GraphFeatures*> some;
      std::vector<double> measured;
      for (std::size_t i = from; i < std::min(from + size, order.size()); ++i) {
        some.push_back(graphs[order[i]]);
        measured.push_back(latencies[order[i]] / mean_);
      }
      result.push_back(
          {GraphTensors{GraphBatch{some, options.layers}, scale_}, torch::tensor(measured, torch::kFloat)});
    }
    return result;
  }

  [[nodiscard]] Result<void> train(std::vector<Batch> batches, const GcnOptions& options) {
    const torch::AutoGradMode gradients{true};
    const auto parameters = net_.parameters();
    for (torch::Tensor p : parameters) p.requires_grad_(true);
    const auto optimiser =
        make_optimiser(parameters, {.kind = OptimiserOptions::Kind::adamw, .weight_decay = options.weight_decay});
    const CosineRate rate{.rate = options.rate, .warmup = 0.02};
    Rng rng = Rng{options.seed}.split(1);
    std::int64_t step = 0;
    const std::int64_t steps = static_cast<std::int64_t>(batches.size()) * options.epochs;
    double loss = 0;
    for (int epoch = 0; epoch < options.epochs; ++epoch) {
      if (options.go_on && !options.go_on(epoch, loss)) {
        return Error{Error::Code::interrupted, "graph convolution: the fit was stopped"};
      }
      for (std::size_t i = batches.size(); i > 1; --i) std::swap(batches[i - 1], batches[rng.below(i)]);
      loss = 0;
      for (const Batch& batch : batches) {
        set_rate(*optimiser, rate(step++, steps));
        const torch::Tensor error = (ratios(batch.graphs) / batch.latencies - 1).square().mean();
        clear_gradients(*optimiser);
        error.backward();
        clip_gradients(*optimiser, 1.0);
        optimiser->step();
        loss += error.item<double>() / static_cast<double>(batches.size());
      }
    }
    for (torch::Tensor p : parameters) p.requires_grad_(false);
    return {};
  }

  GraphConvolution net_;
  FeatureScale scale_;
  double mean_ = 1;
};

}  // namespace hwnas
