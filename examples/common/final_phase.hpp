// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  FinalPhase: retrains and measures what was found, and checks the search's assumptions.
#pragma once

#include <algorithm>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "common/session.hpp"
#include "common/teacher.hpp"
#include "common/train_alone.hpp"
#include "hwnas/nn/supernet.hpp"
#include "hwnas/oneshot/one_shot.hpp"
#include "hwnas/profile/count_within.hpp"
#include "hwnas/train/evaluate.hpp"
#include "hwnas/train/split.hpp"

namespace programs {

/// What a search leaves: its supernet (null where the architecture was given) and those it looked at.
template <class Space> struct Searched {
  std::unique_ptr<Supernet<Space>> supernet{};
  std::vector<Candidate<Space>> candidates{};
};

/// What happens to the architecture found.
template <class Space> class FinalPhase {
 public:
  FinalPhase(Session<Space>& session, const Searched<Space>& searched, Teachers<Space>& teachers)
      : session_{session}, searched_{searched}, teachers_{teachers} {}

  void describe(const Architecture<Space>& found) {
    outcome_.found_json = to_json(found);
    outcome_.found = session_.costs(found);
    stand("latency", "ms", *session_.latency, found);
    stand("FLOPs", "multiply-adds", session_.flops, found);
    stand("parameters", "", session_.params, found);
    stand("activations", "bytes", session_.memory, found);
    session_.say("found {}", outcome_.found_json);
  }
  void finish(const Architecture<Space>& found) {
    const Loader test = plain_loader(images_.test, images_, options_);
    if (session_.leads() && !session_.foreign) time_networks(found);
    if (options_.no_retrain) {
      if (session_.leads()) inherit(found, test);
      return;
    }
    teacher_ = teachers_.choose(searched_.supernet.get(), found);
    const Loader whole = learning_loader(images_.whole, images_, options_, session_.rng.split(alone_order));
    const auto trained =
        alone(found, whole, "retraining", session_.state_file("retraining.state"), outcome_.found_json);
    for (const EpochReport& e : trained.summary.history) outcome_.retraining.push_back({e.loss, e.rate, e.seconds});
    outcome_.retraining_seconds = trained.summary.seconds;
    outcome_.retrained = true;
    check_ranks();
    if (session_.leads()) keep(scores_of(*trained.net, test));
  }

 private:
  template <class P>
  void stand(std::string cost, std::string unit, const P& profiler, const Architecture<Space>& found) {
    const auto range = profiler.range();
    const auto own = profiler.profile(found);
    const Bounds below =
        count_within(CountOptions{.memory = std::int64_t{32} << 20}, Within<P>{profiler, range.min, own});
    const double all = to_double(space_size<Space>);
    outcome_.standings.push_back({std::move(cost), std::move(unit), static_cast<double>(range.min.value()),
                                  static_cast<double>(range.max.value()), static_cast<double>(own.value()),
                                  to_double(below.lower) / all, to_double(below.upper) / all});
  }
  [[nodiscard]] static double to_double(u128 value) {
    return static_cast<double>(value.high()) * 18446744073709551616.0 + static_cast<double>(value.low());
  }


  /// Without retraining: the supernet's weights, recalibrated.
  void inherit(const Architecture<Space>& found, const Loader& test) {
    const auto forward = [&](const torch::Tensor& x) { return searched_.supernet->forward(x, found); };
    const EvaluateOptions where{.device = session_.device()};
    const Loader train = learning_loader(images_.train, images_, options_, session_.rng.split(supernet_order));
    recalibrate(*searched_.supernet, forward, train, OneShotOptions{}.recalibration_batches, where).value();
    keep(evaluate(*searched_.supernet, forward, test, where).value());
  }

  [[nodiscard]] TrainedAlone<Space> alone(const Architecture<Space>& a, const Loader& loader, const std::string& label,
                                          const std::filesystem::path& path, const std::string& json) {
    AloneSettings how{.seed = options_.seed, .train = recipe(options_.retrain_epochs, options_.retrain_lr, options_),
                      .smoothing = options_.smoothing, .resume = session_.resumes(path),
                      .distillation = options_.distill_weight, .temperature = options_.distill_temperature};
    if (teacher_) how.teacher = [this](const torch::Tensor& images) { return teacher_->forward(images); };
    Progress progress{session_.console, {.label = label, .total = how.train.epochs * loader.batches()}};
    how.train.progress = &progress;
    how.train.stop = session_.stop.asked();
    how.train.checkpoint.path = path;
    how.train.checkpoint.identity = fmt::format("{}, {}, {} epochs at {}{}", session_.identity("network"), json,
                                                options_.retrain_epochs, options_.retrain_lr, teachers_.identity());
    how.train.checkpoint.save = [&](StateRecord& state) { state.put(architecture_key, json); };
    return train_alone(a, loader, how, session_.rng.split(alone_steps)).value();
  }
  [[nodiscard]] Scores scores_of(Subnet<Space>& net, const Loader& loader) const {
    return evaluate(net, [&](const torch::Tensor& x) { return net.forward(x); }, loader,
                    {.device = session_.device(), .stop = session_.stop.asked()}).value();
  }
  void keep(const Scores& test) {
    outcome_.test_accuracy = test.top1();
    outcome_.test_top5 = test.top5();
  }
  /// Times what was found and candidates from the fastest to the slowest: is the prediction right where the search looked?
  void time_networks(const Architecture<Space>& found) {
    constexpr std::size_t most = 12;
    std::vector<CandidateRow> rows = outcome_.candidates;
    std::sort(rows.begin(), rows.end(),
              [](const auto& a, const auto& b) { return a.costs.latency_ms < b.costs.latency_ms; });
    const std::size_t count = std::min(most, rows.size());
    std::vector<Architecture<Space>> networks{found};
    for (std::size_t i = 0; i < count; ++i) {
      const CandidateRow& row = rows[i * (rows.size() - 1) / std::max<std::size_t>(1, count - 1)];
      networks.push_back(from_json<Space>(row.architecture).value());
      outcome_.timed.push_back({row.architecture, row.costs.latency_ms});
    }
    const CalmMeasurements measured = session_.measured(networks);
    outcome_.measured_ms = measured.things[0].minimum.value();
    outcome_.slowdown = session_.slowdown(measured);
    for (std::size_t i = 0; i < count; ++i) outcome_.timed[i].measured_ms = measured.things[i + 1].minimum.value();
  }

  /// Trains some random candidates alone on the search's own data: does the inherited order hold?
  void check_ranks() {
    if (options_.rank_check == 0) return;
    const Loader train = learning_loader(images_.train, images_, options_, session_.rng.split(alone_order));
    const Loader validation = plain_loader(images_.validation, images_, options_);
    const std::vector<Candidate<Space>> some = drawn_candidates();
    const auto count = std::stoul(session_.from_first([&] { return fmt::format("{}", some.size()); }));
    for (std::size_t i = 0; i < count; ++i) {
      const std::string json = session_.from_first([&] { return to_json(some[i].architecture); });
      const auto trained = alone(from_json<Space>(json).value(), train, fmt::format("rank check {}/{}", i + 1, count),
                                 session_.state_file(fmt::format("rank-{}.state", i)), json);
      if (!session_.leads()) continue;
      outcome_.ranks.push_back({json, some[i].metrics.find("accuracy").value_or(0),
                                scores_of(*trained.net, validation).top1()});
    }
  }
  /// Of those that the search looked at; rank 0 alone knows them.
  [[nodiscard]] std::vector<Candidate<Space>> drawn_candidates() const {
    Rng rng = session_.rng.split(rank_draws);
    std::vector<Candidate<Space>> some = searched_.candidates;
    shuffle(std::span{some}, rng);
    some.resize(std::min(some.size(), static_cast<std::size_t>(options_.rank_check)));
    return some;
  }

  Session<Space>& session_;
  const Searched<Space>& searched_;
  Teachers<Space>& teachers_;
  std::shared_ptr<Subnet<Space>> teacher_{};  ///< null: none
  const Options& options_ = session_.options;
  const Images& images_ = session_.images;
  Outcome& outcome_ = session_.outcome;
};

}  // namespace programs
