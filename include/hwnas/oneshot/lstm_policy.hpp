// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  LstmPolicy: a distribution over sequences of choices, as the controllers of Zoph and Le 2017 ("Neural Architecture
///        Search with Reinforcement Learning") and ENAS: an LSTM reads each choice and gives logits for the next.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "hwnas/core/rng.hpp"
#include "hwnas/nn/torch.hpp"
#include "hwnas/profile/softmax.hpp"

#include <ATen/CPUGeneratorImpl.h>

namespace hwnas {

/// Numbers of the network.
struct LstmPolicyOptions {
  std::int64_t hidden = 64;     ///< size of the LSTM's state and of the embedding of a choice
  double initial_range = 0.1;   ///< weights begin uniform in +- this (Zoph and Le: 0.08, ENAS: 0.1)
  double temperature = 1;       ///< divides the logits
  double tanh_constant = 0;     ///< logits then become this times their tanh, which keeps choices open; 0: they stay
  double shares = 1;            ///< the power of FeasiblePaths::share that candidates are weighed by; 0: the open ones alike
  std::uint64_t seed = 0;       ///< of the weights
};

/// One choice among some of all candidates of a space, numbered one decision after another.
struct PolicyStep {
  std::vector<float> weights{};  ///< one a candidate: what its probability is multiplied by; 0: not in question
  std::int64_t chosen = 0;
};
using PolicySequence = std::vector<PolicyStep>;

/// The network. Draws take their randomness from an Rng, so that they are the same everywhere where the weights are.
class LstmPolicy : public torch::nn::Module {
 public:
  static constexpr float least_weight = 1e-30F;  ///< of a candidate in question

  explicit LstmPolicy(std::int64_t candidates, const LstmPolicyOptions& options = {})
      : candidates_{candidates},
        hidden_{options.hidden},
        temperature_{options.temperature},
        tanh_constant_{options.tanh_constant},
        shares_{options.shares},
        embedding_{register_module("embedding", torch::nn::Embedding{candidates + 1, options.hidden})},
        lstm_{register_module(
            "lstm", torch::nn::LSTM{torch::nn::LSTMOptions{options.hidden, options.hidden}.batch_first(true)})},
        head_{register_module("head", torch::nn::Linear{options.hidden, candidates})} {
    const torch::NoGradGuard no_gradients;
    auto generator = at::detail::createCPUGenerator(options.seed);
    for (auto& parameter : parameters()) parameter.uniform_(-options.initial_range, options.initial_range, generator);
  }

  [[nodiscard]] double shares() const { return shares_; }

  /// Where a sequence is: the LSTM's state and the choice that it has not read yet.
  struct Place {
    torch::Tensor hidden{}, cell{};
    std::int64_t last = 0;  // 0: the beginning; otherwise 1 + the choice
  };
  [[nodiscard]] Place begin() const { return {torch::zeros({1, 1, hidden_}), torch::zeros({1, 1, hidden_}), 0}; }

  /// Reads the last choice and gives the probabilities of the next one: softmax, times the weights, normalised.
  [[nodiscard]] std::vector<double> next(Place& place, std::span<const float> weights) {
    const torch::NoGradGuard no_gradients;
    auto [output, state] = lstm_->forward(embedding_->forward(torch::full({1, 1}, place.last, torch::kLong)),
                                          std::make_tuple(place.hidden, place.cell));
    std::tie(place.hidden, place.cell) = state;
    const torch::Tensor logits = logits_of(output).reshape({candidates_}).to(torch::kFloat64).contiguous();
    std::vector<double> p(weights.size(), -std::numeric_limits<double>::infinity());
    for (std::size_t i = 0; i < p.size(); ++i) {
      if (weights[i] > 0) p[i] = logits.data_ptr<double>()[i] + std::log(static_cast<double>(weights[i]));
    }
    const double largest = std::ranges::max(p);
    double sum = 0;
    for (double& x : p) sum += x = std::exp(x - largest);
    for (double& x : p) x /= sum;
    return p;
  }
  static void take(Place& place, std::int64_t chosen) { place.last = 1 + chosen; }

  /// Draws the next choice and moves on.
  [[nodiscard]] std::int64_t draw(Place& place, std::span<const float> weights, Rng& rng) {
    const std::vector<double> p = next(place, weights);
    const std::int64_t chosen = draw_index(std::span<const double>{p}, rng);
    take(place, chosen);
    return chosen;
  }

  /// Of a batch of sequences, padded to the longest.
  ///   Shape  (sequences, steps): log-probability of what was chosen, entropy of the choice, 1 where a step is
  struct Likelihood {
    torch::Tensor log_probability{}, entropy{}, present{};
  };
  [[nodiscard]] Likelihood likelihood(const std::vector<PolicySequence>& batch) {
    std::size_t longest = 1;
    for (const auto& sequence : batch) longest = std::max(longest, sequence.size());
    const auto rows = static_cast<std::int64_t>(batch.size()), steps = static_cast<std::int64_t>(longest);
    const torch::Tensor read = torch::zeros({rows, steps}, torch::kLong),
                        chosen = torch::zeros({rows, steps}, torch::kLong);
    const torch::Tensor present = torch::zeros({rows, steps}), weights = torch::ones({rows, steps, candidates_});
    for (std::int64_t row = 0; row < rows; ++row) {
      const auto& sequence = batch[static_cast<std::size_t>(row)];
      for (std::size_t t = 0; t < sequence.size(); ++t) {
        const auto at = row * steps + static_cast<std::int64_t>(t);
        read.data_ptr<std::int64_t>()[at] = t == 0 ? 0 : 1 + sequence[t - 1].chosen;
        chosen.data_ptr<std::int64_t>()[at] = sequence[t].chosen;
        present.data_ptr<float>()[at] = 1;
        std::ranges::copy(sequence[t].weights, weights.data_ptr<float>() + at * candidates_);
      }
    }
    const torch::Tensor output = std::get<0>(lstm_->forward(embedding_->forward(read)));
    const torch::Tensor logits = (logits_of(output) + weights.log()).masked_fill(weights == 0, never);
    const torch::Tensor logs = torch::log_softmax(logits, 2);
    return {logs.gather(2, chosen.unsqueeze(2)).squeeze(2) * present, -(logs.exp() * logs).sum(2) * present, present};
  }

 private:
  [[nodiscard]] torch::Tensor logits_of(const torch::Tensor& output) {
    const torch::Tensor logits = head_->forward(output) / temperature_;
    return tanh_constant_ > 0 ? tanh_constant_ * torch::tanh(logits) : logits;
  }

  static constexpr double never = -1e9;  // finite, so that 0 x its logarithm is 0

  std::int64_t candidates_;
  std::int64_t hidden_;
  double temperature_, tanh_constant_, shares_;
  torch::nn::Embedding embedding_;
  torch::nn::LSTM lstm_;
  torch::nn::Linear head_;
};
}  // namespace hwnas
