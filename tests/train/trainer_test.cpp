// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/train/trainer.hpp"

#include <cmath>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "hwnas/train/evaluate.hpp"
#include "hwnas/train/load_data.hpp"
#include "hwnas/train/metrics.hpp"
#include "hwnas/train/stop_signal.hpp"
#include "train/small_net.hpp"
#include "train/support.hpp"

namespace hwnas::test {
namespace trainer_test {

using Code = Error::Code;
using Kind = OptimiserOptions::Kind;

/// One run of a two-path supernet: 5 batches an epoch, 3 epochs. Everything is made anew, as a restarted program would.
struct SmallRun {
  static constexpr std::int64_t batches = 5;
  ImageData data = striped_images(batches * 16 + 3);
  Loader loader;
  SmallNet net{nullptr};
  TrainOptions options;

  explicit SmallRun(TrainOptions chosen = {}, std::uint64_t seed = 7)
      : loader{Loader::make(data,
                            {.batch_size = 16,
                             .training = true,
                             .augment = {.crop_padding = 1},
                             .normalisation = normalisation_of(data)},
                            Rng{seed})
                   .value()},
        options{std::move(chosen)} {
    torch::set_num_threads(1);
    torch::manual_seed(seed);
    net = SmallNet{};
    if (options.epochs == TrainOptions{}.epochs) options.epochs = 3;
  }
  [[nodiscard]] Trainer trainer(std::uint64_t seed = 7) {
    torch::manual_seed(seed);  // LibTorch's generator, which dropout uses, is one for all runs of this program
    return Trainer{*net, loader, options, Rng{seed}};
  }
  /// One random path a step, as SPOS trains.
  [[nodiscard]] auto step() {
    return [this](const Batch& batch, Rng& rng) {
      return cross_entropy(net->forward(batch.images, rng.below(2) == 1), batch.labels, 0.1);
    };
  }
};

void expect_same_bits(const SmallNet& a, const SmallNet& b) {
  const auto left = named_tensors(*a), right = named_tensors(*b);
  ASSERT_EQ(left.size(), right.size());
  for (std::size_t i = 0; i < left.size(); ++i)
    EXPECT_TRUE(to_array(left[i].second) == to_array(right[i].second)) << left[i].first;
}

TEST(Trainer, LearnsAndReportsEveryStepAndEpoch) {
  std::vector<StepReport> steps;
  std::vector<EpochReport> epochs;
  SmallRun run{{.epochs = 12,
                .schedule = CosineRate{.rate = 0.1},
                .on_step = [&](const StepReport& report) { steps.push_back(report); },
                .on_epoch =
                    [&](EpochReport& report) {
                      report.accuracy = 0.5;
                      epochs.push_back(report);
                    }}};
  auto trainer = run.trainer();
  const TrainSummary summary =
      trainer.fit([&](const Batch& batch) { return cross_entropy(run.net->forward(batch.images), batch.labels); })
          .value();
  EXPECT_EQ(summary.steps, 60);
  ASSERT_EQ(steps.size(), 60U);
  EXPECT_EQ(steps[7].epoch, 1);
  EXPECT_EQ(steps[7].batch, 2);
  EXPECT_EQ(steps[0].rate, 0.1);
  ASSERT_EQ(epochs.size(), 12U);
  EXPECT_LT(epochs.back().loss, 0.5 * epochs.front().loss);
  EXPECT_EQ(summary.history.back().accuracy, 0.5);
}

TEST(Trainer, TheSameSeedGivesTheSameBits) {
  SmallRun one, two, other{{}, 8};
  ASSERT_TRUE(one.trainer().fit(one.step()));
  ASSERT_TRUE(two.trainer().fit(two.step()));
  ASSERT_TRUE(other.trainer().fit(other.step()));
  expect_same_bits(one.net, two.net);
  EXPECT_FALSE(torch::equal(one.net->first->weight, other.net->first->weight));
}

TEST(Trainer, ResumedAtAnyStepItEndsWithTheSameBits) {
  for (const auto kind : {Kind::sgd, Kind::adam, Kind::adamw}) {
    const OptimiserOptions optimiser{.kind = kind};
    const Schedule schedule = CosineRate{.rate = kind == Kind::sgd ? 0.1 : 1e-2, .warmup = 0.2};
    SmallRun straight{{.optimiser = optimiser, .schedule = schedule, .clip_norm = 5}};
    auto expected = straight.trainer();
    ASSERT_TRUE(expected.fit(straight.step()));
    for (std::int64_t stop_after = 1; stop_after < 15; stop_after += 3) {
      const TemporaryFolder folder;
      TrainOptions options{.optimiser = optimiser,
                           .schedule = schedule,
                           .clip_norm = 5,
                           .checkpoint = {.path = folder / "ckpt", .identity = "stripes"}};
      SmallRun first{options};
      std::int64_t done = 0;
      first.options.on_step = [&](const StepReport& report) { done = report.step + 1; };
      first.options.stop = [&] { return done >= stop_after; };
      expect_error(first.trainer().fit(first.step()), Code::interrupted,
                   {"after step " + std::to_string(stop_after) + " of 15", "ckpt"});
      SmallRun second{options, 99};  // another seed: the checkpoint's must win
      auto trainer = second.trainer(99);
      ASSERT_TRUE(trainer.resume());
      EXPECT_EQ(trainer.step(), stop_after);
      ASSERT_TRUE(trainer.fit(second.step()));
      expect_same_bits(straight.net, second.net);
      ASSERT_EQ(trainer.history().size(), 3U);
      EXPECT_EQ(trainer.history()[1].loss, expected.history()[1].loss);
    }
  }
}

TEST(TrainerDeathTest, KilledAndResumedItEndsWithTheSameBits) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  SmallRun straight;
  ASSERT_TRUE(straight.trainer().fit(straight.step()));
  // The killed process runs in a child, which does not know this one's temporary folder: the name is fixed.
  const auto path = std::filesystem::temp_directory_path() / ("hwnas_killed_run_" + std::to_string(getuid()) + ".ckpt");
  const TrainOptions options{.checkpoint = {.path = path, .identity = "stripes", .every_steps = 1}};
  EXPECT_EXIT(
      {
        std::filesystem::remove(path);
        SmallRun killed{options};
        killed.options.on_step = [](const StepReport& report) {
          if (report.step == 8) std::raise(SIGKILL);
        };
        static_cast<void>(killed.trainer().fit(killed.step()));
      },
      testing::KilledBySignal(SIGKILL), "");
  SmallRun resumed{options, 99};
  auto trainer = resumed.trainer(99);
  ASSERT_TRUE(trainer.resume());
  EXPECT_EQ(trainer.step(), 8);
  ASSERT_TRUE(trainer.fit(resumed.step()));
  expect_same_bits(straight.net, resumed.net);
  std::filesystem::remove(path);
}

TEST(Trainer, CtrlCStopsAfterTheStepAndLeavesAResumableState) {
  const TemporaryFolder folder;
  const StopSignal stop;
  SmallRun run{{.checkpoint = {.path = folder / "ckpt"}, .stop = stop.asked(), .on_step = [](const StepReport& report) {
                  if (report.step == 6) std::raise(SIGINT);
                }}};
  auto trainer = run.trainer();
  expect_error(trainer.fit(run.step()), Code::interrupted, {"stopped after step 7 of 15 (epoch 2 of 3)", "ckpt"});
  EXPECT_EQ(trainer.step(), 7);
  auto next = run.trainer();
  ASSERT_TRUE(next.resume());
  EXPECT_EQ(next.step(), 7);
}

TEST(Trainer, ALossThatIsNotANumberStopsBeforeTheWeightsAreTouched) {
  const TemporaryFolder folder;
  SmallRun run{{.checkpoint = {.path = folder / "ckpt"}}};
  std::int64_t calls = 0;
  torch::Tensor before;
  auto trainer = run.trainer();
  expect_error(trainer.fit([&](const Batch& batch) {
    auto loss = cross_entropy(run.net->forward(batch.images), batch.labels);
    if (++calls != 9) return loss;
    before = run.net->first->weight.clone();
    return loss * std::numeric_limits<double>::quiet_NaN();
  }),
               Code::bad_value, {"loss is not finite at step 8 (epoch 2, batch 4 of 5", "ckpt.failed"});
  EXPECT_TRUE(torch::equal(before, run.net->first->weight));
  SmallRun again{run.options};
  auto resumed = again.trainer();
  ASSERT_TRUE(resumed.resume());
  EXPECT_EQ(resumed.step(), 5);  // the last good checkpoint is still there
  ASSERT_TRUE(resumed.resume(folder / "ckpt.failed"));
  EXPECT_EQ(resumed.step(), 8);
}

TEST(Trainer, WhatAStepItselfFindsWrongLeavesTheStateBesideTheCheckpoint) {
  const TemporaryFolder folder;
  SmallRun run{{.checkpoint = {.path = folder / "ckpt", .identity = "test"}}};
  auto trainer = run.trainer();
  expect_error(trainer.fit([&](const Batch& batch) -> torch::Tensor {
    if (trainer.step() == 3) throw Error{Code::bad_value, "the architecture's loss is not finite"};
    return cross_entropy(run.net->forward(batch.images), batch.labels);
  }),
               Code::bad_value, {"the architecture's loss is not finite; the state before that step is in", "ckpt.failed"});
  SmallRun again{run.options};
  auto resumed = again.trainer();
  ASSERT_TRUE(resumed.resume(folder / "ckpt.failed"));
  EXPECT_EQ(resumed.step(), 3);
}

TEST(Trainer, AGradientThatIsNotFiniteStopsWhereGradientsAreClipped) {
  SmallRun run{{.clip_norm = 1}};
  expect_error(run.trainer().fit([&](const Batch& batch) {
    return torch::sqrt(run.net->forward(batch.images).mul(0).sum());  // 0, with an infinite derivative
  }),
               Code::bad_value, {"gradients' norm is not finite at step 0"});
}

TEST(Trainer, AStepMayCallBackwardItself) {
  SmallRun run, sandwich;
  ASSERT_TRUE(run.trainer().fit(
      [&](const Batch& batch) { return cross_entropy(run.net->forward(batch.images), batch.labels); }));
  ASSERT_TRUE(sandwich.trainer().fit([&](const Batch& batch) {
    const torch::Tensor loss = cross_entropy(sandwich.net->forward(batch.images), batch.labels);
    loss.backward();
    return loss.detach();
  }));
  expect_same_bits(run.net, sandwich.net);
}

TEST(Trainer, KeepsTheCallersStateInTheCheckpoint) {
  const TemporaryFolder folder;
  std::int64_t rounds = 41;
  const CheckpointOptions checkpoint{.path = folder / "ckpt",
                                     .save = [&](StateRecord& state) { state.put("strategy/rounds", rounds); },
                                     .load = [&](const StateRecord& state) -> Result<void> {
                                       auto found = state.get<std::int64_t>("strategy/rounds");
                                       if (!found) return found.error();
                                       rounds = *found;
                                       return {};
                                     }};
  SmallRun run{{.checkpoint = checkpoint}};
  ASSERT_TRUE(run.trainer().fit(run.step()));
  rounds = 0;
  ASSERT_TRUE(run.trainer().resume());
  EXPECT_EQ(rounds, 41);
}

TEST(Trainer, RefusesACheckpointOfAnotherSpaceNetworkOrBatch) {
  const TemporaryFolder folder;
  SmallRun run{{.checkpoint = {.path = folder / "ckpt", .identity = "space A, SPOS"}}};
  ASSERT_TRUE(run.trainer().fit(run.step()));
  SmallRun other{{.checkpoint = {.path = folder / "ckpt", .identity = "space B, SPOS"}}};
  expect_error(other.trainer().resume(), Code::mismatch, {"belongs to 'space A, SPOS'", "this run is 'space B, SPOS'"});
  SmallRun wider{run.options};
  wider.net = SmallNet{1, 5};
  expect_error(wider.trainer().resume(), Code::mismatch, {"'model/last.", "in the file"});
  SmallRun smaller{run.options};
  smaller.loader =
      Loader::make(smaller.data, {.batch_size = 8, .training = true, .normalisation = normalisation_of(smaller.data)})
          .value();
  expect_error(smaller.trainer().resume(), Code::mismatch, {"have 5 batches", "have 10"});
}

TEST(Trainer, RefusesMissingAndCutOffCheckpoints) {
  const TemporaryFolder folder;
  SmallRun run{{.checkpoint = {.path = folder / "ckpt"}}};
  expect_error(run.trainer().resume(), Code::not_found, {"ckpt: no such file"});
  ASSERT_TRUE(run.trainer().fit(run.step()));
  std::filesystem::resize_file(folder / "ckpt", std::filesystem::file_size(folder / "ckpt") / 2);
  expect_error(run.trainer().resume(), Code::bad_format, {"ckpt: cut off: expected"});
}

TEST(Trainer, ADiskThatIsFullLosesNothing) {
  const TemporaryFolder folder;
  SmallRun run{{.checkpoint = {.path = folder / "ckpt"}}};
  ASSERT_TRUE(run.trainer().save(folder / "ckpt"));
  const std::string before = read_text(folder / "ckpt");
  // A limit on the size of files stands for the full disk; its signal is what makes write() return an error.
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  const rlimit tight{.rlim_cur = 1000, .rlim_max = old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &tight);
  const auto result = run.trainer().fit(run.step());
  setrlimit(RLIMIT_FSIZE, &old);
  expect_error(result, Code::io, {"cannot write", "ckpt"});
  EXPECT_EQ(read_text(folder / "ckpt"), before);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator{folder.path()}, {}), 1);
}

