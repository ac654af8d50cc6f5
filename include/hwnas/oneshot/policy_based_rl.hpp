// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  PolicyBasedRl: a multi-trial strategy that learns a policy from rewards. It stands here because its policy is a
///        LibTorch network; it is asked and told like the strategies of search/.
///        PolicyBasedRl<OnImages> search{{.algorithm = PolicyAlgorithm::ppo}};
///        PolicyBasedRl<OnImages, decltype(inside)> search{{}, inside};        // inside = Feasible{...}
///        Williams 1992 (REINFORCE); Schulman et al. 2017, "Proximal Policy Optimization Algorithms", equation 7.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hwnas/nn/torch.hpp"
#include "hwnas/oneshot/lstm_paths.hpp"
#include "hwnas/search/concepts.hpp"
#include "hwnas/search/moves.hpp"
#include "hwnas/search/state.hpp"
#include "hwnas/space/fingerprint.hpp"

namespace hwnas {

enum class PolicyAlgorithm { reinforce, ppo };

/// Settings. Rewards are the objective, less a baseline, in standard deviations of their batch.
struct PolicyBasedRlOptions {
  PolicyAlgorithm algorithm = PolicyAlgorithm::ppo;
  std::size_t batch = 20;         ///< results of one update (NNI's trial_per_collect)
  double rate = 5e-3;             ///< Adam's
  double entropy = 0.01;          ///< weight of the policy's entropy: keeps it from settling early
  double baseline_decay = 0.8;    ///< the baseline is a moving average of the batches' mean rewards
  double clip = 0.2;              ///< PPO's epsilon
  int epochs = 4;                 ///< PPO's steps for each batch
  double gradient_norm = 1.0;     ///< gradients are clipped to it
  /// Its first draws lie near the budgets, where measured accuracies are best: benchmarks/regret/README.md.
  LstmPolicyOptions network{.shares = 0};
};

/// Draws from an LSTM that decides one decision after another. Budgets (moves with a set, as Feasible) and lists (moves with
/// count_beginning, as Listed) leave out, at each decision, the candidates after which nothing is inside, so that the policy
/// is one over exactly what is (lstm_paths.hpp). Never waits and never finishes; may propose an architecture again.
///   Late results  are learnt from as if drawn when their batch is full
template <class Space, Moves<Space> M = Anywhere<Space>>
class PolicyBasedRl {
 public:
  using space = Space;

  explicit PolicyBasedRl(PolicyBasedRlOptions options = {})
    requires std::default_initializable<M>
      : PolicyBasedRl{options, M{}} {}
  PolicyBasedRl(PolicyBasedRlOptions options, M moves)
      : options_{options},
        moves_{std::move(moves)},
        paths_{std::make_shared<FeasiblePaths<Space>>(set_of(moves_), beginnings_of(moves_))},
        policy_{std::make_shared<LstmPolicy>(candidates_of<Space>, options.network)} {
    first_moment_ = torch::zeros_like(weights());
    second_moment_ = torch::zeros_like(first_moment_);
  }
  PolicyBasedRl(PolicyBasedRl&&) = default;  // no copies: they would train one network
  PolicyBasedRl& operator=(PolicyBasedRl&&) = default;

  [[nodiscard]] std::optional<Architecture<Space>> ask(Rng& rng) {
    for (int i = 0; i < attempts; ++i) {
      if (const auto a = draw_path(*policy_, *paths_, rng); moves_.contains(a)) return a;
    }
    return moves_(rng);
  }
  void tell(const Architecture<Space>& a, const Metrics& metrics) {
    told_.emplace_back(a, metrics.score());
    if (told_.size() >= options_.batch) learn();
  }

  [[nodiscard]] std::string save() const {
    StateWriter out{"policy-based reinforcement learning", fingerprint<Space>()};
    out.number(static_cast<std::uint64_t>(first_moment_.numel()));
    for (const torch::Tensor& each : {weights(), first_moment_, second_moment_}) {
      for (std::int64_t i = 0; i < each.numel(); ++i) {
        out.number(std::bit_cast<std::uint32_t>(each.data_ptr<float>()[i]));
      }
    }
    out.number(static_cast<std::uint64_t>(updates_));
    out.number(baseline_ ? 1 : 0);
    out.real(baseline_.value_or(0));
    out.number(told_.size());
    for (const auto& [a, reward] : told_) {
      out.architecture(a);
      out.real(reward);
    }
    return out.text();
  }
  /// Errors  mismatch (see StateReader): also a state of a network of another size
  [[nodiscard]] Result<void> load(std::string_view text) {
    StateReader in{text, "policy-based reinforcement learning", fingerprint<Space>()};
    PolicyBasedRl read{options_, moves_};
    if (in.number() != static_cast<std::uint64_t>(first_moment_.numel())) in.fail("its network is of another size");
    torch::Tensor weights = torch::zeros_like(first_moment_);
    for (const torch::Tensor& each : {weights, read.first_moment_, read.second_moment_}) {
      for (std::int64_t i = 0; i < each.numel(); ++i) {
        each.data_ptr<float>()[i] = std::bit_cast<float>(static_cast<std::uint32_t>(in.number()));
      }
    }
    read.set_weights(weights);
    read.updates_ = static_cast<std::int64_t>(in.number());
    if (in.number() == 1) read.baseline_ = 0;
    const double baseline = in.real();
    if (read.baseline_) read.baseline_ = baseline;
    for (std::size_t n = in.count(); n > 0; --n) {
      const auto a = in.template architecture<Space>();
      read.told_.emplace_back(a, in.real());
    }
    if (auto ok = in.finish(); !ok) return ok;
    *this = std::move(read);
    return {};
  }

