// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Single Path One-Shot (Guo et al. 2020): one uniformly drawn path a step, then evolution on inherited weights.
///        Spos<S> spos{{.evolution = {.population = 50}}, budgets};
///        trainer.fit([&](const Batch& batch, Rng& rng) { return spos.step(supernet, batch, rng); });
///        auto found = spos.choose(judge, rng).value().best;
///        OneShot search{supernet, Spos<S>{}, HardConstraint{latency, 3_ms}};      // no path outside, in training either
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "hwnas/oneshot/budgets.hpp"
#include "hwnas/oneshot/concepts.hpp"
#include "hwnas/oneshot/search_log.hpp"
#include "hwnas/oneshot/terms.hpp"
#include "hwnas/profile/constraints.hpp"
#include "hwnas/search/evolution.hpp"
#include "hwnas/train/metrics.hpp"

namespace hwnas {

/// Settings of SPOS. The paper trains on ImageNet with label smoothing 0.1 and draws its paths from the whole space.
struct SposOptions {
  EvolutionOptions evolution{};
  SearchLogOptions log{};
  double label_smoothing = 0.1;
  bool filter_training = false;  ///< draw the training paths inside the budgets, too
};

/// The strategy. Training paths are uniform over distinct architectures, or over exactly those inside the budgets.
template <class Space> class Spos {
 public:
  using space = Space;
  using Draw = typename Budgets<Space>::Draw;
  static constexpr bool differentiable = false;
  using Seen = typename SearchLog<Space>::Seen;

  /// Errors   the constructor throws Budgets::sampler's; make() returns it
  explicit Spos(SposOptions options = {}, Budgets<Space> budgets = {}, Seen seen = {})
      : options_{std::move(options)},
        budgets_{std::move(budgets)},
        feasible_{budgets_.sampler().value()},
        training_{options_.filter_training ? budgets_ : Budgets<Space>{}},
        path_{options_.filter_training ? feasible_ : Draw{Uniform<Space>{}}},
        seen_{std::move(seen)},
        log_{options_.log} {}
  [[nodiscard]] static Result<Spos> make(SposOptions options, Budgets<Space> budgets, Seen seen = {}) {
    try {
      return Spos{std::move(options), std::move(budgets), std::move(seen)};
    } catch (const Error& error) {
      return error;
    }
  }

  /// Draws the training paths inside these limits (and the constraints), whatever budgets the search keeps to: a first
  /// stage left candidates out.
  ///   Errors   those of Budgets::sampler; the paths are then those of before
  [[nodiscard]] Result<void> train_inside(const Budgets<Space>& limits) {
    Budgets<Space> all = limits;
    for (const auto& limit : constraints_) limit(all);
    auto inside = all.sampler();
    if (!inside) return inside.error();
    training_ = std::move(all);
    path_ = std::move(*inside);
    return {};
  }
  /// Draws nothing outside from now on, neither for training nor in the search. Draws stay uniform over what is inside.
  ///   Errors   throws Budgets::sampler's
  template <Constraint C> void constrain(const C& constraint) {
    constraints_.push_back([within = constraint.within()](Budgets<Space>& budgets) {
      budgets.add("a cost", within.profiler, within.lo, within.hi);
    });
    for (Budgets<Space>* budgets : {&budgets_, &training_}) constraints_.back()(*budgets);
    feasible_ = budgets_.sampler().value();
    path_ = training_.sampler().value();
  }
  /// Lowers the score of what is dear: evolution goes by the penalised one, which metrics hold as "penalised". Several
  /// apply one after another.
  ///   Errors   compile errors where the penalty is differentiable, of another space, or needs updates (DualAscent)
  template <Penalty P> void penalise(const P& penalty) {
    require_penalises_scores<Spos, P>();
    penalties_.push_back(
        [penalty](const Architecture<Space>& a, double score) { return penalty(score, penalty.cost(a)); });
  }

  /// The loss of one path on a batch.
  [[nodiscard]] torch::Tensor step(Supernet<Space>& supernet, const Batch& batch, Rng& rng) const {
    return cross_entropy(supernet.forward(batch.images, path_(rng)), batch.labels, options_.label_smoothing);
  }

  /// Takes up the candidates of an earlier run from options.log.path.
  [[nodiscard]] Result<void> resume() { return log_.load(); }

  /// Evolution inside the budgets, judged with inherited weights.
  ///   Errors   those of SearchLog::run
  [[nodiscard]] Result<Choice<Space>> choose(const Judge<Space>& judge, Rng& rng) {
    Evolution<Space> evolution{options_.evolution, feasible_,
                               [this](const Architecture<Space>& a) { return budgets_.allows(a); }};
    if (penalties_.empty()) return log_.run(evolution, rng, judge, seen_);
    return log_.run(evolution, rng, [&](const Architecture<Space>& a) { return penalised(a, judge(a)); }, seen_);
  }

  [[nodiscard]] const Budgets<Space>& budgets() const { return budgets_; }
  /// Uniform over the architectures inside the budgets.
  [[nodiscard]] const Draw& feasible() const { return feasible_; }

 private:
  Result<Metrics> penalised(const Architecture<Space>& a, Result<Metrics> judged) const {
    if (!judged) return judged;
    double score = judged->score();
    for (const auto& penalty : penalties_) score = penalty(a, score);
    judged->values["penalised"] = score;
    judged->objective = "penalised";
    return judged;
  }

  SposOptions options_;
  Budgets<Space> budgets_;
  Draw feasible_;
  Budgets<Space> training_;  // empty: the whole space
  Draw path_;
  std::vector<std::function<void(Budgets<Space>&)>> constraints_{};
  std::vector<std::function<double(const Architecture<Space>&, double)>> penalties_{};
  Seen seen_;
  SearchLog<Space> log_;
};

/// NNI's name of the same strategy.
template <class Space> using RandomOneShot = Spos<Space>;

}  // namespace hwnas
