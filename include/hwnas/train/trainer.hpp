// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Trainer: the training loop. What a step does is the caller's; the loop does the rest.
///        Trainer trainer{*net, loader, {.epochs = 20, .schedule = CosineRate{.rate = 0.1}}, Rng{seed}};
///        auto summary = trainer.fit([&](const Batch& batch, Rng& rng) {              // rng: for this step's draws
///          return cross_entropy(net->forward(batch.images, draw(rng)), batch.labels, 0.1);
///        });
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/core/rng.hpp"
#include "hwnas/experiment/progress.hpp"
#include "hwnas/nn/torch.hpp"
#include "hwnas/train/autocast.hpp"
#include "hwnas/train/checkpoint.hpp"
#include "hwnas/train/data_parallel.hpp"
#include "hwnas/train/loader.hpp"
#include "hwnas/train/optimiser.hpp"
#include "hwnas/train/schedule.hpp"
#include "hwnas/train/state_record.hpp"
#include "hwnas/train/step_not_finite.hpp"
#include "hwnas/train/torch_error.hpp"

namespace hwnas {

/// Where a run is after a step.
struct StepReport {
  std::int64_t epoch = 0;  ///< from 0
  std::int64_t batch = 0;  ///< within the epoch, from 0
  std::int64_t step = 0;   ///< of the whole run, from 0
  std::int64_t steps = 0;  ///< the whole run has
  double loss = 0;
  double rate = 0;  ///< learning rate of this step
};

/// What an epoch came to. The hook may fill in `accuracy`; it is kept in the history and the checkpoint.
struct EpochReport {
  std::int64_t epoch = 0;  ///< from 0
  double loss = 0;         ///< mean over the epoch's steps
  double rate = 0;         ///< learning rate of the last step
  double seconds = 0;      ///< training alone, without the hook
  std::optional<double> accuracy{};
};

/// Where the run's state is kept. Without a path nothing is written.
struct CheckpointOptions {
  std::filesystem::path path{};
  std::string identity{};         ///< space, strategy and recipe in words; another identity is refused at resume()
  std::int64_t every_epochs = 1;  ///< 0: only at the end and when stopped
  std::int64_t every_steps = 0;   ///< 0: not within an epoch
  std::function<void(StateRecord&)> save{};                ///< adds what the caller's strategy must remember
  std::function<Result<void>(const StateRecord&)> load{};  ///< and takes it back
};

/// How to train.
struct TrainOptions {
  std::int64_t epochs = 10;
  OptimiserOptions optimiser{};
  Schedule schedule = CosineRate{};
  double clip_norm = 0;  ///< largest norm of all gradients together; 0: not clipped
  torch::Device device = torch::kCPU;
  bool mixed_precision = false;  ///< the step runs in bfloat16 where LibTorch finds that safe (Autocast)
  CheckpointOptions checkpoint{};
  std::function<bool()> stop{};  ///< asked after each step and epoch: StopSignal::asked()
  std::function<void(const StepReport&)> on_step{};
  std::function<void(EpochReport&)> on_epoch{};  ///< validation goes here
  Progress* progress = nullptr;                  ///< shown where given
  Ranks* ranks = nullptr;                        ///< the processes this one trains with (join_ranks); null: none
};

/// What a whole run came to.
struct TrainSummary {
  std::int64_t steps = 0;
  double seconds = 0;  ///< training alone, over all its resumptions
  std::vector<EpochReport> history{};
};

/// The training loop over a module's parameters. The module and the loader must outlive it.
///   Laws     a run that was stopped anywhere (also by kill -9) and resumed ends with the same bits as one that was
///            not, on one thread of LibTorch and with a step that depends on its arguments and the module alone.
///            Several ranks: each takes its batches (the loader's batch size is a rank's), all have the same weights
///            after each step, those of one process with the larger batch; rank 0 writes the checkpoint
class Trainer {
 public:
  /// One step: the loss of a batch. With gradients, the Trainer calls backward(); a loss without says that the step has
  /// called it itself, as often as it needed (several paths a step).
  using Step = std::function<torch::Tensor(const Batch&, Rng&)>;

  Trainer(torch::nn::Module& module, const Loader& loader, TrainOptions options, const Rng& rng)
      : module_{module},
        parallel_{options.ranks, module},
        loader_{parallel_.shard(loader)},
        options_{std::move(options)},
        rng_{rng.split(stream)} {
    if (!parallel_.leads()) options_.progress = nullptr;
    module_.to(options_.device);  // before the optimiser takes hold of the parameters
    optimiser_ = make_optimiser(module_, options_.optimiser);
  }