TEST(Trainer, TurnsLibTorchsExceptionsIntoOneLine) {
  SmallRun run;
  run.net = SmallNet{3};
  expect_error(run.trainer().fit(run.step()), Code::bad_value, {"training: LibTorch says:"});
}

TEST(Trainer, ShowsItsProgress) {
  std::ostringstream out;
  double clock = 0;
  Progress progress{{.out = &out, .terminal = false, .seconds = [&] { return clock += 1; }}, {.label = "train"}};
  SmallRun run{{.schedule = ConstantRate{0.05}, .progress = &progress}};
  ASSERT_TRUE(run.trainer().fit(run.step()));
  EXPECT_NE(out.str().find("train:  20 %  3/15"), std::string::npos) << out.str();
  EXPECT_NE(out.str().find("epoch 1/3  loss"), std::string::npos) << out.str();
  EXPECT_NE(out.str().find("train: 15 steps in"), std::string::npos) << out.str();
}

TEST(Trainer, TrainsOnRealImages) {
  const auto images = shared_images();
  if (images.empty()) GTEST_SKIP() << "HWNAS_SHARED is not set";
  const DataParts parts = load_data("fashion-mnist:" + (images / "mini").string()).value();
  const Normalisation normal = normalisation_of(parts.train);
  const Loader loader =
      Loader::make(parts.train, {.batch_size = 50, .training = true, .normalisation = normal}, Rng{1}).value();
  const Loader test = Loader::make(parts.test, {.normalisation = normal}).value();
  torch::manual_seed(1);
  SmallNet net{1, 10};
  Trainer trainer{*net, loader, {.epochs = 5, .schedule = CosineRate{.rate = 0.1}}, Rng{1}};
  ASSERT_TRUE(trainer.fit([&](const Batch& batch) { return cross_entropy(net->forward(batch.images), batch.labels); }));
  EXPECT_GT(evaluate(
                *net, [&](const torch::Tensor& x) { return net->forward(x); }, test)
                .value()
                .top1(),
            0.4);
}

}  // namespace trainer_test
}  // namespace hwnas::test
