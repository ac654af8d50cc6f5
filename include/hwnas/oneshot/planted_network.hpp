// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  PlantedNetwork: a formula in place of a supernet, with pairs of choices that only work together. Policies search
///        it in seconds, and what is best is known: for tests of policies, and for seeing what a penalty does.
///        auto network = PlantedNetwork<S>::dearer_is_better(flops, 6, 0.1, Rng{1});
///        LearnedSearch<S, Enas> search{Enas{}};  search.begin({.validation = network.loader()}, rng);  search.step(network, ...)
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "hwnas/core/rng.hpp"
#include "hwnas/nn/torch.hpp"
#include "hwnas/nn/supernet.hpp"
#include "hwnas/profile/probabilities.hpp"
#include "hwnas/space/architecture.hpp"
#include "hwnas/train/loader.hpp"

namespace hwnas {

/// What policies ask of a supernet. An architecture's quality is the sum of its candidates' worths and of a number for each
/// pair of them; a mixture's is the same with gates for choices, which is the expectation where gates are probabilities.
///   Formula  q(a) = sum over d of worth(d, a_d) + sum over d < e of pair(d, a_d, e, a_e);
///            of a path 1 / (1 + exp(-q)) of the images are right; the mixtures' cross entropy is log(1 + exp(-q))
///   Mixtures are for spaces all of whose decisions are always met
///   Images   must be the loader's: they say their class
template <class Space> class PlantedNetwork : public torch::nn::Module {
 public:
  /// `pairs`: standard deviation of a pair's number (uniform).
  PlantedNetwork(const Probabilities<Space>& worth, double pairs, Rng rng) : worth_{worth}, pairs_(size * size, 0.0) {
    const double half_width = pairs * std::sqrt(3.0);
    for (std::size_t d = 0; d < decision_total<Space>; ++d) {
      for (std::size_t i = first(d); i < first(d + 1); ++i) {
        for (std::size_t j = first(d + 1); j < size; ++j) {
          pairs_[i * size + j] = pairs_[j * size + i] = half_width * (2 * rng.uniform() - 1);
        }
      }
    }
    const auto n = static_cast<std::int64_t>(size);
    worth_tensor_ = torch::tensor(std::vector<float>(worth_.all().begin(), worth_.all().end()));
    pairs_tensor_ = torch::tensor(std::vector<float>(pairs_.begin(), pairs_.end())).reshape({n, n});
  }

  /// A problem in which a budget binds: the dearest candidates are worth `slope` more than the cheapest, all together,
  /// by `profiler`; besides, each candidate has a number in +-0.15.
  template <class P>
  [[nodiscard]] static PlantedNetwork dearer_is_better(const P& profiler, double slope, double pairs, Rng rng) {
    auto worth = profiler.expected_gradient(Probabilities<Space>::uniform());
    const auto range = static_cast<double>((profiler.range().max - profiler.range().min).value());
    for (std::size_t d = 0; d < decision_total<Space>; ++d) {
      const double least = *std::min_element(worth[d].begin(), worth[d].end());
      for (double& x : worth[d]) x = slope * (x - least) / range + 0.3 * (rng.uniform() - 0.5);
    }
    return {worth, pairs, rng};
  }

  [[nodiscard]] double quality(const Architecture<Space>& a) const {
    std::size_t met[decision_total<Space> + 1];
    std::size_t count = 0;
    double sum = 0;
    for_each_active_choice(a, [&](std::size_t d, int v) {
      const std::size_t i = first(d) + static_cast<std::size_t>(v);
      sum += worth_.all()[i];
      for (std::size_t k = 0; k < count; ++k) sum += pairs_[met[k] * size + i];
      met[count++] = i;
    });
    return sum;
  }
  /// The share of images that are right.
  [[nodiscard]] double accuracy(const Architecture<Space>& a) const { return 1 / (1 + std::exp(-quality(a))); }

  [[nodiscard]] torch::Tensor forward(const torch::Tensor& images, const Architecture<Space>& a) const {
    const std::int64_t count = images.size(0);
    const torch::Tensor margin = torch::full({count}, -1.0F);
    margin.narrow(0, 0, std::llround(accuracy(a) * static_cast<double>(count))).fill_(1);
    return logits(images, margin);
  }
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& images, const Mixture&, const torch::Tensor& gates) const {
    const torch::Tensor q = torch::dot(gates, worth_tensor_ + torch::mv(pairs_tensor_, gates) / 2);
    return logits(images, q.expand({images.size(0)}));
  }

  /// Images of one pixel and their classes.
  [[nodiscard]] static Loader loader(std::int64_t count = 256) {
    ImageData data{.name = "classes as images", .shape = {1, 1, 1}, .classes = 2};
    for (std::int64_t i = 0; i < count; ++i) {
      data.labels.push_back(i % 2);
      data.pixels.push_back(i % 2 == 0 ? 0 : 255);
    }
    const Normalisation centred{.mean = {0.5F}, .deviation = {0.5F}};
    return Loader::make(data, {.batch_size = count, .training = true, .normalisation = centred, .workers = 0}).value();
  }

 private:
  static constexpr std::size_t first(std::size_t d) { return Probabilities<Space>::first(d); }
  static constexpr std::size_t size = first(decision_total<Space>);

  // Two classes: the right one is ahead by the margin.
  [[nodiscard]] static torch::Tensor logits(const torch::Tensor& images, const torch::Tensor& margin) {
    const torch::Tensor sign = images.reshape({images.size(0)}).sign();  // -1 for class 0, +1 for class 1
    return torch::stack({-sign * margin / 2, sign * margin / 2}, 1);
  }

  Probabilities<Space> worth_;
  std::vector<double> pairs_;  // symmetric; 0 within a decision
  torch::Tensor worth_tensor_, pairs_tensor_;
};

}  // namespace hwnas
