// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Knowledge distillation: learning from what a teacher says of the same images, beside the labels.
///        const torch::Tensor soft = soft_labels(teacher.forward(images), 4);
///        loss = cross_entropy(logits, labels, 0.1) + weight * distillation_loss(logits, soft, 4);
#pragma once

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/nn/torch.hpp"

namespace hwnas {
namespace detail {
inline void check_temperature(double temperature) {
  if (temperature > 0) return;
  throw Error{Error::Code::bad_value,
              fmt::format("a distillation's temperature must be greater than 0; found {}", temperature)};
}
}  // namespace detail

/// A teacher's classes: the higher the temperature, the more they say of those that are not the first.
///   Shape    (N, K) logits -> (N, K), each row sums to 1; without a gradient, so that the teacher stays as it is
///   Formula  softmax(logits / temperature) (Hinton, Vinyals and Dean 2015, eq. 1)
///   Errors   throws bad_value where the temperature is not above 0
[[nodiscard]] inline torch::Tensor soft_labels(const torch::Tensor& logits, double temperature = 1) {
  detail::check_temperature(temperature);
  return (logits.detach() / temperature).softmax(1);
}

/// Mean cross entropy against soft labels of the same temperature T.
///   Shape    (N, K) logits, (N, K) soft labels -> ()
///   Formula  T^2 mean over images of -sum_k soft_k log softmax(logits / T)_k, whose gradient by the logits is
///            T (softmax(logits / T) - soft) / N. T^2 keeps its size beside the labels' whatever T is (Hinton, Vinyals and
///            Dean 2015, section 2). T = 1, the default, is once-for-all's (Cai et al. 2020)
///   Errors   throws bad_value where the temperature is not above 0
[[nodiscard]] inline torch::Tensor distillation_loss(const torch::Tensor& logits, const torch::Tensor& soft,
                                                     double temperature = 1) {
  detail::check_temperature(temperature);
  const torch::Tensor each = -(soft * (logits / temperature).log_softmax(1)).sum(1);
  return temperature * temperature * each.mean();
}

}  // namespace hwnas
