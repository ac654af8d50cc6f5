// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Loss and accuracy of classification.
///        torch::Tensor loss = cross_entropy(logits, labels, 0.1);        // label smoothing 0.1
///        Scores scores; scores.add(logits, labels); scores.top1();
#pragma once

#include <algorithm>
#include <cstdint>

#include "hwnas/nn/torch.hpp"

namespace hwnas {

/// Mean cross entropy. With smoothing s the target is 1 - s on the label plus s / K on each of the K classes
/// (Szegedy et al. 2016, section 7).
[[nodiscard]] inline torch::Tensor cross_entropy(const torch::Tensor& logits, const torch::Tensor& labels,
                                                 double smoothing = 0) {
  return torch::nn::functional::cross_entropy(
      logits, labels, torch::nn::functional::CrossEntropyFuncOptions{}.label_smoothing(smoothing));
}

/// How many labels are among the k largest logits; with fewer than k classes, all are.
[[nodiscard]] inline std::int64_t correct_among(const torch::Tensor& logits, const torch::Tensor& labels,
                                                std::int64_t k) {
  if (k == 1) return logits.argmax(1).eq(labels).sum().item<std::int64_t>();
  const auto best = std::get<1>(logits.topk(std::min(k, logits.size(1)), 1));
  return best.eq(labels.unsqueeze(1)).sum().item<std::int64_t>();
}

/// Accuracy and loss over any number of batches.
struct Scores {
  std::int64_t images = 0;
  std::int64_t correct1 = 0;
  std::int64_t correct5 = 0;
  double loss_sum = 0;

  [[nodiscard]] double top1() const { return share(static_cast<double>(correct1)); }  ///< 0 .. 1
  [[nodiscard]] double top5() const { return share(static_cast<double>(correct5)); }  ///< 0 .. 1
  [[nodiscard]] double loss() const { return share(loss_sum); }                       ///< mean cross entropy

  void add(const torch::Tensor& logits, const torch::Tensor& labels) {
    const torch::NoGradGuard no_gradients;
    images += labels.size(0);
    correct1 += correct_among(logits, labels, 1);
    correct5 += correct_among(logits, labels, 5);
    loss_sum += cross_entropy(logits, labels).item<double>() * static_cast<double>(labels.size(0));
  }

 private:
  [[nodiscard]] double share(double sum) const { return images > 0 ? sum / static_cast<double>(images) : 0.0; }
};

}  // namespace hwnas
