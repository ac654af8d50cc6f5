// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  DataParallel: what a Trainer does differently when it is one of several ranks. Without ranks it does nothing.
///        Used by Trainer alone; TrainOptions::ranks switches it on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "hwnas/core/result.hpp"
#include "hwnas/core/rng.hpp"
#include "hwnas/nn/network.hpp"
#include "hwnas/nn/torch.hpp"
#include "hwnas/train/checkpoint.hpp"
#include "hwnas/train/gradient_reduction.hpp"
#include "hwnas/train/loader.hpp"
#include "hwnas/train/ranks.hpp"
#include "hwnas/train/state_record.hpp"

namespace hwnas {
namespace detail {

/// A sum over ranks that autograd knows: each rank's row among zeros, and of the sum of their gradients its row.
struct GatherRanks : torch::autograd::Function<GatherRanks> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& row,
                               std::int64_t ranks) {
    Ranks& all = *reinterpret_cast<Ranks*>(ranks);  // NOLINT: LibTorch 1.13 keeps integers and tensors only
    context->saved_data["ranks"] = ranks;
    torch::Tensor rows = torch::zeros({all.size(), row.size(0)}, row.options());
    rows[all.rank()] = row;
    all.sum(rows, Ranks::Lane::norms);
    return rows;
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    Ranks& all = *reinterpret_cast<Ranks*>(context->saved_data["ranks"].toInt());  // NOLINT
    const torch::Tensor sum = gradients[0].contiguous().clone();
    all.sum(sum, Ranks::Lane::norms);
    return {sum[all.rank()], torch::Tensor{}};
  }
};

/// Batch-norm over all ranks' batches while it lives.
class NormsAcross {
 public:
  NormsAcross(Ranks* ranks, torch::nn::Module& module) {
    if (ranks == nullptr || !ranks->options().synchronise_norms) return;
    gather_ = [ranks](const torch::Tensor& row) {
      return GatherRanks::apply(row, reinterpret_cast<std::int64_t>(ranks));  // NOLINT
    };
    network_ = dynamic_cast<Network*>(&module);
    if (network_ == nullptr) {
      throw Error{Error::Code::bad_value, "batch-norm can only be synchronised in a Supernet or a Subnet"};
    }
    network_->synchronise_norms(&gather_);
  }
  NormsAcross(const NormsAcross&) = delete;
  NormsAcross& operator=(const NormsAcross&) = delete;
  ~NormsAcross() {
    if (network_ != nullptr) network_->synchronise_norms(nullptr);
  }

 private:
  GatherRows gather_;
  Network* network_ = nullptr;
};

}  // namespace detail

/// The part of training that concerns other ranks.
class DataParallel {
 public:
  DataParallel(Ranks* ranks, torch::nn::Module& module) : ranks_{ranks}, module_{module} {}

  [[nodiscard]] Ranks* ranks() const { return ranks_; }
  [[nodiscard]] int size() const { return ranks_ == nullptr ? 1 : ranks_->size(); }
  /// Rank 0 writes and shows; the others only compute.
  [[nodiscard]] bool leads() const { return ranks_ == nullptr || ranks_->rank() == 0; }
  [[nodiscard]] Loader shard(const Loader& loader) const {
    return ranks_ == nullptr ? loader : loader.shard(ranks_->rank(), ranks_->size());
  }

  /// All ranks begin with the same run and the weights of rank 0.
  [[nodiscard]] Result<void> begin(const std::string& identity, const Loader& loader, const Rng& rng) {
    if (ranks_ == nullptr) return {};
    if (loader.batches() == 0) {
      return Error{Error::Code::bad_value,
                   fmt::format("{}: {} images are fewer than one batch of {} for each of {} ranks", loader.data().name,
                               loader.data().size(), loader.options().batch_size, ranks_->size())};
    }
    if (auto done = ranks_->agree("the run", identity); !done) return done;
    if (auto done = ranks_->agree("the network's weights", weights_in_words()); !done) return done;
    const auto seed = rng.state();
    const auto data = fmt::format("{} batches, generator {:x}", loader.batches(), seed[0] ^ loader.rng().state()[0]);
    if (auto done = ranks_->agree("data and seed", data); !done) return done;
    const torch::NoGradGuard no_gradients;
    for (const auto& [name, tensor] : named_tensors(module_)) ranks_->broadcast(tensor, 0);
    reduction_.emplace(*ranks_, module_.parameters());
    return {};
  }

