// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  GradientReduction: gradients averaged over ranks while backward() still runs, in buckets.
///        GradientReduction reduction{ranks, net->parameters()};
///        reduction.backward(loss);                        // or, after any number of backward(): reduction.reduce();
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <torch/csrc/autograd/utils/lambda_post_hook.h>

#include "hwnas/nn/torch.hpp"
#include "hwnas/train/ranks.hpp"

namespace hwnas {

/// Averages the gradients of some parameters over all ranks.
///   A parameter that has a gradient on some ranks only counts as zero on the others, and the sum is divided by the
///   number of all ranks: the gradient of the mean of the ranks' losses. One without a gradient anywhere keeps none.
///   Gradients become new tensors, contiguous, many in one storage.
///   Laws     afterwards all ranks hold the same gradients, bit for bit
class GradientReduction {
 public:
  GradientReduction(Ranks& ranks, const std::vector<torch::Tensor>& parameters)
      : run_{std::make_shared<Run>(ranks)} {
    for (const torch::Tensor& parameter : parameters) {
      if (parameter.requires_grad()) watch(parameter);
    }
    run_->expected.resize(run_->parameters.size());
    run_->ready.resize(run_->parameters.size());
  }

  /// Runs backward(); each bucket is sent as soon as its gradients are there.
  void backward(const torch::Tensor& loss) {
    begin(&loss);
    run_->active = true;
    try {
      loss.backward();
    } catch (...) {
      run_->active = false;
      throw;
    }
    run_->active = false;
    run_->finish();
  }

  /// Averages the gradients that are there.
  void reduce() {
    begin(nullptr);
    run_->finish();
  }

 private:
  struct Bucket {
    std::vector<std::size_t> members{};
    torch::Tensor flat{};
    Ranks::Wait wait{};
  };

  /// What hooks reach: they may outlive the reduction.
  struct Run {
    explicit Run(Ranks& all) : ranks{all} {}

    Ranks& ranks;
    std::vector<torch::Tensor> parameters{};
    // Newer LibTorch counts its nodes' owners in another way.
    std::vector<decltype(torch::autograd::impl::grad_accumulator(torch::Tensor{}))> accumulators{};
    std::unordered_map<torch::autograd::Node*, std::size_t> index{};
    std::vector<char> expected{}, ready{};  // on this rank
    torch::Tensor counts{};                 // ranks that have a gradient, for each parameter
    Ranks::Wait counted{};
    std::vector<Bucket> buckets{};
    std::size_t sent = 0;
    std::int64_t waiting_bytes = 0;
    bool active = false;

    void arrived(std::size_t i) {
      ready[i] = 1;
      waiting_bytes += static_cast<std::int64_t>(parameters[i].nbytes());
      if (waiting_bytes < ranks.options().bucket_bytes) return;
      waiting_bytes = 0;
      send_ready();
    }
    // In the order of buckets, which is the same on all ranks, whatever order gradients come in.
    void send_ready() {
      make_buckets();
      for (; sent < buckets.size(); ++sent) {
        for (const std::size_t i : buckets[sent].members) {
          if (expected[i] && !ready[i]) return;
        }
        send(buckets[sent]);
      }
    }
    // Backward reaches the last parameters first.
    void make_buckets() {
      if (!counted) return;
      counted();
      counted = {};
      const auto* some = counts.data_ptr<std::int32_t>();
      std::int64_t bytes = 0;
      for (std::size_t i = parameters.size(); i-- > 0;) {
        if (some[i] == 0) continue;
        const torch::Tensor& p = parameters[i];
        const bool full = bytes >= ranks.options().bucket_bytes;
        if (buckets.empty() || full || !alike(p, parameters[buckets.back().members.front()])) {
          buckets.emplace_back();
          bytes = 0;
        }
        buckets.back().members.push_back(i);
        bytes += static_cast<std::int64_t>(p.nbytes());
      }
    }
    static bool alike(const torch::Tensor& a, const torch::Tensor& b) {
      return a.scalar_type() == b.scalar_type() && a.device() == b.device();
    }
    void send(Bucket& bucket) const {
      const torch::NoGradGuard no_gradients;
      std::vector<torch::Tensor> parts;
      for (const std::size_t i : bucket.members) {
        const torch::Tensor& p = parameters[i];
        parts.push_back(p.grad().defined() ? p.grad().reshape({-1}) : torch::zeros({p.numel()}, p.options()));
      }
      bucket.flat = torch::cat(parts);
      bucket.wait = ranks.sum_later(bucket.flat, Ranks::Lane::main);
    }
    // A gradient becomes its part of the bucket: a copy back would cost as much as all of the adding up.
    void finish() {
      send_ready();
      const torch::NoGradGuard no_gradients;
      for (Bucket& bucket : buckets) {
        bucket.wait();
        bucket.flat.div_(ranks.size());
        std::int64_t at = 0;
        for (const std::size_t i : bucket.members) {
          torch::Tensor& p = parameters[i];
          p.mutable_grad() = bucket.flat.narrow(0, at, p.numel()).view(p.sizes());
          at += p.numel();
        }
      }
      buckets.clear();
    }
  };

  void watch(const torch::Tensor& parameter) {
    const std::size_t i = run_->parameters.size();
    auto accumulator = torch::autograd::impl::grad_accumulator(parameter);
    using Tensors = torch::autograd::variable_list;
    accumulator->add_post_hook(std::make_unique<torch::autograd::utils::LambdaPostHook>(
        [weak = std::weak_ptr<Run>{run_}, i](const Tensors& outputs, const Tensors&) {
          if (const auto run = weak.lock(); run && run->active) run->arrived(i);
          return outputs;
        }));
    run_->parameters.push_back(parameter);
    run_->index.emplace(accumulator.get(), i);
    run_->accumulators.push_back(std::move(accumulator));  // autograd itself holds it weakly
  }

  void begin(const torch::Tensor* loss) {
    Run& run = *run_;
    run.buckets.clear();
    run.sent = 0;
    run.waiting_bytes = 0;
    for (std::size_t i = 0; i < run.parameters.size(); ++i) {
      run.ready[i] = 1;
      run.expected[i] = run.parameters[i].grad().defined();
    }
    if (loss != nullptr) expect_from(*loss);
    run.counts = torch::empty({static_cast<std::int64_t>(run.expected.size())}, torch::kInt32);
    std::copy(run.expected.begin(), run.expected.end(), run.counts.data_ptr<std::int32_t>());
    run.counted = run.ranks.sum_later(run.counts, Ranks::Lane::main);
  }

  // Which parameters backward() will reach, from the graph it will walk.
  void expect_from(const torch::Tensor& loss) {
    std::vector<torch::autograd::Node*> open{loss.grad_fn().get()};
    std::unordered_set<torch::autograd::Node*> seen{open.begin(), open.end()};
    while (!open.empty()) {
      torch::autograd::Node* node = open.back();
      open.pop_back();
      if (node == nullptr) continue;
      if (const auto found = run_->index.find(node); found != run_->index.end()) {
        run_->expected[found->second] = 1;
        run_->ready[found->second] = 0;
      }
      for (const auto& edge : node->next_edges()) {
        if (edge.function && seen.insert(edge.function.get()).second) open.push_back(edge.function.get());
      }
    }
  }

  std::shared_ptr<Run> run_;
};

}  // namespace hwnas
