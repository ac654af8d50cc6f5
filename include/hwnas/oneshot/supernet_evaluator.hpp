// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  SupernetEvaluator: multi-trial search over the weights of a trained supernet.
///        SupernetEvaluator<S> evaluator{InheritedWeights<S>{supernet, recalibration, validation}};
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "hwnas/experiment/evaluator.hpp"
#include "hwnas/oneshot/inherited_weights.hpp"

namespace hwnas {

/// What InheritedWeights says, as an Evaluator: {"accuracy": 0..1, "loss"}. Several threads take turns, since each
/// architecture computes the supernet's batch-norm statistics anew. A budget's share and time are not looked at.
template <class Space>
class SupernetEvaluator {
 public:
  explicit SupernetEvaluator(InheritedWeights<Space> judge) : judge_{std::move(judge)} {}

  [[nodiscard]] Result<Metrics> evaluate(const Architecture<Space>& a, const Budget&) const {
    const std::lock_guard lock{*turn_};
    return judge_(a);
  }

 private:
  InheritedWeights<Space> judge_;
  std::unique_ptr<std::mutex> turn_ = std::make_unique<std::mutex>();
};

}  // namespace hwnas
