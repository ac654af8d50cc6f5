// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  LearnedSearch: architecture parameters that learn beside the weights. A policy estimates gradients; what all
///        have in common is here: Adam, penalties, constraints, history, checkpoints, the choice at the end.
///        OneShot makes one of a policy and its terms.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/oneshot/architecture_step.hpp"
#include "hwnas/oneshot/concepts.hpp"
#include "hwnas/oneshot/penalty.hpp"
#include "hwnas/oneshot/kept_architectures.hpp"
#include "hwnas/oneshot/policy.hpp"
#include "hwnas/oneshot/terms.hpp"
#include "hwnas/oneshot/validation_batches.hpp"
#include "hwnas/train/checkpoint.hpp"
#include "hwnas/train/optimiser.hpp"

namespace hwnas {

/// A OneShotStrategy made of a policy, penalties and constraints.
///   Errors   the constructor throws what constraints that nothing meets say
template <class Space, SearchPolicy<Space> Policy, class... Terms> class LearnedSearch {
 public:
  using space = Space;
  static constexpr bool differentiable = Policy::differentiable;

  explicit LearnedSearch(Policy policy, Terms... terms)
      : policy_{std::move(policy)}, terms_{std::move(terms)...}, inside_{conditioned(terms_)} {
    (require_fits<Terms>(), ...);
  }

  /// Before training; draws the logits. A resumed search takes its own from the checkpoint afterwards.
  void begin(const ArchitectureSchedule& schedule, Rng rng) {
    validation_.emplace(schedule.validation, schedule.device);
    warmup_ = schedule.warmup_steps;
    steps_ = schedule.steps;
    rate_ = schedule.rate;
    ranks_ = schedule.ranks;
    step_ = 0;
    history_.clear();
    weight_steps_.clear();
    logits_tensor_ = torch::zeros({static_cast<std::int64_t>(logits_.all().size())}, torch::kFloat64).requires_grad_();
    const ArchitectureOptions& how = policy_.architecture();
    for (double& x : logits_.all()) x = how.initial_deviation * normal(rng);
    std::vector<torch::Tensor> learnt{logits_tensor_};
    if constexpr (has_own_distribution) {
      policy_.begin(inside_, rng.split(controller_stream));
      for (const torch::Tensor& p : policy_.parameters()) learnt.push_back(p);
    }
    optimiser_ = make_optimiser(learnt,
                                {.kind = OptimiserOptions::Kind::adam, .weight_decay = how.weight_decay,
                                 .decay_vectors = true, .betas = {how.beta1, how.beta2}});
    set_rate(*optimiser_, how.rate);
    inside_.set(softmax(logits_));
  }

  /// A step of the architecture where it is time for one; then the loss of one of the weights. `Network`: see PolicyRun.
  ///   Errors   throws ArchitectureNotFinite, and is as before this step then
  template <class Network> [[nodiscard]] torch::Tensor step(Network& supernet, const Batch& batch, Rng& rng) {
    const auto run = run_of(supernet, batch);
    const std::int64_t after = step_ - warmup_;
    if (validation_ && after >= 0 && after % policy_.architecture().every == 0) {
      all_or_nothing([&] { architecture_step(run, validation_->next(), rng); });
    }
    ++step_;
    return policy_.weight_loss(run, batch, rng);
  }
  /// A step of the architecture alone, on images of one's own: for another training loop than step()'s. Errors as there.
  template <class Network>
  void learn(Network& supernet, const Batch& validation, const Batch& training, Rng& rng) {
    all_or_nothing([&] { architecture_step(run_of(supernet, training), validation, rng); });
  }

  /// Keeps the loss of a step of the weights, which the training loop knows.
  void trained(std::int64_t step, double loss) { weight_steps_.push_back({step, loss}); }

  /// The most probable architecture inside the constraints, judged once.
  [[nodiscard]] Result<Choice<Space>> choose(const Judge<Space>& judge, Rng&) const {
    const Architecture<Space> best = most_probable();
    auto metrics = judge(best);
    if (!metrics) return metrics.error();
    const Candidate<Space> candidate{best, std::move(*metrics), 0};
    return Choice<Space>{candidate, {candidate}};
  }

  /// What is chosen.
  [[nodiscard]] Architecture<Space> most_probable() const {
    if constexpr (has_own_distribution) {
      return policy_.most_probable(inside_);
    } else {
      return inside_.most_probable();
    }
  }

  /// The logits' probabilities, which a policy with a distribution of its own (Enas) leaves as they are.
  [[nodiscard]] const Probabilities<Space>& probabilities() const { return inside_.probabilities(); }
  [[nodiscard]] const Conditioned<Space>& inside() const { return inside_; }
  [[nodiscard]] const std::vector<ArchitectureStep>& history() const { return history_; }
  /// Those of the weights, warm-up included: of OneShot's loop all, of another those that it told trained().
  [[nodiscard]] const std::vector<WeightStep>& weight_history() const { return weight_steps_; }
  [[nodiscard]] Policy& policy() { return policy_; }
  template <class Term> [[nodiscard]] const Term& term() const { return std::get<Term>(terms_); }

  /// Other logits than those that were drawn: a search that goes on from another's.
  void set_logits(const Probabilities<Space>& logits) {
    logits_ = logits;
    inside_.set(softmax(logits_));
  }
  [[nodiscard]] const Probabilities<Space>& logits() const { return logits_; }

  /// What a checkpoint must remember.
  void save(StateRecord& state);
  /// Takes it back; begin() must have run.
  ///   Errors   mismatch where the checkpoint is of another search
  [[nodiscard]] Result<void> load(const StateRecord& state);

 private:
  static constexpr bool has_own_distribution = HasOwnDistribution<Policy, Space>;
  static constexpr std::uint64_t controller_stream = 0x656e6173;  // apart from the logits'

  // The table is filled anew after each architecture step: a few milliseconds. Draws and choice are exact at any size.
  static constexpr std::int64_t constraint_memory = std::int64_t{1} << 20;

  template <class Term> static constexpr void require_fits() {
    require_term<Term>();
    if constexpr (Penalty<Term>) require_penalty_fits<LearnedSearch, Term>();
  }
  template <class Term> static auto constraint_of(const Term& term) {
    if constexpr (Constraint<Term>) {
      return std::tuple<Term>{term};
    } else {
      return std::tuple<>{};
    }
  }
  static Conditioned<Space> conditioned(const std::tuple<Terms...>& terms) {
    const auto constraints =
        std::apply([](const auto&... all) { return std::tuple_cat(constraint_of(all)...); }, terms);
    if constexpr (std::tuple_size_v<std::remove_const_t<decltype(constraints)>> == 0) {
      return Conditioned<Space>{};
    } else {
      const DrawOptions options{.memory = constraint_memory};
      return std::apply([&](const auto&... all) { return Conditioned<Space>::make(options, all...).value(); },
                        constraints);
    }
  }
  /// Calls use(penalty) for each.
  void for_each_penalty(auto&& use) {
    const auto one = [&](auto& term) {
      if constexpr (Penalty<std::remove_cvref_t<decltype(term)>>) use(term);
    };
    std::apply([&](auto&... all) { (one(all), ...); }, terms_);
  }

  template <class Network>
  [[nodiscard]] PolicyRun<Space, Network> run_of(Network& supernet, const Batch& batch) const {
    const auto searched = static_cast<double>(std::max<std::int64_t>(1, steps_ - warmup_));
    return {.supernet = supernet, .logits = logits_, .inside = inside_,
            .progress = static_cast<double>(std::max<std::int64_t>(0, step_ - warmup_)) / searched,
            .training = &batch, .weight_rate = rate_(step_, steps_)};
  }
  // Box and Muller's, since the standard library's normal numbers differ between implementations.
  static double normal(Rng& rng) {
    const double u = 1 - rng.uniform(), angle = 2 * std::numbers::pi * rng.uniform();
    return std::sqrt(-2 * std::log(u)) * std::cos(angle);
  }

  template <class Network>
  void architecture_step(const PolicyRun<Space, Network>& run, const Batch& batch, Rng& rng) {
    double rewards = 0;
    const Reward<Space> reward = [&](const Architecture<Space>& a, double accuracy) {
      const double value = rewarded(a, accuracy);
      rewards += value;
      return value;
    };
    Estimate<Space> estimate = policy_.estimate(run, batch, rng, reward);
    average(estimate, rewards);
    ArchitectureStep report{.step = step_,
                            .loss = estimate.loss,
                            .penalised = estimate.loss,
                            .entropy = estimate.entropy.value_or(entropy(inside_.probabilities()))};
    if constexpr (differentiable) {
      penalise(estimate, report);
    } else {
      report.penalised = -rewards / static_cast<double>(std::max<std::size_t>(1, estimate.samples.size()));
      update_from_samples(estimate, report);
    }
    descend(estimate, report);
    if (ranks_ != nullptr) for_each_memory([&](const std::string&, double& value) { value = ranks_->mean(value); });
    history_.push_back(std::move(report));
  }

  // Undoes what an architecture step has moved before it found out that its loss is not finite.
  void all_or_nothing(auto&& body) {
    const auto position = validation_ ? validation_->position() : ValidationBatches::Position{};
    std::vector<double> memory;
    for_each_memory([&](const std::string&, const double& value) { memory.push_back(value); });
    try {
      body();
    } catch (const ArchitectureNotFinite&) {
      if (validation_) validation_->go_to(position);
      std::size_t next = 0;
      for_each_memory([&](const std::string&, double& value) { value = memory[next++]; });
      throw;
    }
  }

  // All ranks draw the same paths, each on images of its own: the mean is the larger batch's estimate.
  void average(Estimate<Space>& estimate, double& rewards) const {
    if (ranks_ == nullptr) return;
    const torch::Tensor all =
        torch::empty({static_cast<std::int64_t>(estimate.by_logits.all().size()) + 2}, torch::kFloat64);
    double* numbers = all.data_ptr<double>();
    double* end = std::copy(estimate.by_logits.all().begin(), estimate.by_logits.all().end(), numbers);
    end[0] = estimate.loss;
    end[1] = rewards;
    ranks_->sum(all);
    all.div_(ranks_->size());
    std::copy(numbers, end, estimate.by_logits.all().begin());
    estimate.loss = end[0];
    rewards = end[1];
    if constexpr (has_own_distribution) {
      for (const torch::Tensor& p : policy_.parameters()) {
        ranks_->sum(p.grad());
        p.grad().div_(ranks_->size());
      }
    }
  }

  [[nodiscard]] double rewarded(const Architecture<Space>& a, double accuracy) {
    double value = accuracy;
    if constexpr (!differentiable) for_each_penalty([&](auto& penalty) { value = penalty(value, penalty.cost(a)); });
    return value;
  }
  // Each penalty takes the loss that the one before made: derivatives by the chain rule.
  void penalise(Estimate<Space>& estimate, ArchitectureStep& report) {
    const Probabilities<Space>& p = inside_.probabilities();
    for_each_penalty([&](auto& penalty) {
      const auto cost = penalty.expected(p);
      const PenalisedLoss loss = penalty(report.penalised, cost);
      const auto by_cost = softmax_gradient(p, penalty.gradient(p));
      for (std::size_t i = 0; i < by_cost.all().size(); ++i) {
        double& x = estimate.by_logits.all()[i];
        x = loss.by_loss * x + loss.by_cost * by_cost.all()[i];
      }
      report.penalised = loss.value;
      report.costs.push_back(cost.value());
      penalty.update(cost);
    });
  }
  void update_from_samples(const Estimate<Space>& estimate, ArchitectureStep& report) {
    for_each_penalty([&](auto& penalty) {
      typename std::remove_cvref_t<decltype(penalty)>::Cost sum{};
      for (const auto& a : estimate.samples) sum += penalty.cost(a);
      const auto mean = sum / static_cast<double>(std::max<std::size_t>(1, estimate.samples.size()));
      report.costs.push_back(mean.value());
      penalty.update(mean);
    });
  }
  void descend(const Estimate<Space>& estimate, const ArchitectureStep& report) {
    const auto by_logits = estimate.by_logits.all();
    bool finite = std::all_of(by_logits.begin(), by_logits.end(), [](double x) { return std::isfinite(x); });
    for_each_parameter([&](const std::string&, const torch::Tensor& p) {
      if (p.grad().defined()) finite = finite && torch::isfinite(p.grad()).all().template item<bool>();
    });
    if (!finite || !std::isfinite(report.loss) || !std::isfinite(report.penalised)) {
      throw ArchitectureNotFinite{
          Error::Code::bad_value,
          fmt::format("the architecture's {} is not finite at step {} (cross entropy {}, with penalties {})",
                      finite ? "loss" : "gradient", step_, report.loss, report.penalised)};
    }
    const Probabilities<Space> before = logits_;
    {
      const torch::NoGradGuard no_gradients;
      std::copy(before.all().begin(), before.all().end(), logits_tensor_.data_ptr<double>());
    }
    torch::Tensor gradient = torch::empty_like(logits_tensor_);
    std::copy(estimate.by_logits.all().begin(), estimate.by_logits.all().end(), gradient.data_ptr<double>());
    logits_tensor_.mutable_grad() = gradient;
    optimiser_->step();
    std::copy_n(logits_tensor_.data_ptr<double>(), logits_.all().size(), logits_.all().begin());
    if constexpr (requires { policy_.settle(before, logits_, estimate); }) policy_.settle(before, logits_, estimate);
    inside_.set(softmax(logits_));
  }

  Policy policy_;
  std::tuple<Terms...> terms_;
  Conditioned<Space> inside_;
  Probabilities<Space> logits_{};
  torch::Tensor logits_tensor_;
  std::unique_ptr<torch::optim::Optimizer> optimiser_;
  std::optional<ValidationBatches> validation_;
  Schedule rate_ = ConstantRate{};
  Ranks* ranks_ = nullptr;
  std::int64_t warmup_ = 0, steps_ = 0, step_ = 0;
  std::vector<ArchitectureStep> history_;
  std::vector<WeightStep> weight_steps_;

  static constexpr std::int64_t penalties = (std::int64_t{0} + ... + (Penalty<Terms> ? 1 : 0));
  /// Numbers that terms and policies remember between steps: multipliers, a baseline.
  void for_each_memory(auto&& use) {
    std::int64_t number = 0;
    for_each_penalty([&](auto& penalty) {
      if constexpr (requires { penalty.loss().multiplier; }) {
        use(fmt::format("search/multiplier{}", number), penalty.loss().multiplier);
      }
      if constexpr (requires { penalty.set_price(penalty.price()); }) {
        double price = penalty.price();
        use(fmt::format("search/price{}", number), price);
        penalty.set_price(price);
      }
      ++number;
    });
    if constexpr (requires { policy_.set_baseline(policy_.baseline()); }) {
      double value = policy_.baseline();
      use(std::string{"search/baseline"}, value);
      policy_.set_baseline(value);
    }
  }
  void for_each_parameter(auto&& use) const {
    if constexpr (has_own_distribution) {
      std::size_t number = 0;
      for (const torch::Tensor& p : policy_.parameters()) use(fmt::format("search/controller{}", number++), p);
    }
  }
};

template <class Space, SearchPolicy<Space> Policy, class... Terms>
void LearnedSearch<Space, Policy, Terms...>::save(StateRecord& state) {
  const auto position = validation_->position();
  state.put("search/step", step_);
  state.put("search/epoch", position.epoch);
  state.put("search/batch", position.batch);
  const std::vector<double> logits(logits_.all().begin(), logits_.all().end());
  state.put("search/logits", to_array(torch::tensor(logits, torch::kFloat64)));
  put_optimiser(state, "search/optimiser", *optimiser_).value();
  std::vector<double> rows;
  for (const ArchitectureStep& row : history_) {
    rows.insert(rows.end(), {static_cast<double>(row.step), row.loss, row.penalised, row.entropy});
    rows.insert(rows.end(), row.costs.begin(), row.costs.end());
  }
  state.put("search/history", to_array(torch::tensor(rows, torch::kFloat64).reshape({-1, 4 + penalties})));
  rows.clear();
  for (const WeightStep& row : weight_steps_) rows.insert(rows.end(), {static_cast<double>(row.step), row.loss});
  state.put("search/weight_history", to_array(torch::tensor(rows, torch::kFloat64).reshape({-1, 2})));
  put_architectures(state, "search/outside", inside_.known_outside());  // or resumed searches would draw otherwise
  for_each_memory([&](const std::string& name, const double& value) { state.put(name, value); });
  for_each_parameter([&](const std::string& name, const torch::Tensor& p) { state.put(name, to_array(p)); });
}

template <class Space, SearchPolicy<Space> Policy, class... Terms>
Result<void> LearnedSearch<Space, Policy, Terms...>::load(const StateRecord& state) {
  // Another number of ranks makes other steps of the same epochs.
  step_ = state.get<std::int64_t>(state.contains("moved_step") ? "moved_step" : "search/step").value();
  validation_->go_to({.epoch = state.get<std::int64_t>("search/epoch").value(),
                      .batch = state.get<std::int64_t>("search/batch").value()});
  torch::Tensor logits = torch::zeros_like(logits_tensor_);
  if (auto done = get_tensor(state, "search/logits", logits); !done) return done;
  if (auto done = get_optimiser(state, "search/optimiser", *optimiser_); !done) return done;
  const auto losses = state.get<StateArray>("search/weight_history");
  if (!losses) return losses.error();
  const torch::Tensor rows = to_tensor(state.get<StateArray>("search/history").value()).value();
  if (rows.dim() != 2 || rows.size(1) != 4 + penalties) {
    return Error{Error::Code::mismatch,
                 fmt::format("{}: its search has other penalties than this one", state.source())};
  }
  history_.clear();
  for (std::int64_t i = 0; i < rows.size(0); ++i) {
    const double* row = rows.data_ptr<double>() + i * rows.size(1);
    history_.push_back(
        {static_cast<std::int64_t>(row[0]), row[1], row[2], row[3], {row + 4, row + 4 + penalties}});
  }
  const torch::Tensor steps = to_tensor(*losses).value();
  weight_steps_.clear();
  for (std::int64_t i = 0; i < steps.size(0); ++i) {
    const double* row = steps.data_ptr<double>() + 2 * i;
    weight_steps_.push_back({static_cast<std::int64_t>(row[0]), row[1]});
  }
  for_each_memory([&](const std::string& name, double& value) { value = state.get<double>(name).value(); });
  for_each_parameter([&](const std::string& name, const torch::Tensor& p) { get_tensor(state, name, p).value(); });
  inside_.set_known_outside(get_architectures<Space>(state, "search/outside").value());
  Probabilities<Space> values;
  std::copy_n(logits.data_ptr<double>(), values.all().size(), values.all().begin());
  set_logits(values);
  return {};
}

}  // namespace hwnas
