// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/train/distillation.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "hwnas/train/metrics.hpp"

namespace hwnas {
namespace distillation_test {

const torch::Tensor student = torch::tensor({{0.5, -1.0, 2.0}, {1.0, 1.5, -0.5}}, torch::kFloat64);
const torch::Tensor teacher = torch::tensor({{1.0, 0.0, 3.0}, {-1.0, 2.0, 0.5}}, torch::kFloat64);

/// softmax(logits[row] / t)[k], by hand.
double probability(const torch::Tensor& logits, std::int64_t row, std::int64_t k, double t) {
  double sum = 0;
  for (std::int64_t i = 0; i < logits.size(1); ++i) sum += std::exp(logits[row][i].item<double>() / t);
  return std::exp(logits[row][k].item<double>() / t) / sum;
}

TEST(Distillation, IsTheFormulaOfItsDocstring) {
  for (const double t : {1.0, 2.0, 4.0}) {
    double expected = 0;
    for (std::int64_t n = 0; n < 2; ++n) {
      for (std::int64_t k = 0; k < 3; ++k) {
        expected -= probability(teacher, n, k, t) * std::log(probability(student, n, k, t)) * t * t / 2;
      }
    }
    EXPECT_NEAR(distillation_loss(student, soft_labels(teacher, t), t).item<double>(), expected, 1e-12) << t;
  }
}

TEST(Distillation, ItsGradientIsTheDifferenceOfTheClassesTimesTheTemperature) {
  for (const double t : {1.0, 4.0}) {
    const torch::Tensor logits = student.clone().requires_grad_();
    distillation_loss(logits, soft_labels(teacher, t), t).backward();
    for (std::int64_t n = 0; n < 2; ++n) {
      for (std::int64_t k = 0; k < 3; ++k) {
        const double expected = t * (probability(student, n, k, t) - probability(teacher, n, k, t)) / 2;
        EXPECT_NEAR(logits.grad()[n][k].item<double>(), expected, 1e-12) << t;
      }
    }
  }
}

TEST(Distillation, TheTeacherGetsNoGradient) {
  const torch::Tensor teaching = teacher.clone().requires_grad_();
  const torch::Tensor learning = student.clone().requires_grad_();
  distillation_loss(learning, soft_labels(teaching, 2), 2).backward();
  EXPECT_FALSE(teaching.grad().defined());
}

TEST(Distillation, ATeacherThatIsSureIsALabel) {
  const torch::Tensor labels = torch::tensor({2, 0}, torch::kInt64);
  const torch::Tensor sure = torch::one_hot(labels, 3).to(torch::kFloat64);
  EXPECT_NEAR(distillation_loss(student, sure).item<double>(), cross_entropy(student, labels).item<double>(), 1e-12);
}

TEST(Distillation, ATemperatureOfZeroIsRefused) {
  EXPECT_THROW(static_cast<void>(soft_labels(teacher, 0)), Error);
  EXPECT_THROW(static_cast<void>(distillation_loss(student, teacher.softmax(1), -1)), Error);
}

}  // namespace distillation_test
}  // namespace hwnas
