// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  TrainEvaluator: trains an architecture from scratch and says how well it does on validation images.
///        TrainEvaluator<S> evaluator{train_loader, validation_loader, {.train = {.epochs = 3}, .patience = 2}, Rng{1}};
///        Experiment experiment{Random<S>{}, evaluator, MemoryStore<S>{}};
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "hwnas/core/rng.hpp"
#include "hwnas/experiment/evaluator.hpp"
#include "hwnas/nn/subnet.hpp"
#include "hwnas/train/evaluate.hpp"
#include "hwnas/train/loader.hpp"
#include "hwnas/train/metrics.hpp"
#include "hwnas/train/seeded_subnet.hpp"
#include "hwnas/train/trainer.hpp"

namespace hwnas {

/// How each network is trained. `train` says epochs, optimiser, schedule, device and stop; its hooks, progress and
/// checkpoint are not used.
struct TrainEvaluatorOptions {
  TrainOptions train{};
  double smoothing = 0.1;
  std::int64_t patience = 0;  ///< epochs in a row without a better validation accuracy that end a training; 0: none do
};

/// {"accuracy": 0..1, best of the epochs on the validation images; "loss" of that epoch; "epochs" trained}. A budget's
/// share is one of the epochs (one at least); its time ends a training; its report is asked after each epoch. Each architecture begins from weights and sees
/// images in an order that depend on the seed alone. May be asked from several threads; weights are drawn one at a time.
template <class Space>
class TrainEvaluator {
 public:
  TrainEvaluator(Loader train, Loader validation, TrainEvaluatorOptions options, const Rng& rng)
      : train_{std::move(train)}, validation_{std::move(validation)}, options_{std::move(options)}, rng_{rng} {}

  /// Errors   interrupted: the budget's time is over, or options.train.stop; those of Trainer: a loss that is not finite
  [[nodiscard]] Result<Metrics> evaluate(const Architecture<Space>& a, const Budget& budget) const {
    return guarded("training", [&]() -> Result<Metrics> {
      const std::unique_ptr<Subnet<Space>> net = seeded_subnet(a, weight_seed(rng_));
      Run run{.began = Clock::now(), .limit = budget.time};
      TrainOptions how = options_.train;
      how.epochs = std::max<std::int64_t>(1, std::llround(budget.share * static_cast<double>(how.epochs)));
      how.progress = nullptr;
      how.checkpoint = {};
      how.stop = [&] { return run.ends_here || run.late() || (options_.train.stop && options_.train.stop()); };
      how.on_epoch = [&](EpochReport& report) { look(*net, report, run, budget); };
      Trainer trainer{*net, train_, how, rng_};
      const auto summary = trainer.fit([&](const Batch& batch) {
        return cross_entropy(net->forward(batch.images), batch.labels, options_.smoothing);
      });
      if (!summary && run.late()) {
        return Error{Error::Code::interrupted,
                     fmt::format("training ran into its limit of {:.3g} s", run.limit.count())};
      }
      if (!summary && !run.ends_here) return summary.error();
      return run.best.value();
    });
  }

 private:
  using Clock = std::chrono::steady_clock;
  struct Run {
    Clock::time_point began{};
    std::chrono::duration<double> limit{};
    Result<Metrics> best = Error{Error::Code::bad_value, "no epoch was trained"};
    std::int64_t worse = 0;  // epochs in a row
    bool ends_here = false;

    [[nodiscard]] bool late() const { return Clock::now() - began > limit; }
  };

  void look(Subnet<Space>& net, EpochReport& report, Run& run, const Budget& budget) const {
    const auto forward = [&](const torch::Tensor& images) { return net.forward(images); };
    const auto scores = hwnas::evaluate(net, forward, validation_, {.device = options_.train.device}).value();
    report.accuracy = scores.top1();
    const bool better = !run.best || scores.top1() > run.best->values["accuracy"];
    run.worse = better ? 0 : run.worse + 1;
    if (better) run.best = Metrics{.values = {{"accuracy", scores.top1()}, {"loss", scores.loss()}}};
    run.best->values["epochs"] = static_cast<double>(report.epoch + 1);
    const bool unwanted = budget.report && !budget.report(static_cast<std::size_t>(report.epoch + 1), *run.best);
    run.ends_here = unwanted || (options_.patience > 0 && run.worse >= options_.patience);
  }

  Loader train_, validation_;
  TrainEvaluatorOptions options_;
  Rng rng_;
};

}  // namespace hwnas
