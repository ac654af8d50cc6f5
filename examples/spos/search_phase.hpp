// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  SearchPhase: trains the supernet and lets evolution choose.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "budgets.hpp"
#include "common/final_phase.hpp"
#include "common/train_alone.hpp"
#include "hwnas/oneshot/one_shot.hpp"
#include "hwnas/oneshot/spos.hpp"

namespace spos {

/// The search of one run.
template <class Space> class SearchPhase {
 public:
  explicit SearchPhase(BudgetedSession<Space>& session) : session_{session} {}

  [[nodiscard]] const programs::Searched<Space>& searched() const { return searched_; }

  [[nodiscard]] Architecture<Space> search() {
    torch::manual_seed(options_.seed);
    searched_.supernet = std::make_unique<Supernet<Space>>();
    OneShot<Spos<Space>> search{*searched_.supernet, make_strategy()};
    OneShotOptions how{.train = programs::recipe(options_.epochs, options_.lr, options_)};
    how.train.stop = session_.stop.asked();
    how.train.checkpoint.path = session_.state_file("supernet.state");
    how.train.checkpoint.identity =
        session_.identity("supernet") + session_.candidates_identity() +
        (options_.filter_training ? ", " + session_.budget_identity() : "");
    how.resume = session_.resumes(how.train.checkpoint.path);
    const Loader train =
        programs::learning_loader(images_.train, images_, options_, session_.rng.split(programs::supernet_order));
    const Loader validation = programs::plain_loader(images_.validation, images_, options_);
    train_supernet(search, train, how);
    // Rank 0 looks at candidates for all: accuracies that differ in their last bit would lead elsewhere.
    const std::string found = session_.from_first([&] { return to_json(evolve(search, {train, validation}, how)); });
    return from_json<Space>(found).value();
  }

 private:
  [[nodiscard]] Spos<Space> make_strategy() {
    SposOptions how{.evolution = {.population = options_.population,
                                  .generations = options_.generations,
                                  .parents = options_.parents,
                                  .crossover = options_.crossover,
                                  .mutation = options_.mutation},
                    .log = {.path = session_.state_file("search.state"), .stop = session_.stop.asked()},
                    .label_smoothing = options_.smoothing,
                    .filter_training = options_.filter_training};
    how.log.identity =
        fmt::format("{}; epochs {}, {}, population {}, generations {}, parents {}, mutation {}, crossover {}",
                    session_.identity("search"), options_.epochs, session_.budget_identity() + session_.candidates_identity(),
                    options_.population,
                    options_.generations, options_.parents, options_.mutation, options_.crossover);
    auto strategy =
        Spos<Space>::make(how, session_.budgets, [this](const auto& c, bool replayed) { seen(c, replayed); }).value();
    if (!options_.filter_training) strategy.train_inside(session_.candidates).value();
    return strategy;
  }

  void train_supernet(OneShot<Spos<Space>>& search, const Loader& train, OneShotOptions& how) {
    Progress progress{session_.console, {.label = "supernet", .total = how.train.epochs * train.batches()}};
    how.train.progress = &progress;
    const TrainSummary summary = search.train(train, how, session_.rng.split(programs::supernet_paths)).value();
    how.train.progress = nullptr;
    for (const EpochReport& e : summary.history) outcome_.supernet.push_back({e.loss, e.rate, e.seconds});
    outcome_.training_seconds = summary.seconds;
  }

  [[nodiscard]] Architecture<Space> evolve(OneShot<Spos<Space>>& search, const OneShotData& data,
                                           const OneShotOptions& how) {
    if (session_.kept(session_.state_file("search.state"))) search.strategy().resume().value();
    const double before = steady_seconds();
    Progress progress{session_.console, {.label = "evolution",
                                 .total = std::int64_t{options_.population} * options_.generations,
                                 .unit = "networks"}};
    progress_ = &progress;
    const Choice<Space> chosen = search.choose(data, how, session_.rng.split(programs::choice)).value();
    progress_ = nullptr;
    progress.finish();
    outcome_.search_seconds = steady_seconds() - before;
    searched_.candidates = chosen.candidates;
    outcome_.inherited_accuracy = chosen.best.metrics.find("accuracy");
    return chosen.best.architecture;
  }

  void seen(const Candidate<Space>& c, bool) {
    const double accuracy = c.metrics.find("accuracy").value_or(0);
    best_ = std::max(best_, accuracy);
    outcome_.candidates.push_back({to_json(c.architecture), c.generation, accuracy, c.metrics.find("loss").value_or(0),
                                   session_.costs(c.architecture)});
    if (progress_ != nullptr) {
      progress_->advance(
          1, fmt::format("generation {}/{}  best {:.2f} %", c.generation + 1, options_.generations, 100 * best_));
    }
  }

  BudgetedSession<Space>& session_;
  const Options& options_ = session_.given;
  const programs::Images& images_ = session_.images;
  programs::Outcome& outcome_ = session_.outcome;
  programs::Searched<Space> searched_;
  Progress* progress_ = nullptr;
  double best_ = 0;
};

}  // namespace spos