  /// What the policy takes for the probability of an architecture, among what is inside.
  [[nodiscard]] double probability(const Architecture<Space>& a) {
    return std::exp(log_probability(*policy_, *paths_, a));
  }

 private:
  static constexpr int attempts = 100;

  static std::shared_ptr<const FeasibleSet<Space>> set_of(const M& moves) {
    if constexpr (requires { moves.shared_set(); }) {
      return moves.shared_set();
    } else {
      return nullptr;
    }
  }

  static typename FeasiblePaths<Space>::Beginnings beginnings_of(const M& moves) {
    if constexpr (requires(std::span<const std::uint8_t> first) { moves.count_beginning(first); }) {
      return [moves](std::span<const std::uint8_t> first) { return moves.count_beginning(first); };
    } else {
      return {};
    }
  }

  void learn() {
    std::vector<PolicySequence> batch;
    for (const auto& [a, reward] : told_) batch.push_back(sequence_of(*policy_, *paths_, a));
    const torch::Tensor advantage = advantages().unsqueeze(1);
    told_.clear();
    torch::Tensor before;
    const int steps = options_.algorithm == PolicyAlgorithm::ppo ? options_.epochs : 1;
    for (int i = 0; i < steps; ++i) {
      const auto now = policy_->likelihood(batch);
      if (!before.defined()) before = now.log_probability.detach();
      torch::Tensor gain = now.log_probability * advantage;
      if (options_.algorithm == PolicyAlgorithm::ppo) {
        const torch::Tensor ratio = (now.log_probability - before).exp();
        gain =
            torch::min(ratio * advantage, ratio.clamp(1 - options_.clip, 1 + options_.clip) * advantage) * now.present;
      }
      const torch::Tensor loss = -(gain + options_.entropy * now.entropy).sum(1).mean();
      descend(loss);
    }
  }
  // One step of Adam (Kingma and Ba 2015, Algorithm 1) on all weights as one vector, which is what a state holds.
  void descend(const torch::Tensor& loss) {
    policy_->zero_grad();
    loss.backward();
    const torch::NoGradGuard no_gradients;
    std::vector<torch::Tensor> all;
    for (const auto& parameter : policy_->parameters()) {
      all.push_back(parameter.grad().defined() ? parameter.grad().flatten() : torch::zeros_like(parameter).flatten());
    }
    torch::Tensor gradient = torch::cat(all);
    const double norm = gradient.norm().template item<double>();
    if (norm > options_.gradient_norm) gradient *= options_.gradient_norm / norm;
    ++updates_;
    first_moment_.mul_(decay1).add_(gradient, 1 - decay1);
    second_moment_.mul_(decay2).addcmul_(gradient, gradient, 1 - decay2);
    const auto times = static_cast<double>(updates_);
    const torch::Tensor mean = first_moment_ / (1 - std::pow(decay1, times));
    const torch::Tensor deviation = (second_moment_ / (1 - std::pow(decay2, times))).sqrt() + epsilon;
    set_weights(weights() - options_.rate * mean / deviation);
  }
  [[nodiscard]] torch::Tensor weights() const {
    std::vector<torch::Tensor> all;
    for (const auto& parameter : policy_->parameters()) all.push_back(parameter.detach().flatten());
    return torch::cat(all);
  }
  void set_weights(const torch::Tensor& values) {
    const torch::NoGradGuard no_gradients;
    std::int64_t from = 0;
    for (auto& parameter : policy_->parameters()) {
      parameter.copy_(values.narrow(0, from, parameter.numel()).view_as(parameter));
      from += parameter.numel();
    }
  }
  // Rewards less the baseline of the batches before, in deviations. What came without a score counts as the worst of its
  // batch: Metrics::worst itself would drown all differences.
  [[nodiscard]] torch::Tensor advantages() {
    double least = std::numeric_limits<double>::infinity();
    for (const auto& [a, reward] : told_) {
      if (reward > Metrics::worst) least = std::min(least, reward);
    }
    if (!std::isfinite(least)) return torch::zeros({static_cast<std::int64_t>(told_.size())});
    for (auto& [a, reward] : told_) reward = std::max(reward, least);
    double mean = 0, square = 0;
    for (const auto& [a, reward] : told_) mean += reward / static_cast<double>(told_.size());
    for (const auto& [a, reward] : told_) {
      square += (reward - mean) * (reward - mean) / static_cast<double>(told_.size());
    }
    const double baseline = baseline_.value_or(mean);
    baseline_ = options_.baseline_decay * baseline + (1 - options_.baseline_decay) * mean;
    const double deviation = std::max(std::sqrt(square), least_deviation * std::max(1.0, std::abs(mean)));
    std::vector<float> values;
    for (const auto& [a, reward] : told_) values.push_back(static_cast<float>((reward - baseline) / deviation));
    return torch::tensor(values);
  }

  static constexpr double least_deviation = 1e-6;
  static constexpr double decay1 = 0.9, decay2 = 0.999, epsilon = 1e-8;  // Adam's defaults

  PolicyBasedRlOptions options_;
  M moves_;
  std::shared_ptr<FeasiblePaths<Space>> paths_;
  std::shared_ptr<LstmPolicy> policy_;
  torch::Tensor first_moment_, second_moment_;
  std::int64_t updates_ = 0;
  std::optional<double> baseline_;
  std::vector<std::pair<Architecture<Space>, double>> told_;  // since the last update
};

}  // namespace hwnas
