// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Accuracy of a network over a data set, and batch-norm recalibration.
///        Scores scores = evaluate(*net, [&](auto& x) { return net->forward(x); }, loader).value();
///        recalibrate(*supernet, [&](auto& x) { return supernet->forward(x, a); }, kept_batches);   // then evaluate
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "hwnas/core/result.hpp"
#include "hwnas/nn/torch.hpp"
#include "hwnas/train/autocast.hpp"
#include "hwnas/train/loader.hpp"
#include "hwnas/train/metrics.hpp"
#include "hwnas/train/torch_error.hpp"

namespace hwnas {

/// Images to logits.
using ForwardFunction = std::function<torch::Tensor(const torch::Tensor&)>;

/// Where and how a network runs when nothing is learnt.
struct EvaluateOptions {
  torch::Device device = torch::kCPU;
  bool mixed_precision = false;
  std::function<bool()> stop{};  ///< asked after each batch; true ends with an Error of Code::interrupted
};

/// While it lives, a module's training flags may be changed; then every submodule gets its own back.
class KeepTrainingMode {
 public:
  explicit KeepTrainingMode(torch::nn::Module& module) {
    // Parents stand before their children, so train(), which reaches down, ends right for all.
    const auto self = module.modules(/*include_self=*/false);
    own_ = {&module, module.is_training()};
    for (const auto& child : self) flags_.emplace_back(child, child->is_training());
  }
  KeepTrainingMode(const KeepTrainingMode&) = delete;
  KeepTrainingMode& operator=(const KeepTrainingMode&) = delete;
  ~KeepTrainingMode() {
    own_.first->train(own_.second);
    for (const auto& [child, flag] : flags_) child->train(flag);
  }

 private:
  std::pair<torch::nn::Module*, bool> own_{};
  std::vector<std::pair<std::shared_ptr<torch::nn::Module>, bool>> flags_;
};

namespace detail {
using BatchSource = std::function<Result<std::optional<Batch>>()>;

[[nodiscard]] inline BatchSource source_of(std::span<const Batch> batches) {
  return [batches, next = std::size_t{0}]() mutable -> Result<std::optional<Batch>> {
    if (next == batches.size()) return std::optional<Batch>{};
    return std::optional<Batch>{batches[next++]};
  };
}

/// Calls use(batch on its device) for each batch.
template <class Use>
[[nodiscard]] Result<void> for_each_batch(const BatchSource& source, const EvaluateOptions& options, Use&& use) {
  for (;;) {
    auto batch = source();
    if (!batch) return batch.error();
    if (!batch->has_value()) return {};
    use((*batch)->to(options.device));
    if (options.stop && options.stop()) return Error{Error::Code::interrupted, "stopped on request"};
  }
}

[[nodiscard]] inline Result<Scores> evaluate_all(torch::nn::Module& module, const ForwardFunction& forward,
                                                 const BatchSource& source, const EvaluateOptions& options) {
  return guarded("evaluation", [&]() -> Result<Scores> {
    const torch::NoGradGuard no_gradients;
    const KeepTrainingMode keep{module};
    module.eval();
    Scores scores;
    auto done = for_each_batch(source, options, [&](const Batch& batch) {
      const Autocast half{options.device.type(), options.mixed_precision};
      scores.add(forward(batch.images).to(torch::kFloat32), batch.labels);
    });
    if (!done) return done.error();
    return scores;
  });
}

/// Calls its functions when it ends, however that happens.
struct UndoAtEnd {
  std::vector<std::function<void()>> steps{};
  ~UndoAtEnd() {
    for (const auto& step : steps) step();
  }
};

/// Puts one batch-norm layer's averaging over all batches alike in force; returns how to undo that, or nothing for
/// another kind of module.
template <class BatchNorm> [[nodiscard]] std::function<void()> average_equally(torch::nn::Module& module) {
  auto* norm = dynamic_cast<BatchNorm*>(&module);
  if (norm == nullptr || !norm->options.track_running_stats()) return {};
  const auto momentum = norm->options.momentum();
  norm->reset_running_stats();
  norm->options.momentum(c10::nullopt);
  norm->train();
  return [norm, momentum] { norm->options.momentum(momentum); };
}

[[nodiscard]] inline Result<void> recalibrate_all(torch::nn::Module& module, const ForwardFunction& forward,
                                                  const BatchSource& source, const EvaluateOptions& options) {
  using namespace torch::nn;  // NOLINT
  return guarded("batch-norm recalibration", [&]() -> Result<void> {
    const torch::NoGradGuard no_gradients;
    const KeepTrainingMode keep{module};
    module.eval();  // only batch-norm learns: dropout stays off
    UndoAtEnd undo;
    // No modules() of a module that no shared_ptr holds: it would throw; children always are held by one.
    const auto visit = [&](Module& layer) {
      for (auto* prepare :
           {&average_equally<BatchNorm1dImpl>, &average_equally<BatchNorm2dImpl>, &average_equally<BatchNorm3dImpl>}) {
        if (auto restore = prepare(layer)) undo.steps.push_back(std::move(restore));
      }
    };
    visit(module);
    for (const auto& layer : module.modules(/*include_self=*/false)) visit(*layer);
    return for_each_batch(source, options, [&](const Batch& batch) {
      const Autocast half{options.device.type(), options.mixed_precision};
      static_cast<void>(forward(batch.images));
    });
  });
}
}  // namespace detail

/// Accuracy and loss of `forward` over batches in memory; `module` is in evaluation mode meanwhile.
///   Errors   interrupted where options.stop says so; what LibTorch refuses, in one line
[[nodiscard]] inline Result<Scores> evaluate(torch::nn::Module& module, const ForwardFunction& forward,
                                             std::span<const Batch> batches, const EvaluateOptions& options = {}) {
  return detail::evaluate_all(module, forward, detail::source_of(batches), options);
}

/// The same over all images of a loader.
[[nodiscard]] inline Result<Scores> evaluate(torch::nn::Module& module, const ForwardFunction& forward,
                                             const Loader& loader, const EvaluateOptions& options = {}) {
  auto stream = loader.epoch(0);
  return detail::evaluate_all(
      module, forward, [&stream] { return stream.next(); }, options);
}

/// Computes batch-norm's running mean and variance anew as the plain average over these batches: weights inherited
/// from a supernet have statistics that mix all paths (SPOS, Guo et al. 2020, section 3.3). Training modes and each
/// layer's own momentum are put back.
///   Layers   torch::nn::BatchNorm1d, 2d, 3d that `module` has registered
[[nodiscard]] inline Result<void> recalibrate(torch::nn::Module& module, const ForwardFunction& forward,
                                              std::span<const Batch> batches, const EvaluateOptions& options = {}) {
  return detail::recalibrate_all(module, forward, detail::source_of(batches), options);
}

/// The same over the first `batches` batches of a loader's epoch 0.
[[nodiscard]] inline Result<void> recalibrate(torch::nn::Module& module, const ForwardFunction& forward,
                                              const Loader& loader, std::int64_t batches,
                                              const EvaluateOptions& options = {}) {
  auto stream = loader.epoch(0, 0, batches);
  return detail::recalibrate_all(
      module, forward, [&stream] { return stream.next(); }, options);
}

}  // namespace hwnas
