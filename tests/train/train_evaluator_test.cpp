// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/train/train_evaluator.hpp"

#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "laws/evaluator_laws.hpp"
#include "train/support.hpp"

namespace train_evaluator_test {

using namespace hwnas;

using Space = Input<Sequential<Conv<Out<8>>, Named<"block", LayerChoice<Conv1x1, Conv3x3>>, Flatten, Linear<4>>,
                    Shape{1, 8, 8}>;

TrainEvaluator<Space> evaluator(TrainEvaluatorOptions options) {
  const ImageData train = test::striped_images(64), validation = test::striped_images(32, {1, 8, 8}, 4, 2);
  const Normalisation normal = normalisation_of(train);
  Loader learning = Loader::make(train, {.batch_size = 16, .training = true, .normalisation = normal}, Rng{1}).value();
  Loader judging = Loader::make(validation, {.batch_size = 16, .normalisation = normal}).value();
  options.train.schedule = CosineRate{.rate = 0.1};
  return {std::move(learning), std::move(judging), std::move(options), Rng{3}};
}
Architecture<Space> with_block(int index) {
  Architecture<Space> a;
  a.set("block", index).value();
  return a;
}

TEST(TrainEvaluator, LearnsAndKeepsTheLaws) {
  torch::set_num_threads(1);
  auto trained = evaluator({.train = {.epochs = 6}});
  EXPECT_EQ(laws::evaluator_laws<Space>(trained, {with_block(0), with_block(1)}), 2U);
  const auto metrics = trained.evaluate(with_block(1), {}).value();
  EXPECT_GT(metrics.score(), 0.5) << "chance is 0.25";
  EXPECT_EQ(metrics.find("epochs"), 6);
}

TEST(TrainEvaluator, SpendsAShareOfTheEpochs) {
  EXPECT_EQ(evaluator({.train = {.epochs = 8}}).evaluate(with_block(1), {.share = 0.25})->find("epochs"), 2);
  EXPECT_EQ(evaluator({.train = {.epochs = 8}}).evaluate(with_block(1), {.share = 0.01})->find("epochs"), 1);
}

TEST(TrainEvaluator, EndsWhenNothingGetsBetterOrNobodyWantsMore) {
  auto quick = evaluator({.train = {.epochs = 50}, .patience = 3});
  const auto metrics = quick.evaluate(with_block(0), {}).value();
  EXPECT_LT(metrics.find("epochs").value(), 50);
  std::vector<std::size_t> steps;
  const Budget two{.report = [&](std::size_t step, const Metrics& so_far) {
    EXPECT_TRUE(so_far.find("accuracy").has_value());
    steps.push_back(step);
    return step < 2;
  }};
  EXPECT_EQ(evaluator({.train = {.epochs = 50}}).evaluate(with_block(0), two)->find("epochs"), 2);
  EXPECT_EQ(steps, (std::vector<std::size_t>{1, 2}));
}

TEST(TrainEvaluator, EndsAtItsLimitOfTimeAndWhenStopped) {
  const auto late =
      evaluator({.train = {.epochs = 1000}}).evaluate(with_block(0), {.time = std::chrono::milliseconds{50}});
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().code, Error::Code::interrupted);
  EXPECT_EQ(late.error().message, "training ran into its limit of 0.05 s");
  const auto stopped = evaluator({.train = {.epochs = 9, .stop = [] { return true; }}}).evaluate(with_block(0), {});
  EXPECT_EQ(stopped.error().code, Error::Code::interrupted);
}

}  // namespace train_evaluator_test
