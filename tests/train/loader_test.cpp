// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// What turns data into tensors and tensors into numbers: loader, metrics, evaluation, recalibration, optimisers.
#include "hwnas/train/loader.hpp"

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "hwnas/train/autocast.hpp"
#include "hwnas/train/evaluate.hpp"
#include "hwnas/train/metrics.hpp"
#include "hwnas/train/optimiser.hpp"
#include "train/small_net.hpp"
#include "train/support.hpp"

namespace hwnas::test {
namespace loader_test {

using Code = Error::Code;

[[nodiscard]] LoaderOptions options_for(const ImageData& data) {
  return {.batch_size = 16,
          .training = true,
          .augment = {.crop_padding = 2, .flip = true, .cutout = 3},
          .normalisation = normalisation_of(data)};
}

/// All batches of one epoch after one another.
[[nodiscard]] std::vector<Batch> batches_of(const Loader& loader, std::int64_t epoch, std::int64_t first = 0) {
  std::vector<Batch> result;
  auto stream = loader.epoch(epoch, first);
  while (auto batch = stream.next().value()) result.push_back(*batch);
  return result;
}

void expect_equal(const std::vector<Batch>& a, const std::vector<Batch>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_TRUE(torch::equal(a[i].images, b[i].images));
    EXPECT_TRUE(torch::equal(a[i].labels, b[i].labels));
    EXPECT_EQ(a[i].index, b[i].index);
  }
}

TEST(Loader, BatchesDoNotDependOnTheNumberOfWorkers) {
  const ImageData data = striped_images(200, {3, 8, 8});
  LoaderOptions options = options_for(data);
  options.workers = 0;
  const auto expected = batches_of(Loader::make(data, options, Rng{5}).value(), 2);
  for (const int workers : {1, 2, 5}) {
    options.workers = workers;
    expect_equal(batches_of(Loader::make(data, options, Rng{5}).value(), 2), expected);
  }
}

TEST(Loader, AnEpochCanBeginInItsMiddle) {
  const ImageData data = striped_images(200);
  const Loader loader = Loader::make(data, options_for(data), Rng{5}).value();
  auto whole = batches_of(loader, 3);
  whole.erase(whole.begin(), whole.begin() + 7);
  expect_equal(batches_of(loader, 3, 7), whole);
}

TEST(Loader, EpochsAndSeedsDiffer) {
  const ImageData data = striped_images(64);
  const auto labels = [&](std::uint64_t seed, std::int64_t epoch) {
    return batches_of(Loader::make(data, options_for(data), Rng{seed}).value(), epoch)[0].labels;
  };
  EXPECT_FALSE(torch::equal(labels(1, 0), labels(1, 1)));
  EXPECT_FALSE(torch::equal(labels(1, 0), labels(2, 0)));
  EXPECT_TRUE(torch::equal(labels(1, 1), labels(1, 1)));
}

TEST(Loader, TrainingTakesEachImageOnceAndLeavesTheIncompleteBatchOut) {
  ImageData data = striped_images(100, {1, 8, 8}, 4);
  const Loader loader = Loader::make(data, options_for(data), Rng{1}).value();
  EXPECT_EQ(loader.batches(), 6);
  EXPECT_EQ(batches_of(loader, 0).size(), 6U);
}

TEST(Loader, EvaluationTakesAllImagesInOrderUnchanged) {
  const ImageData data = striped_images(50);
  LoaderOptions options = options_for(data);
  options.training = false;
  const Loader loader = Loader::make(data, options).value();
  EXPECT_EQ(loader.batches(), 4);
  std::vector<torch::Tensor> images, labels;
  for (const Batch& batch : batches_of(loader, 9)) {
    images.push_back(batch.images);
    labels.push_back(batch.labels);
  }
  const torch::Tensor expected = (image_tensor(data).to(torch::kFloat32) / 255 - options.normalisation.mean[0]) /
                                 options.normalisation.deviation[0];
  EXPECT_TRUE(torch::allclose(torch::cat(images), expected, 1e-5, 1e-5));
  EXPECT_TRUE(torch::equal(torch::cat(labels), torch::tensor(data.labels)));
}

TEST(Loader, RefusesWhatCannotBeTrainedOn) {
  const ImageData data = striped_images(50);
  const auto normal = normalisation_of(data);
  expect_error(Loader::make(data, {.batch_size = 51, .training = true, .normalisation = normal}), Code::bad_value,
               {"stripes: 50 images are fewer than one batch of 51"});
  expect_error(Loader::make(data, {.batch_size = 0, .normalisation = normal}), Code::bad_value, {"at least 1 image"});
  expect_error(Loader::make(data, {}), Code::bad_value, {"expected a normalisation of 1 channels, found 0"});
  ImageData one_class = data;
  one_class.labels.assign(50, 2);
  expect_error(Loader::make(one_class, {.batch_size = 8, .training = true, .normalisation = normal}), Code::bad_value,
               {"at least two classes", "found 1"});
  EXPECT_TRUE(Loader::make(one_class, {.normalisation = normal}));
  expect_error(Loader::make(ImageData{.name = "void"}, {}), Code::bad_format, {"void: no images"});
}

// --- metrics -------------------------------------------------------------------------------------------------------

TEST(CrossEntropy, SmoothingMatchesItsDefinition) {
  const torch::Tensor logits = torch::randn({6, 5}, torch::kFloat64);
  const torch::Tensor labels = torch::tensor({0, 1, 2, 3, 4, 1}, torch::kInt64);
  const torch::Tensor target = torch::full({6, 5}, 0.1 / 5, torch::kFloat64)
                                   .scatter_add(1, labels.unsqueeze(1), torch::full({6, 1}, 0.9, torch::kFloat64));
  const double expected = -(target * torch::log_softmax(logits, 1)).sum(1).mean().item<double>();
  EXPECT_NEAR(cross_entropy(logits, labels, 0.1).item<double>(), expected, 1e-12);
}

TEST(Scores, CountTheFirstAndTheFirstFive) {
  const torch::Tensor logits = torch::arange(10, torch::kFloat32).repeat({3, 1});
  Scores scores;
  scores.add(logits, torch::tensor({9, 5, 4}, torch::kInt64));
  EXPECT_DOUBLE_EQ(scores.top1(), 1.0 / 3);
  EXPECT_DOUBLE_EQ(scores.top5(), 2.0 / 3);
  EXPECT_EQ(Scores{}.top1(), 0.0);
  Scores few;
  few.add(torch::randn({4, 3}), torch::tensor({0, 1, 2, 0}, torch::kInt64));
  EXPECT_EQ(few.top5(), 1.0);
}

RC_GTEST_PROP(Scores, DoNotDependOnTheBatches, ()) {
  const auto count = *rc::gen::inRange<std::int64_t>(2, 40);
  const auto cut = *rc::gen::inRange<std::int64_t>(1, count);
  const torch::Tensor logits = torch::randn({count, 7});
  const torch::Tensor labels = torch::randint(7, {count}, torch::kInt64);
  Scores whole, parts;
  whole.add(logits, labels);
  parts.add(logits.slice(0, 0, cut), labels.slice(0, 0, cut));
  parts.add(logits.slice(0, cut), labels.slice(0, cut));
  RC_ASSERT(whole.correct1 == parts.correct1);
  RC_ASSERT(whole.correct5 == parts.correct5);
  RC_ASSERT(std::abs(whole.loss() - parts.loss()) < 1e-5);
}

// --- evaluation ----------------------------------------------------------------------------------------------------

struct Evaluating : testing::Test {
  ImageData data = striped_images(100);
  Loader loader = Loader::make(data, {.batch_size = 32, .normalisation = normalisation_of(data)}).value();
  SmallNet net;
  ForwardFunction forward = [this](const torch::Tensor& x) { return net->forward(x); };
};

TEST_F(Evaluating, GivesTheSameFromMemoryAndPutsTheModesBack) {
  net->norm->eval();
  const Scores streamed = evaluate(*net, forward, loader).value();
  const Scores kept = evaluate(*net, forward, keep_batches(loader).value()).value();
  EXPECT_EQ(streamed.images, 100);
  EXPECT_EQ(streamed.correct1, kept.correct1);
  EXPECT_EQ(streamed.loss_sum, kept.loss_sum);
  EXPECT_TRUE(net->is_training());
  EXPECT_TRUE(net->dropout->is_training());
  EXPECT_FALSE(net->norm->is_training());
}

TEST_F(Evaluating, StopsOnRequestAndReportsWhatTorchSays) {
  expect_error(evaluate(*net, forward, loader, {.stop = [] { return true; }}), Code::interrupted, {"stopped"});
  SmallNet wrong{3};
  expect_error(evaluate(
                   *wrong, [&](const torch::Tensor& x) { return wrong->forward(x); }, loader),
               Code::bad_value, {"evaluation: LibTorch says:", "channels"});
  EXPECT_TRUE(wrong->is_training());
}

TEST_F(Evaluating, RecalibrationAveragesAllBatchesAlike) {
  net->eval();
  const auto batches = keep_batches(loader, 3).value();
  ASSERT_TRUE(recalibrate(*net, forward, batches));
  torch::Tensor mean = torch::zeros({8}), variance = torch::zeros({8});
  for (const Batch& batch : batches) {
    const torch::NoGradGuard no_gradients;
    const torch::Tensor x = net->first(batch.images);
    mean += x.mean({0, 2, 3}) / 3;
    variance += x.transpose(0, 1).flatten(1).var(1, /*unbiased=*/true) / 3;
  }
  EXPECT_TRUE(torch::allclose(net->norm->running_mean, mean, 1e-4, 1e-6));
  EXPECT_TRUE(torch::allclose(net->norm->running_var, variance, 1e-4, 1e-6));
  EXPECT_FALSE(net->norm->is_training());
  EXPECT_EQ(net->norm->options.momentum().value(), 0.1);
}

TEST_F(Evaluating, RecalibrationTwiceIsRecalibrationOnceAlsoAfterAnError) {
  ASSERT_TRUE(recalibrate(*net, forward, loader, 2));
  const torch::Tensor once = net->norm->running_var.clone();
  EXPECT_FALSE(recalibrate(
      *net, [](const torch::Tensor& x) { return x.reshape({7}); }, loader, 2));
  EXPECT_EQ(net->norm->options.momentum().value(), 0.1);
  EXPECT_TRUE(net->is_training());
  ASSERT_TRUE(recalibrate(*net, forward, loader, 2));
  EXPECT_TRUE(torch::equal(once, net->norm->running_var));
}

// --- optimisers ----------------------------------------------------------------------------------------------------

TEST(Optimiser, SparesVectorsFromWeightDecay) {
  using Kind = OptimiserOptions::Kind;
  // 0.01 is AdamW's own default, which LibTorch must not take for "not set".
  for (const auto& [kind, decay] : {std::pair{Kind::sgd, 0.5}, {Kind::adamw, 0.5}, {Kind::adamw, 0.01}}) {
    SmallNet net;
    const auto optimiser = make_optimiser(*net, {.kind = kind, .nesterov = false, .weight_decay = decay});
    set_rate(*optimiser, 0.1);
    const torch::NoGradGuard no_gradients;
    net->norm->weight.fill_(2);
    const torch::Tensor before = net->first->weight.clone();
    for (auto& parameter : net->parameters()) parameter.mutable_grad() = torch::zeros_like(parameter);
    optimiser->step();
    EXPECT_TRUE(torch::equal(net->norm->weight, torch::full({8}, 2.0)));
    EXPECT_TRUE(torch::allclose(net->first->weight, before * (1 - 0.1 * decay)));
  }
}

TEST(Optimiser, AWeightOffThePathDoesNotMove) {
  SmallNet net;
  const auto optimiser = make_optimiser(*net, {});
  set_rate(*optimiser, 0.1);
  const auto step = [&](bool use_other) {
    clear_gradients(*optimiser);
    net->forward(torch::randn({4, 1, 8, 8}), use_other).sum().backward();
    optimiser->step();
  };
  step(true);
  const torch::Tensor before = net->other->weight.clone();
  step(false);
  EXPECT_TRUE(torch::equal(before, net->other->weight));
}

TEST(Optimiser, ClippingScalesAllGradientsToTheLimit) {
  SmallNet net;
  const auto optimiser = make_optimiser(*net, {});
  net->forward(torch::randn({4, 1, 8, 8})).square().sum().mul(1000).backward();
  EXPECT_GT(clip_gradients(*optimiser, 1.0), 1.0);
  EXPECT_NEAR(clip_gradients(*optimiser, 1.0), 1.0, 1e-4);
}

TEST(Autocast, RunsConvolutionsInBfloat16AndEnds) {
  SmallNet net;
  const torch::Tensor x = torch::randn({2, 1, 8, 8});
  {
    const Autocast half{torch::kCPU};
    EXPECT_EQ(net->first(x).scalar_type(), torch::kBFloat16);
  }
  EXPECT_EQ(net->first(x).scalar_type(), torch::kFloat32);
  const Autocast off{torch::kCPU, false};
  EXPECT_EQ(net->first(x).scalar_type(), torch::kFloat32);
}

TEST(Autocast, KeepsGradientsAndMovesOfWeightsThatWereUsedBefore) {
  SmallNet net;
  const torch::Tensor x = torch::randn({2, 1, 8, 8});
  const Autocast half{torch::kCPU};
  torch::Tensor before;
  {
    const torch::NoGradGuard judged;
    before = net->first(x);
  }
  net->first(x).sum().backward();
  EXPECT_TRUE(net->first->weight.grad().defined());
  const torch::NoGradGuard moved;
  net->first->weight.add_(1);
  EXPECT_FALSE(torch::equal(net->first(x), before));
}

}  // namespace loader_test
}  // namespace hwnas::test