  /// The generator of this rank's step.
  [[nodiscard]] Rng draws(const Rng& step) const {
    if (ranks_ == nullptr || ranks_->options().same_architecture) return step;
    return step.split(static_cast<std::uint64_t>(ranks_->rank()));
  }

  /// backward() where the loss wants it, and the mean of all ranks' gradients; returns the mean loss.
  [[nodiscard]] double backward(const torch::Tensor& loss) {
    if (ranks_ == nullptr) {
      if (loss.requires_grad()) loss.backward();
      return loss.item<double>();
    }
    // On its way while backward() runs: nobody waits for an answer of its own.
    const torch::Tensor mean = loss.detach().to(torch::kFloat64).reshape({1}).clone();
    const Ranks::Wait summed = ranks_->sum_later(mean, Ranks::Lane::main);
    if (loss.requires_grad()) {
      reduction_->backward(loss);
    } else {
      reduction_->reduce();
    }
    summed();
    return mean.item<double>() / ranks_->size();
  }

  /// Whether any rank says so.
  [[nodiscard]] bool any(bool value) const { return ranks_ == nullptr ? value : ranks_->any(value); }

  /// Makes the running statistics of batch-norm their mean over ranks; all else is equal already. One sum for all of them: a
  /// supernet has hundreds.
  void average_statistics() const {
    if (ranks_ == nullptr || ranks_->options().synchronise_norms) return;
    const torch::NoGradGuard no_gradients;
    std::vector<torch::Tensor> buffers, flat;
    for (const torch::Tensor& buffer : module_.buffers()) {
      if (!buffer.is_floating_point()) continue;
      buffers.push_back(buffer);
      flat.push_back(buffer.to(torch::kCPU, torch::kFloat64).reshape({-1}));
    }
    if (buffers.empty()) return;
    const torch::Tensor mean = torch::cat(flat);
    ranks_->sum(mean);
    mean.div_(ranks_->size());
    std::int64_t at = 0;
    for (torch::Tensor& buffer : buffers) {
      buffer.copy_(mean.narrow(0, at, buffer.numel()).view(buffer.sizes()));
      at += buffer.numel();
    }
  }

  /// Rank 0 writes; all know whether it could.
  [[nodiscard]] Result<void> save(const StateRecord& state, const std::filesystem::path& path) const {
    if (ranks_ == nullptr) return save_state(state, path);
    const Result<void> done = leads() ? save_state(state, path) : Result<void>{};
    const std::string failed = ranks_->broadcast(done ? std::string{} : done.error().message, 0);
    if (failed.empty()) return {};
    return done ? Error{Error::Code::io, "rank 0: " + failed} : done.error();
  }

  /// What rank 0 reads: the others need not see its disk.
  [[nodiscard]] Result<StateRecord> load(const std::filesystem::path& path) const {
    if (ranks_ == nullptr) return load_state(path);
    Result<StateRecord> state = leads() ? load_state(path) : Result<StateRecord>{StateRecord{}};
    const std::string failed = ranks_->broadcast(state ? std::string{} : state.error().message, 0);
    if (!failed.empty()) return leads() ? state : Result<StateRecord>{Error{Error::Code::io, "rank 0: " + failed}};
    const std::string bytes = ranks_->broadcast(leads() ? encode_state(*state) : std::string{}, 0);
    return leads() ? state : decode_state(bytes, path.string());
  }

 private:
  [[nodiscard]] std::string weights_in_words() const {
    std::uint64_t hash = 0;
    std::int64_t count = 0;
    for (const auto& [name, tensor] : named_tensors(module_)) {
      hash = hash * 31 + std::hash<std::string>{}(fmt::format("{} {}", name, fmt::join(tensor.sizes().vec(), "x")));
      count += tensor.numel();
    }
    return fmt::format("{} numbers, fingerprint {:x}", count, hash);
  }

  Ranks* ranks_;
  torch::nn::Module& module_;
  std::optional<GradientReduction> reduction_;
};

}  // namespace hwnas
