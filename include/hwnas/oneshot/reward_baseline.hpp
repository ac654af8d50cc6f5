// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  RewardBaseline: what REINFORCE compares a sample's reward with.
///        RewardBaseline baseline{{.kind = RewardBaseline::Kind::moving_average}};  baseline.advantages(rewards);
#pragma once

#include <cstddef>
#include <numeric>
#include <vector>

namespace hwnas {

class RewardBaseline {
 public:
  /// leave_one_out: the mean of the other samples, unbiased; moving_average: over the updates, biased, as it takes in the
  /// samples that it is compared with.
  enum class Kind { leave_one_out, moving_average };

  /// `rate`: of the moving average, baseline += rate (mean reward - baseline).
  RewardBaseline(Kind kind, double rate) : kind_{kind}, rate_{rate} {}

  /// Rewards of one update less their baselines. At least two where one is left out; those sum to 0.
  [[nodiscard]] std::vector<double> advantages(const std::vector<double>& rewards) {
    const auto count = static_cast<double>(rewards.size());
    const double sum = std::accumulate(rewards.begin(), rewards.end(), 0.0);
    if (kind_ == Kind::moving_average) value_ += rate_ * (sum / count - value_);
    std::vector<double> result;
    for (const double reward : rewards) {
      result.push_back(reward - (kind_ == Kind::moving_average ? value_ : (sum - reward) / (count - 1)));
    }
    return result;
  }

  /// The moving average: what a checkpoint remembers.
  [[nodiscard]] double value() const { return value_; }
  void set_value(double value) { value_ = value; }

 private:
  Kind kind_;
  double rate_;
  double value_ = 0;
};

}  // namespace hwnas
