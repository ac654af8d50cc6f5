// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  One search: what every strategy's file compiles for every space.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "any_loss.hpp"
#include "common/final_phase.hpp"
#include "hardware.hpp"
#include "hwnas/oneshot/expectation_penalty.hpp"
#include "hwnas/oneshot/sample_penalty.hpp"
#include "options.hpp"

namespace proxyless {

/// What a search is given.
template <class Space> struct Task {
  programs::Session<Space>& session;
  const Options& options;
  Hardware<Space> hardware;
  Cost reference{};
  Cost lo{}, hi{};  ///< what may be drawn and chosen
  std::string budget{};  ///< the same in words, for the checkpoint's identity
};
/// What it comes to.
template <class Space> struct Found {
  hwnas::Architecture<Space> architecture{};
  programs::Searched<Space> searched{};
};

/// Each is in its own file, for every space of types.hpp.
template <class Space> Found<Space> search_proxylessnas(const Task<Space>& task);
template <class Space> Found<Space> search_reinforce(const Task<Space>& task);
template <class Space> Found<Space> search_darts(const Task<Space>& task);  // both orders
template <class Space> Found<Space> search_gumbel(const Task<Space>& task);
template <class Space> Found<Space> search_enas(const Task<Space>& task);

template <class Space> Found<Space> search(const Task<Space>& task) {
  const std::string& name = task.options.strategy;
  if (name == "proxylessnas") return search_proxylessnas(task);
  if (name == "reinforce") return search_reinforce(task);
  if (name == "gumbel") return search_gumbel(task);
  if (name == "enas") return search_enas(task);
  return search_darts(task);
}

/// Runs a policy of hwnas.
template <class Space, class Policy> class PolicySearch {
 public:
  using Penalised = std::conditional_t<Policy::differentiable, hwnas::ExpectationPenalty<Hardware<Space>, AnyLoss>,
                                       hwnas::SamplePenalty<Hardware<Space>, AnyLoss>>;
  using Filter = hwnas::RangeProfilerFilter<Hardware<Space>>;

  explicit PolicySearch(const Task<Space>& task) : task_{task} {}

  [[nodiscard]] Found<Space> run(Policy policy) {
    using namespace hwnas;
    torch::manual_seed(options().seed);
    Found<Space> found{.searched = {.supernet = std::make_unique<Supernet<Space>>()}};
    OneShot search{*found.searched.supernet, std::move(policy),
                   Penalised{task_.hardware, task_.reference, AnyLoss::of(options())},
                   Filter{task_.hardware, task_.lo, task_.hi}};
    const auto& images = session().images;
    const Loader train =
        programs::learning_loader(images.train, images, options(), session().rng.split(programs::supernet_order));
    const Loader validation = validation_loader();
    OneShotOptions how = settings();
    Progress progress{session().console, {.label = "search", .total = options().epochs * train.batches()}};
    how.train.progress = &progress;
    how.train.on_step = [&](const StepReport& at) { log(at, search.strategy().history()); };
    const TrainSummary summary = search.train({train, validation}, how, session().rng.split(programs::supernet_paths)).value();
    how.train.progress = nullptr;
    keep(summary, search.strategy());
    const std::string json = session().from_first([&] {
      const auto chosen = search.choose({train, validation}, how, session().rng.split(programs::choice)).value();
      session().outcome.inherited_accuracy = chosen.best.metrics.find("accuracy");
      return to_json(chosen.best.architecture);
    });
    found.architecture = from_json<Space>(json).value();
    return found;
  }

 private:
  [[nodiscard]] programs::Session<Space>& session() const { return task_.session; }
  [[nodiscard]] const Options& options() const { return task_.options; }

  /// The architecture's part: in an order of its own, not augmented.
  [[nodiscard]] hwnas::Loader validation_loader() const {
    const auto& images = session().images;
    return hwnas::Loader::make(images.validation,
                               {.batch_size = options().batch_size, .training = true, .normalisation = images.normal,
                                .workers = options().workers, .pinned = options().device == "cuda"},
                               session().rng.split(programs::judge_order))
        .value();
  }
  [[nodiscard]] hwnas::OneShotOptions settings() const {
    hwnas::OneShotOptions how{.epochs = options().epochs, .warmup_epochs = options().warmup_epochs,
                              .train = programs::recipe(options().epochs, options().lr, options())};
    how.train.stop = session().stop.asked();
    how.train.checkpoint.path = session().state_file("search.state");
    how.train.checkpoint.identity = fmt::format("{}; {}, {} epochs, {} to warm up, architecture at {}, {}",
                                                session().identity("search"), options().strategy, options().epochs,
                                                options().warmup_epochs, options().arc_learning_rate, task_.budget);
    how.resume = session().resumes(how.train.checkpoint.path);
    return how;
  }
  void log(const hwnas::StepReport& at, const std::vector<hwnas::ArchitectureStep>& history) const {
    if (options().log_frequency == 0 || (at.step + 1) % options().log_frequency != 0) return;
    const std::string learnt =
        history.empty() ? ""
                        : fmt::format(", architecture: loss {:.4f}, entropy {:.3f}, expected {}", history.back().loss,
                                      history.back().entropy, task_.hardware.text(history.back().costs.front()));
    session().say("epoch {} step {}: loss {:.4f}{}", at.epoch + 1, at.batch + 1, at.loss, learnt);
  }
  void keep(const hwnas::TrainSummary& summary, const auto& searched) const {
    programs::Outcome& outcome = session().outcome;
    for (const hwnas::EpochReport& e : summary.history) outcome.supernet.push_back({e.loss, e.rate, e.seconds});
    outcome.training_seconds = summary.seconds;
    for (const hwnas::ArchitectureStep& at : searched.history()) {
      outcome.history.push_back({at.step, at.loss, at.penalised, at.entropy, at.costs.front()});
    }
    for (const hwnas::WeightStep& at : searched.weight_history()) outcome.weight_history.push_back({at.step, at.loss});
  }

  const Task<Space>& task_;
};

/// What all policies take from the command line.
[[nodiscard]] inline hwnas::ArchitectureOptions with_rate(hwnas::ArchitectureOptions defaults, const Options& options) {
  defaults.rate = options.arc_learning_rate;
  return defaults;
}

}  // namespace proxyless