  /// Trains up to options.epochs, from wherever the run is.
  ///   Errors   interrupted when stopped; bad_value for a loss that is not finite, with where that was, and what a step
  ///            throws, with the state beside the checkpoint; what LibTorch, the loader and the disk refuse; unavailable
  ///            when another rank is gone, mismatch where ranks differ. The checkpoint on disk is then the last good one
  template <class StepFunction> [[nodiscard]] Result<TrainSummary> fit(StepFunction&& step) {
    return guarded("training", [&]() -> Result<TrainSummary> {
      if constexpr (std::is_invocable_v<StepFunction&, const Batch&, Rng&>) {
        return run([&step](const Batch& batch, Rng& rng) -> torch::Tensor { return step(batch, rng); });
      } else {
        return run([&step](const Batch& batch, Rng&) -> torch::Tensor { return step(batch); });
      }
    });
  }

  /// Goes on where the checkpoint was written; position, weights, optimiser, generators and seed come from there.
  ///   Errors   not_found, io, bad_format for the file; mismatch where it belongs to another space, strategy or recipe
  [[nodiscard]] Result<void> resume() { return resume(options_.checkpoint.path); }
  [[nodiscard]] Result<void> resume(const std::filesystem::path& path) {
    return guarded(path.string(), [&]() -> Result<void> {
      auto state = parallel_.load(path);
      if (!state) return state.error();
      return restore(*state);
    });
  }

  /// Writes the run's state now.
  [[nodiscard]] Result<void> save(const std::filesystem::path& path) {
    return guarded(path.string(), [&]() -> Result<void> {
      parallel_.average_statistics();
      StateRecord state;
      if (auto done = collect(state); !done) return done;
      return parallel_.save(state, path);
    });
  }

  [[nodiscard]] std::int64_t epoch() const { return epoch_; }
  [[nodiscard]] std::int64_t step() const { return step_; }
  [[nodiscard]] std::int64_t steps() const { return options_.epochs * loader_.batches(); }
  [[nodiscard]] const std::vector<EpochReport>& history() const { return history_; }
  [[nodiscard]] torch::optim::Optimizer& optimiser() { return *optimiser_; }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::uint64_t stream = 0x747261696e;  // "train": apart from a Loader's stream of the same Rng

  Result<TrainSummary> run(const Step& step) {
    if (auto done = parallel_.begin(options_.checkpoint.identity, loader_, rng_); !done) return done.error();
    if (options_.progress != nullptr) options_.progress->start(steps(), step_);
    while (epoch_ < options_.epochs) {
      if (auto done = run_epoch(step); !done) return done.error();
      if (auto done = end_epoch(); !done) return done.error();
    }
    if (options_.progress != nullptr) options_.progress->finish();
    TrainSummary summary{.steps = step_, .seconds = 0, .history = history_};
    for (const EpochReport& report : history_) summary.seconds += report.seconds;
    return summary;
  }

  Result<void> run_epoch(const Step& step) {
    module_.train();
    auto batches = loader_.epoch(epoch_, batch_);
    auto before = Clock::now();
    for (;;) {
      auto batch = batches.next();
      if (!batch) return batch.error();
      if (!batch->has_value()) return {};
      const StepReport report = train(step, (*batch)->to(options_.device));
      ++batch_;
      ++step_;
      loss_sum_ += report.loss;
      seconds_ += std::chrono::duration<double>(Clock::now() - before).count();
      show(report);
      if (options_.on_step) options_.on_step(report);
      const std::int64_t every = options_.checkpoint.every_steps;
      // The last batch's state is saved by end_epoch, after the hook.
      if (every > 0 && step_ % every == 0 && batch_ < loader_.batches()) {
        if (auto done = save_checkpoint(); !done) return done;
      }
      if (asked_to_stop() && batch_ < loader_.batches()) return stopped();
      before = Clock::now();
    }
  }

