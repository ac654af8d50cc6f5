// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  ENAS (Pham et al. 2018): an LSTM controller draws paths, their rewards on shared weights train it.
///        OneShot search{supernet, Enas{}, SamplePenalty{latency, 65_ms, AbsoluteReward{}}, HardConstraint{params, 4_Mparams}};
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "hwnas/oneshot/lstm_paths.hpp"
#include "hwnas/oneshot/policy.hpp"
#include "hwnas/oneshot/reward_baseline.hpp"

namespace hwnas {

/// The paper's numbers for CIFAR-10, except where it says so.
struct EnasOptions {
  /// Of the controller. NNI's 20 batches an update are one path each: here as many paths on one batch, every 20 steps.
  ArchitectureOptions architecture{.rate = 3.5e-4, .beta1 = 0.9, .initial_deviation = 0, .every = 20};
  double label_smoothing = 0;  ///< of the weights' loss only
  int samples = 20;            ///< paths an update; at least 2
  double entropy = 1e-4;       ///< weight of the paths' entropies, which the reward is raised by
  RewardBaseline::Kind baseline = RewardBaseline::Kind::leave_one_out;  ///< the paper's is moving_average
  double baseline_rate = 1e-3;
  double gradient_norm = 5;    ///< the controller's gradients are clipped to it (ours); 0: they are not
  LstmPolicyOptions controller{.temperature = 5, .tanh_constant = 2.5};
  int width = 64;              ///< of the search for the most probable path: see most_probable_path()
};

/// The controller decides one decision after another, each knowing those before it: pairs that only work together can be
/// learnt, which independent probabilities cannot hold. Works on every space.
///   Constraints   at each decision, probabilities are multiplied by the share of what follows that is inside, 0 where
///                 nothing is (lstm_paths.hpp), and log-probabilities are those of the product: a distribution over exactly
///                 what is inside. It begins as the free controller's conditioned on the inside, but does not stay that, as
///                 no recurrent network gives its normalisation; the gradient is exact for what is drawn all the same
///   Formula       gradient = - mean over samples k of (reward_k - baseline_k) d log p(a_k) + entropy d H(steps of a_k)
/// Copies made after training began share one controller.
class Enas {
 public:
  static constexpr bool differentiable = false;

  Enas() : Enas{EnasOptions{}} {}
  /// Errors   throws bad_value for fewer than 2 samples
  explicit Enas(EnasOptions options) : options_{options}, baseline_{options.baseline, options.baseline_rate} {
    if (options_.samples >= 2) return;
    throw Error{Error::Code::bad_value, "hwnas: Enas must have at least 2 samples an update"};
  }
  [[nodiscard]] const ArchitectureOptions& architecture() const { return options_.architecture; }

  /// A new controller, whose weights come from `rng`.
  template <class Space> void begin(const Conditioned<Space>&, Rng rng) {
    LstmPolicyOptions how = options_.controller;
    how.seed += rng.below(std::uint64_t{1} << 32);
    controller_ = std::make_shared<LstmPolicy>(candidates_of<Space>, how);
    baseline_.set_value(0);
  }
  /// What LearnedSearch's optimiser trains, by the gradients that estimate() leaves in them.
  [[nodiscard]] std::vector<torch::Tensor> parameters() const { return controller_->parameters(); }

  template <class Space, class Network>
  [[nodiscard]] torch::Tensor weight_loss(const PolicyRun<Space, Network>& run, const Batch& batch, Rng& rng) const {
    return cross_entropy(run.supernet.forward(batch.images, draw(run.inside, rng)), batch.labels,
                         options_.label_smoothing);
  }

  template <class Space, class Network>
  [[nodiscard]] Estimate<Space> estimate(const PolicyRun<Space, Network>& run, const Batch& batch, Rng& rng,
                                         const Reward<Space>& reward) {
    Estimate<Space> result;
    std::vector<double> rewards;
    for (int k = 0; k < options_.samples; ++k) {
      const torch::NoGradGuard no_gradients;
      const auto a = draw(run.inside, rng);
      Scores scores;
      scores.add(run.supernet.forward(batch.images, a), batch.labels);
      rewards.push_back(reward(a, scores.top1()));
      result.samples.push_back(a);
      result.loss += scores.loss() / options_.samples;
    }
    result.entropy = policy_gradient(run.inside, result.samples, rewards);
    return result;
  }

  /// Leaves the gradient of minus the reward in the controller's parameters. Gives the mean entropy of a choice, in nats.
  template <class Space>
  double policy_gradient(const Conditioned<Space>& inside, const std::vector<Architecture<Space>>& samples,
                         const std::vector<double>& rewards) {
    std::vector<PolicySequence> sequences;
    for (const auto& a : samples) sequences.push_back(sequence_of(*controller_, inside.paths(), a));
    const torch::Tensor advantages = torch::tensor(baseline_.advantages(rewards), torch::kFloat32).unsqueeze(1);
    controller_->zero_grad();
    const auto drawn = controller_->likelihood(sequences);
    (-(advantages * drawn.log_probability + options_.entropy * drawn.entropy).sum(1).mean()).backward();
    if (options_.gradient_norm > 0) torch::nn::utils::clip_grad_norm_(parameters(), options_.gradient_norm);
    return (drawn.entropy.sum() / drawn.present.sum()).template item<double>();
  }

  template <class Space> [[nodiscard]] Architecture<Space> draw(const Conditioned<Space>& inside, Rng& rng) const {
    return draw_path(*controller_, inside.paths(), rng);
  }
  /// Of an architecture inside.
  template <class Space>
  [[nodiscard]] double log_probability(const Conditioned<Space>& inside, const Architecture<Space>& a) const {
    return hwnas::log_probability(*controller_, inside.paths(), a);
  }
  template <class Space> [[nodiscard]] Architecture<Space> most_probable(const Conditioned<Space>& inside) const {
    return most_probable_path(*controller_, inside.paths(), options_.width);
  }

  [[nodiscard]] double baseline() const { return baseline_.value(); }
  void set_baseline(double value) { baseline_.set_value(value); }

 private:
  EnasOptions options_;
  RewardBaseline baseline_;
  std::shared_ptr<LstmPolicy> controller_;
};

}  // namespace hwnas
