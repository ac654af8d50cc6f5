// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What tests of gradient estimates share: a space of one decision, means with their errors, uneven probabilities.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <gtest/gtest.h>

#include "hwnas/oneshot/policy.hpp"
#include "oneshot/small_space.hpp"

namespace hwnas::oneshot_test {

using One = Input<Sequential<Conv<Kernel<3>, Out<4>>, Named<"a", LayerChoice<Conv3x3, Conv5x5, Identity, Conv1x1>>,
                             Flatten, Linear<2>>,
                  Shape{1, 8, 8}>;

/// Mean and standard error, one number a candidate.
template <class S> struct Means {
  Probabilities<S> sum{}, squares{};
  int count = 0;
  void add(const Probabilities<S>& x) {
    ++count;
    for (std::size_t i = 0; i < x.all().size(); ++i) {
      sum.all()[i] += x.all()[i];
      squares.all()[i] += x.all()[i] * x.all()[i];
    }
  }
  void expect_near(const Probabilities<S>& truth) const {
    for (std::size_t i = 0; i < truth.all().size(); ++i) {
      const double mean = sum.all()[i] / count;
      const double error = std::sqrt(std::max(0.0, squares.all()[i] / count - mean * mean) / count);
      EXPECT_NEAR(mean, truth.all()[i], 4.5 * error + 1e-9) << i;
    }
  }
};

template <class S> Conditioned<S> skewed() {
  Conditioned<S> inside;
  Probabilities<S> logits;
  for (std::size_t i = 0; i < logits.all().size(); ++i) logits.all()[i] = 0.4 * static_cast<double>(i % 3);
  inside.set(softmax(logits));
  return inside;
}

}  // namespace hwnas::oneshot_test
