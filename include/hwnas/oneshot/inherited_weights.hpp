// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  InheritedWeights: judges an architecture by the supernet's weights.
///        InheritedWeights judge{supernet, keep_batches(train, 4).value(), keep_batches(validation).value()};
///        double accuracy = judge(a)->find("accuracy").value();
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "hwnas/core/result.hpp"
#include "hwnas/nn/supernet.hpp"
#include "hwnas/search/metrics.hpp"
#include "hwnas/train/evaluate.hpp"
#include "hwnas/train/loader.hpp"

namespace hwnas {

/// Validation accuracy and loss of architectures with weights inherited from a supernet, which must outlive it.
/// Batch-norm's statistics are computed anew for each architecture on training batches, since those kept while
/// training mix all paths (Guo et al. 2020, section 3.4). An evaluation leaves nothing behind: the same architecture
/// is judged the same at any time.
template <class Space> class InheritedWeights {
 public:
  InheritedWeights(Supernet<Space>& supernet, std::vector<Batch> recalibration, std::vector<Batch> validation,
                   EvaluateOptions options = {})
      : supernet_{&supernet},
        recalibration_{std::move(recalibration)},
        validation_{std::move(validation)},
        options_{std::move(options)} {}

  /// {"accuracy": 0..1, "loss"}; the objective is the accuracy.
  ///   Errors   interrupted where options.stop says so; what LibTorch refuses
  [[nodiscard]] Result<Metrics> operator()(const Architecture<Space>& a) const {
    const auto forward = [&](const torch::Tensor& images) { return supernet_->forward(images, a); };
    if (auto done = recalibrate(*supernet_, forward, recalibration_, options_); !done) return done.error();
    const auto scores = hwnas::evaluate(*supernet_, forward, validation_, options_);
    if (!scores) return scores.error();
    return Metrics{.values = {{"accuracy", scores->top1()}, {"loss", scores->loss()}}};
  }

 private:
  Supernet<Space>* supernet_;
  std::vector<Batch> recalibration_;
  std::vector<Batch> validation_;
  EvaluateOptions options_;
};

}  // namespace hwnas
