// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Evaluation: the evaluator that a command line names, with what it has to prepare.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "common/data.hpp"
#include "evaluation_text.hpp"
#include "hwnas/experiment/command_evaluator.hpp"
#include "hwnas/oneshot/one_shot.hpp"
#include "hwnas/oneshot/spos.hpp"
#include "hwnas/oneshot/supernet_evaluator.hpp"
#include "hwnas/train/naswot.hpp"
#include "hwnas/train/synflow.hpp"
#include "hwnas/train/train_evaluator.hpp"
#include "setting.hpp"

namespace multi_trial {

/// An Evaluator; latency is added to its metrics where it is known. Making it throws Error.
template <class Space>
class Evaluation {
 public:
  explicit Evaluation(Setting<Space>& setting) : setting_{setting} {
    if (options_.tabular()) {
      evaluate_ = [&table = *setting.table](const auto& a, const Budget& budget) { return table.evaluate(a, budget); };
    } else if (options_.evaluator == "command") {
      evaluate_ = [command = CommandEvaluator{{.command = options_.command, .stop = setting.stop.asked()}}](
                      const auto& a, const Budget& budget) { return command.evaluate(a, budget); };
    } else {
      prepare_torch();
      if (options_.evaluator != "synflow") read();
      if (options_.evaluator == "train") train();
      if (options_.evaluator == "supernet") share();
      if (options_.zero_cost()) score_untrained();
    }
  }

  [[nodiscard]] Result<Metrics> evaluate(const Architecture<Space>& a, const Budget& budget) {
    auto metrics = evaluate_(a, budget);
    if (!metrics) return metrics;
    if (const auto latency = setting_.latency_of(a)) metrics->values["latency"] = *latency;
    return metrics;
  }

  /// In words; a store holds trials of one such evaluation.
  [[nodiscard]] std::string text() const {
    if (options_.tabular()) return programs::table_text(options_.accuracy_column, options_.accuracy_file);
    if (options_.evaluator == "command") return programs::command_text(options_.command);
    if (options_.evaluator == "synflow") return fmt::format("synflow, seed {}", options_.seed);
    if (options_.evaluator == "naswot") {
      return fmt::format("naswot of {} images, seed {}; {}", options_.batch_size, options_.seed, images_.text);
    }
    const std::int64_t epochs = options_.evaluator == "train" ? options_.epochs : options_.supernet_epochs;
    return fmt::format("{}, {} epochs, batch {}, lr {}, decay {}, smoothing {}, crop {}, flip {}, cutout {}; {}",
                       options_.evaluator, epochs, options_.batch_size, options_.lr, options_.weight_decay,
                       options_.smoothing, options_.crop, options_.flip, options_.cutout, images_.text);
  }

 private:
  enum Stream : std::uint64_t { order = 31, weights, paths };

  void prepare_torch() const {
    torch::set_num_threads(options_.threads);
    if (options_.device == "cuda" && !torch::cuda::is_available()) {
      throw Error{Error::Code::unavailable, "--device cuda: this LibTorch or this machine has no CUDA device"};
    }
  }
  void read() {
    images_ = programs::read_images(options_, program<Space>.shapes.front(), Compiled<Space>::output.c).value();
    setting_.say("{}", images_.text);
  }
  [[nodiscard]] TrainOptions recipe(std::int64_t epochs) const {
    return {.epochs = epochs,
            .optimiser = {.weight_decay = options_.weight_decay},
            .schedule = CosineRate{.rate = options_.lr, .warmup = 0.1},
            .device = options_.device == "cuda" ? torch::kCUDA : torch::kCPU,
            .stop = setting_.stop.asked()};
  }
  [[nodiscard]] Loader learning() const {
    return programs::learning_loader(images_.train, images_, options_, rng_.split(order));
  }
  [[nodiscard]] Loader judging() const { return programs::plain_loader(images_.validation, images_, options_); }

  void train() {
    setting_.say("each network: {} epochs of {} images, batch {}, peak rate {}; judged on {}", options_.epochs,
                 images_.train.size(), options_.batch_size, options_.lr, images_.validation.size());
    TrainEvaluatorOptions how{
        .train = recipe(options_.epochs), .smoothing = options_.smoothing, .patience = options_.patience};
    evaluate_ = [evaluator = TrainEvaluator<Space>{learning(), judging(), std::move(how), rng_.split(weights)}](
                    const auto& a, const Budget& budget) {
      at::globalContext().setFlushDenormal(true);  // a thread's own; numbers near zero cost a hundred cycles each
      return evaluator.evaluate(a, budget);
    };
  }

  void score_untrained() {
    const Rng rng = rng_.split(weights);
    if (options_.evaluator == "synflow") {
      evaluate_ = [evaluator = Synflow<Space>{rng}](const auto& a, const Budget& budget) {
        return evaluator.evaluate(a, budget);
      };
      return;
    }
    const auto images = keep_batches(learning(), 1).value().front().images;
    evaluate_ = [evaluator = Naswot<Space>{images, rng}](const auto& a, const Budget& budget) {
      return evaluator.evaluate(a, budget);
    };
  }

  void share() {
    torch::manual_seed(options_.seed);
    supernet_ = std::make_unique<Supernet<Space>>();
    train_supernet();
    InheritedWeights<Space> judge{*supernet_,
                                  keep_batches(learning(), OneShotOptions{}.recalibration_batches).value(),
                                  keep_batches(judging()).value(),
                                  {.device = recipe(1).device, .stop = setting_.stop.asked()}};
    const auto evaluator = std::make_shared<SupernetEvaluator<Space>>(std::move(judge));
    evaluate_ = [evaluator](const auto& a, const Budget& budget) { return evaluator->evaluate(a, budget); };
  }
  void train_supernet() {
    OneShot<Spos<Space>> search{*supernet_, Spos<Space>::make({.label_smoothing = options_.smoothing}, {}).value()};
    OneShotOptions how{.train = recipe(options_.supernet_epochs)};
    how.train.checkpoint.path = options_.supernet_file();
    how.train.checkpoint.identity =
        fmt::format("supernet of {} {:016x}; {}; seed {}", options_.space, fingerprint<Space>(), text(), options_.seed);
    how.resume = std::filesystem::exists(how.train.checkpoint.path);
    const Loader loader = learning();
    Progress progress{setting_.console, {.label = "supernet", .total = how.train.epochs * loader.batches()}};
    how.train.progress = &progress;
    (void)search.train(loader, how, rng_.split(paths)).value();
  }

  Setting<Space>& setting_;
  const Options& options_ = setting_.options;
  Rng rng_{options_.seed};
  programs::Images images_{};
  std::unique_ptr<Supernet<Space>> supernet_{};
  std::function<Result<Metrics>(const Architecture<Space>&, const Budget&)> evaluate_{};
};

}  // namespace multi_trial
