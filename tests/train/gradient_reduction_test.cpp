// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// Gradients averaged over ranks, the other rank played by arithmetic; real ranks are in distributed_test.cpp.
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "hwnas/train/gradient_reduction.hpp"
#include "train/small_net.hpp"

namespace hwnas::test {
namespace gradient_reduction_test {

/// Two ranks of which the other one is a function of what this one sends.
class TwoRanks : public Ranks {
 public:
  using Other = std::function<torch::Tensor(const torch::Tensor&)>;
  TwoRanks(Other other, std::int64_t bucket_bytes) : Ranks{0, 2, {.bucket_bytes = bucket_bytes}}, other_{std::move(other)} {}

  Wait sum_later(torch::Tensor values, Lane) override {
    ++messages;
    return [this, values]() mutable { values += other_(values); };
  }
  void broadcast(torch::Tensor, int) override {}

  int messages = 0;

 private:
  Other other_;
};
const TwoRanks::Other does_the_same = [](const torch::Tensor& sent) { return sent.clone(); };
const TwoRanks::Other has_no_gradients = [](const torch::Tensor& sent) { return torch::zeros_like(sent); };

torch::Tensor loss_of(SmallNet& net, std::uint64_t seed, bool other_path) {
  torch::manual_seed(seed);
  return net->forward(torch::randn({3, 1, 8, 8}), other_path).square().mean();
}

/// The gradients of some losses, one after the other, added up as autograd does.
std::vector<torch::Tensor> added_up(SmallNet& net, const std::vector<std::uint64_t>& seeds, bool other_path) {
  net->zero_grad(true);
  for (const std::uint64_t seed : seeds) loss_of(net, seed, other_path).backward();
  std::vector<torch::Tensor> gradients;
  for (const torch::Tensor& p : net->parameters()) {
    gradients.push_back(p.grad().defined() ? p.grad().clone() : torch::Tensor{});
  }
  net->zero_grad(true);
  return gradients;
}

bool same(const torch::Tensor& a, const torch::Tensor& b) {
  return a.defined() == b.defined() && (!a.defined() || (a.sizes() == b.sizes() && torch::allclose(a, b, 1e-5, 1e-7)));
}

RC_GTEST_PROP(GradientReduction, OfTwinsIsWhatOneHasInBucketsOfAnySize, ()) {
  SmallNet net;
  const auto seed = *rc::gen::inRange<std::uint64_t>(1, 1000);
  const bool other_path = *rc::gen::arbitrary<bool>();
  const auto alone = added_up(net, {seed}, other_path);
  TwoRanks ranks{does_the_same, *rc::gen::element<std::int64_t>(1, 100, 1000, 1 << 22)};
  GradientReduction reduction{ranks, net->parameters()};
  if (*rc::gen::arbitrary<bool>()) {
    reduction.backward(loss_of(net, seed, other_path));
  } else {
    loss_of(net, seed, other_path).backward();
    reduction.reduce();
  }
  const auto parameters = net->parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) RC_ASSERT(same(parameters[i].grad(), alone[i]));
}

TEST(GradientReduction, HalvesWhatTheOtherRankHasNothingOf) {
  SmallNet net;
  const auto alone = added_up(net, {7}, false);
  TwoRanks ranks{has_no_gradients, 1 << 22};
  GradientReduction{ranks, net->parameters()}.backward(loss_of(net, 7, false));
  const auto parameters = net->parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    EXPECT_TRUE(same(parameters[i].grad(), alone[i].defined() ? alone[i] / 2 : alone[i])) << i;
  }
}

// Gradients are parts of a bucket, and the next bucket is made of them.
TEST(GradientReduction, GradientsThatAreNotClearedAddUp) {
  SmallNet net;
  const auto both = added_up(net, {1, 2}, false);
  TwoRanks ranks{does_the_same, 500};
  GradientReduction reduction{ranks, net->parameters()};
  reduction.backward(loss_of(net, 1, false));
  reduction.backward(loss_of(net, 2, false));
  const auto parameters = net->parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) EXPECT_TRUE(same(parameters[i].grad(), both[i])) << i;
}

TEST(GradientReduction, SendsTheCountsAndABucketWhateverThePath) {
  for (const bool other_path : {false, true}) {
    SmallNet net;
    TwoRanks ranks{does_the_same, 1 << 22};
    GradientReduction{ranks, net->parameters()}.backward(loss_of(net, 1, other_path));
    EXPECT_EQ(ranks.messages, 2);
  }
}

}  // namespace gradient_reduction_test
}  // namespace hwnas::test