  StepReport train(const Step& step, const Batch& batch) {
    StepReport report{.epoch = epoch_, .batch = batch_, .step = step_, .steps = steps()};
    report.rate = options_.schedule(step_, report.steps);
    set_rate(*optimiser_, report.rate);
    clear_gradients(*optimiser_);
    Rng draws = parallel_.draws(rng_.split(static_cast<std::uint64_t>(step_)));
    const detail::NormsAcross norms{parallel_.ranks(), module_};
    report.loss = parallel_.backward(loss_of(step, batch, draws));
    const double norm = options_.clip_norm > 0 ? clip_gradients(*optimiser_, options_.clip_norm) : 0.0;
    // Before the optimiser's step, so that the weights are still those that made it.
    if (!std::isfinite(report.loss) || !std::isfinite(norm)) throw not_finite(report);
    optimiser_->step();
    return report;
  }

  /// What the step itself finds not finite (a strategy's own loss) stops the run as the loss here would.
  torch::Tensor loss_of(const Step& step, const Batch& batch, Rng& draws) {
    const Autocast half{options_.device.type(), options_.mixed_precision};
    try {
      return step(batch, draws);
    } catch (const StepNotFinite& error) {
      throw Error{error.code, error.message + kept_as_failed()};
    } catch (const Error& error) {
      // Where another rank may have gone on, nobody can save together.
      if (error.code != Error::Code::bad_value || parallel_.size() > 1) throw;
      throw Error{error.code, error.message + kept_as_failed()};
    }
  }

  Result<void> end_epoch() {
    const auto count = static_cast<double>(loader_.batches());
    EpochReport report{
        .epoch = epoch_, .loss = loss_sum_ / count, .rate = options_.schedule(step_ - 1, steps()), .seconds = seconds_};
    parallel_.average_statistics();
    if (options_.on_epoch) options_.on_epoch(report);
    history_.push_back(report);
    ++epoch_;
    batch_ = 0;
    loss_sum_ = seconds_ = 0;
    const std::int64_t every = options_.checkpoint.every_epochs;
    const bool last = epoch_ == options_.epochs;
    if (last || (every > 0 && epoch_ % every == 0)) {
      if (auto done = save_checkpoint(); !done) return done;
    }
    if (!last && asked_to_stop()) return stopped();
    return {};
  }

  bool asked_to_stop() { return options_.stop && parallel_.any(options_.stop()); }

  void show(const StepReport& report) {
    if (options_.progress == nullptr) return;
    std::string text = fmt::format("epoch {}/{}  loss {:.4f}  lr {:.2g}", report.epoch + 1, options_.epochs,
                                   loss_sum_ / static_cast<double>(batch_), report.rate);
    if (!history_.empty() && history_.back().accuracy)
      text += fmt::format("  accuracy {:.2f} %", 100 * *history_.back().accuracy);
    options_.progress->advance(1, text);
  }

  Result<void> save_checkpoint() {
    return options_.checkpoint.path.empty() ? Result<void>{} : save(options_.checkpoint.path);
  }

  Error stopped() {
    if (options_.progress != nullptr) options_.progress->pause();
    if (auto done = save_checkpoint(); !done) return done.error();
    const std::string kept = options_.checkpoint.path.empty() ? std::string{"no checkpoint was asked for"}
                                                              : "its state is in " + options_.checkpoint.path.string();
    return Error{Error::Code::interrupted,
                 fmt::format("training was stopped after step {} of {} (epoch {} of {}); {}", step_, steps(),
                             std::min(epoch_ + 1, options_.epochs), options_.epochs, kept)};
  }

  Error not_finite(const StepReport& report) {
    if (options_.progress != nullptr) options_.progress->pause();
    const std::string text = fmt::format(
        "the {} is not finite at step {} (epoch {}, batch {} of {}, learning rate {:.3g}); try a smaller rate or "
        "clip_norm",
        std::isfinite(report.loss) ? "gradients' norm" : "loss", report.step, report.epoch + 1, report.batch + 1,
        loader_.batches(), report.rate);
    return Error{Error::Code::bad_value, text + kept_as_failed()};
  }

  /// The state goes to a file of its own: the checkpoint must stay one that can be resumed with a smaller rate.
  std::string kept_as_failed() {
    if (options_.checkpoint.path.empty()) return {};
    const std::string path = options_.checkpoint.path.string() + ".failed";
    return save(path) ? "; the state before that step is in " + path : std::string{};
  }

