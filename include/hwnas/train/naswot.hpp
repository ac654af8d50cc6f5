// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Naswot: scores an architecture without training, by how differently it sees the images of one batch.
///        Naswot<S> evaluator{batch.images, Rng{1}};  double score = evaluator.evaluate(a, {})->score();
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "hwnas/core/rng.hpp"
#include "hwnas/experiment/evaluator.hpp"
#include "hwnas/train/seeded_subnet.hpp"
#include "hwnas/train/torch_error.hpp"

namespace hwnas {

/// Whether a unit of this kind is on where its operand is positive: rectified linear units, and what is shaped like them.
[[nodiscard]] constexpr bool is_rectifier(Activation activation) {
  return activation == Activation::relu || activation == Activation::relu6 || activation == Activation::hswish ||
         activation == Activation::swish;
}

/// {"naswot": logarithm of the determinant}; an Evaluator. Higher is better.
///   Formula   log |det K|, K_ij = N - (Hamming distance of c_i and c_j), where c_i says of each of the network's N
///             rectified linear units whether image i turns it on (Mellor, Turner, Storkey, Crowley 2021, "Neural
///             Architecture Search without Training", section 3); batch-norm uses the batch's own statistics
template <class Space>
class Naswot {
 public:
  /// `images`: a mini-batch (B, C, H, W) of the data, the paper's of 128.
  Naswot(torch::Tensor images, const Rng& rng) : images_{std::move(images)}, seed_{weight_seed(rng)} {}

  /// Errors  bad_value: no rectified linear unit, or two images that the network cannot tell apart
  [[nodiscard]] Result<Metrics> evaluate(const Architecture<Space>& a, const Budget&) const {
    return guarded("naswot", [&]() -> Result<Metrics> {
      const double score = std::get<1>(torch::slogdet(kernel(a))).template item<double>();
      if (!std::isfinite(score)) {
        return Error{Error::Code::bad_value,
                     fmt::format("naswot is {}: expected {} images that the network's rectified "
                                 "linear units tell apart",
                                 score, images_.size(0))};
      }
      return Metrics{.values = {{"naswot", score}}, .objective = "naswot"};
    });
  }

  /// K.
  ///   Shape  (B, B) double
  [[nodiscard]] torch::Tensor kernel(const Architecture<Space>& a) const {
    const torch::NoGradGuard no_gradients;
    const auto net = seeded_subnet(a, seed_);
    net->train();
    torch::Tensor sum = torch::zeros({images_.size(0), images_.size(0)}, torch::kFloat64);
    (void)net->forward(images_, [&](const Step& step, const torch::Tensor& operand) {
      if (step.primitive.kind != PrimitiveKind::activation || !is_rectifier(step.primitive.activation)) return;
      const torch::Tensor on = (operand > 0).flatten(1).to(torch::kFloat32), off = 1 - on;
      sum += (on.mm(on.t()) + off.mm(off.t())).to(torch::kFloat64);  // counts: exact in single precision below 2^24
    });
    return sum;
  }

 private:
  torch::Tensor images_;
  std::uint64_t seed_;
};

}  // namespace hwnas