  Result<void> collect(StateRecord& state) {
    state.put("identity", options_.checkpoint.identity);
    for (const auto& [name, value] : position()) state.put(name, *value);
    state.put("batches", loader_.batches());
    if (parallel_.size() > 1) state.put("ranks", parallel_.size());
    state.put("loss_sum", loss_sum_);
    state.put("seconds", seconds_);
    state.put("history", history_array());
    put_rng(state, "rng", rng_);
    put_rng(state, "loader_rng", loader_.rng());
    put_generators(state, "generator", options_.device);
    put_module(state, "model", module_);
    if (auto done = put_optimiser(state, "optimiser", *optimiser_); !done) return done;
    if (options_.checkpoint.save) options_.checkpoint.save(state);
    return {};
  }

  Result<void> restore(const StateRecord& state) {
    if (auto done = check_identity(state); !done) return done;
    for (const auto& [name, value] : position()) *value = state.get<std::int64_t>(name).value();
    loss_sum_ = state.get<double>("loss_sum").value();
    seconds_ = state.get<double>("seconds").value();
    restore_history(state.get<StateArray>("history").value());
    get_rng(state, "rng", rng_).value();
    Rng order;
    get_rng(state, "loader_rng", order).value();
    loader_.set_rng(order);
    get_generators(state, "generator", options_.device).value();
    get_module(state, "model", module_).value();
    get_optimiser(state, "optimiser", *optimiser_).value();
    StateRecord moved = state;
    if (move_to_batches(state.get<std::int64_t>("batches").value())) moved.put("moved_step", step_);
    if (!options_.checkpoint.load) return {};
    return options_.checkpoint.load(moved);
  }

  // The same place in the epoch where another number of ranks makes another number of batches; a started batch anew.
  bool move_to_batches(std::int64_t before) {
    const std::int64_t now = loader_.batches();
    if (before == now) return false;
    const std::int64_t batch = batch_ * now / before;
    loss_sum_ = batch_ > 0 ? loss_sum_ * static_cast<double>(batch) / static_cast<double>(batch_) : 0;
    batch_ = batch;
    step_ = epoch_ * now + batch_;
    return true;
  }
  [[nodiscard]] bool of_as_many_ranks(const StateRecord& state) const {
    return (state.contains("ranks") ? state.get<std::int64_t>("ranks").value() : 1) == parallel_.size();
  }

  Result<void> check_identity(const StateRecord& state) const {
    auto identity = state.get<std::string>("identity");
    if (!identity) return identity.error();
    if (*identity != options_.checkpoint.identity) {
      return Error{Error::Code::mismatch, fmt::format("{}: the checkpoint belongs to '{}', and this run is '{}'",
                                                      state.source(), *identity, options_.checkpoint.identity)};
    }
    auto batches = state.get<std::int64_t>("batches");
    if (!batches) return batches.error();
    if (*batches != loader_.batches() && of_as_many_ranks(state)) {
      return Error{Error::Code::mismatch,
                   fmt::format("{}: the checkpoint's epochs have {} batches, and this run's have {}; use the "
                               "same data and batch size",
                               state.source(), *batches, loader_.batches())};
    }
    return {};
  }

  [[nodiscard]] std::vector<std::pair<std::string, std::int64_t*>> position() {
    return {{"epoch", &epoch_}, {"batch", &batch_}, {"step", &step_}};
  }

  [[nodiscard]] StateArray history_array() const {
    std::vector<double> numbers;
    for (const EpochReport& report : history_) {
      numbers.insert(numbers.end(), {report.loss, report.rate, report.seconds,
                                     report.accuracy.value_or(std::numeric_limits<double>::quiet_NaN())});
    }
    return to_array(torch::tensor(numbers, torch::kFloat64));
  }

  void restore_history(const StateArray& array) {
    const torch::Tensor numbers = to_tensor(array).value().reshape({-1, 4});
    history_.clear();
    for (std::int64_t i = 0; i < numbers.size(0); ++i) {
      const auto at = [&](int column) { return numbers[i][column].item<double>(); };
      history_.push_back({.epoch = i, .loss = at(0), .rate = at(1), .seconds = at(2)});
      if (!std::isnan(at(3))) history_.back().accuracy = at(3);
    }
  }

  torch::nn::Module& module_;
  DataParallel parallel_;
  Loader loader_;
  TrainOptions options_;
  Rng rng_;
  std::unique_ptr<torch::optim::Optimizer> optimiser_;
  std::int64_t epoch_ = 0, batch_ = 0, step_ = 0;
  double loss_sum_ = 0, seconds_ = 0;
  std::vector<EpochReport> history_;
};

}  // namespace hwnas
