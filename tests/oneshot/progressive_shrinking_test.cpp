// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/oneshot/progressive_shrinking.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/oneshot/one_shot.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/op/mbconv.hpp"
#include "hwnas/space/nodes.hpp"
#include "hwnas/zoo/once_for_all.hpp"
#include "oneshot/small_space.hpp"
#include "train/support.hpp"

namespace hwnas {
namespace progressive_shrinking_test {

using Block = MBConv<one_of<2, 3, 4>, Kernel<3, 5>, SqueezeExcite<4>, Divisor<8>, Act<HSwish>>;
using Stages = Sequential<Conv<Kernel<3>, Out<8>>, Named<"stage", Sequential<Block, Repeat<Block, 1, 2>>>,
                          GlobalAvgPool, Flatten, Linear<2>>;
using Space = Input<Stages, Shape{1, 8, 8}>;
using Resolutions = Input<Stages, Shape{1, 8, 8}, Shape{1, 12, 12}>;
using Shrinking = ProgressiveShrinking<Space>;

static_assert(OneShotStrategy<Shrinking>);

Batch some_batch() { return keep_batches(oneshot_test::loader(16, true), 1).value().front(); }

torch::Tensor output(Supernet<Space>& supernet, const Architecture<Space>& a, const torch::Tensor& images) {
  const torch::NoGradGuard no_gradients;
  supernet.eval();
  return supernet.forward(images, a);
}

/// Weights and statistics as if it had been trained: no two channels alike.
void disturb(Supernet<Space>& supernet) {
  const torch::NoGradGuard no_gradients;
  torch::manual_seed(5);
  for (torch::Tensor p : supernet.parameters()) p.uniform_(-1, 1);
  for (torch::Tensor b : supernet.buffers()) {
    if (b.is_floating_point()) b.uniform_(0.5, 1.5);
  }
}

TEST(SortChannels, LeavesTheWidestNetworksAsTheyAre) {
  Supernet<Space> supernet;
  disturb(supernet);
  const torch::Tensor images = torch::randn({4, 1, 8, 8});
  auto narrow = Shrinking::largest();
  ASSERT_TRUE(narrow.set("stage/0/expand", 0).has_value());
  auto shallow = Shrinking::largest();
  ASSERT_TRUE(shallow.set("stage/1/depth", 0).has_value());
  const torch::Tensor full = output(supernet, Shrinking::largest(), images), less = output(supernet, narrow, images),
                      short_one = output(supernet, shallow, images);
  EXPECT_EQ(sort_channels(supernet), 6);  // in each of three blocks the hidden channels and those within squeeze-excite
  EXPECT_TRUE(output(supernet, Shrinking::largest(), images).allclose(full, 1e-4, 1e-4));
  EXPECT_TRUE(output(supernet, shallow, images).allclose(short_one, 1e-4, 1e-4));
  EXPECT_FALSE(output(supernet, narrow, images).allclose(less, 1e-4, 1e-4));  // it has other channels now
}

TEST(SortChannels, PutsTheImportantFirst) {
  Supernet<Space> supernet;
  disturb(supernet);
  sort_channels(supernet);
  std::map<std::string, torch::Tensor> importance;  // of each block: what reads its 32 hidden channels
  for (const auto& item : supernet.named_parameters()) {
    if (item.value().dim() != 4 || item.value().size(1) != 32) continue;
    torch::Tensor& sum = importance[item.key().substr(0, item.key().rfind(".conv"))];
    const torch::Tensor norm = item.value().abs().sum({0, 2, 3});
    sum = sum.defined() ? sum + norm : norm;
  }
  EXPECT_EQ(importance.size(), 3U);
  for (const auto& [block, values] : importance) EXPECT_TRUE((values.diff() <= 1e-5).all().item<bool>()) << block;
  // Sorted already: nothing moves.
  const torch::Tensor images = torch::randn({4, 1, 8, 8});
  auto narrow = Shrinking::largest();
  ASSERT_TRUE(narrow.set("stage/0/expand", 0).has_value());
  const torch::Tensor once = output(supernet, narrow, images);
  sort_channels(supernet);
  EXPECT_TRUE(output(supernet, narrow, images).equal(once));
}

TEST(ProgressiveShrinking, DrawsOnlyWhatThePhaseAllows) {
  const ShrinkingPhase kernels{.name = "kernel", .epochs = 1, .elastic = {{"kernel"}}};
  const ShrinkingPhase widths{.name = "width", .epochs = 1, .elastic = {{"kernel"}, {"expand", 2}}};
  Rng rng{1};
  std::set<int> kernel, expand;
  for (int i = 0; i < 60; ++i) {
    const auto a = Shrinking::draw(kernels, rng);
    EXPECT_EQ(a.choice("stage/1/depth").value(), Shrinking::largest().choice("stage/1/depth").value());
    EXPECT_EQ(a.choice("stage/0/expand").value(), 2);
    kernel.insert(a.choice("stage/0/kernel").value());
    expand.insert(Shrinking::draw(widths, rng).choice("stage/0/expand").value());
  }
  EXPECT_EQ(kernel, (std::set<int>{0, 1}));
  EXPECT_EQ(expand, (std::set<int>{1, 2}));
}

TEST(ProgressiveShrinking, PhasesDivideTheRunByTheirEpochs) {
  Shrinking shrinking{{.phases = {{"full", 1, {}, false, false}, {"kernel", 3, {{"kernel"}}}}}};
  const Loader validation = oneshot_test::loader(16, false);
  shrinking.begin({.validation = validation, .steps = 8}, Rng{1});
  EXPECT_EQ(shrinking.phase_at(1), 0U);
  EXPECT_EQ(shrinking.phase_at(2), 1U);
  EXPECT_EQ(shrinking.phase_at(7), 1U);
  Shrinking none{{.phases = {}}};
  EXPECT_THROW(none.begin({.validation = validation, .steps = 8}, Rng{1}), Error);
}

TEST(ProgressiveShrinking, RefusesADimensionThatNoDecisionHas) {
  const Loader validation = oneshot_test::loader(16, false);
  Shrinking misspelt{{.phases = {{"kernel", 1, {{"kernle"}}}}}};
  try {
    misspelt.begin({.validation = validation, .steps = 8}, Rng{1});
    FAIL() << "taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code, Error::Code::bad_value);
    EXPECT_EQ(error.message,
              "progressive shrinking: the phase 'kernel' makes 'kernle' elastic, and no decision of the space is one");
  }
  Shrinking published;  // names resolutions, which this space has not
  EXPECT_NO_THROW(published.begin({.validation = validation, .steps = 8}, Rng{1}));
}

TEST(ProgressiveShrinking, DoesNotChooseAmongWhatNoPhaseTrained) {
  const Judge<Space> judge = [](const Architecture<Space>&) { return Result<Metrics>{Metrics{}}; };
  Rng rng{1};
  for (const Elastic& last : {Elastic{"kernel"}, Elastic{"expand", 2}}) {
    Shrinking some{{.phases = {{"some", 1, {{"kernel"}, {"depth"}, last}}}}};
    const auto chosen = some.choose(judge, rng);
    ASSERT_FALSE(chosen.has_value());
    EXPECT_EQ(chosen.error().code, Error::Code::bad_value);
    EXPECT_NE(chosen.error().message.find("'stage/0/expand'"), std::string::npos) << chosen.error().message;
  }
}

// The gradient of a step of several networks is the sum of theirs, its loss their mean; a phase says how many.
TEST(ProgressiveShrinking, APhaseDrawsItsOwnNumberOfNetworks) {
  const Loader validation = oneshot_test::loader(16, false);
  const Batch batch = some_batch();
  const ShrinkingPhase all{.name = "all", .epochs = 1, .elastic = {{"kernel"}, {"depth"}, {"expand"}}, .distil = false,
                           .paths = 3};
  torch::manual_seed(2);
  Supernet<Space> supernet, alone;
  ASSERT_TRUE(load(alone, supernet).has_value());
  Shrinking shrinking{{.phases = {all}}};
  shrinking.begin({.validation = validation, .steps = 4}, Rng{1});
  Rng rng{1}, same{1};
  const double loss = shrinking.step(supernet, batch, rng).item<double>();
  double mean = 0;
  for (int i = 0; i < 3; ++i) {
    const torch::Tensor one =
        cross_entropy(alone.forward(batch.images, Shrinking::draw(all, same)), batch.labels, 0.1);
    one.backward();
    mean += one.item<double>() / 3;
  }
  EXPECT_NEAR(loss, mean, 1e-5);
  const auto found = supernet.parameters(), expected = alone.parameters();
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_EQ(found[i].grad().defined(), expected[i].grad().defined());
    if (!found[i].grad().defined()) continue;
    EXPECT_TRUE(found[i].grad().allclose(expected[i].grad(), 1e-4, 1e-5));
  }
  for (const ShrinkingPhase& phase : once_for_all_phases()) {
    EXPECT_EQ(phase.paths, phase.name.starts_with("expand") ? 4 : phase.name.starts_with("depth") ? 2 : 0);
  }
}

TEST(ProgressiveShrinking, LearnsFromTheTeachersClasses) {
  const Loader validation = oneshot_test::loader(16, false);
  const Batch batch = some_batch();
  const ShrinkingPhase kernels{.name = "kernel", .epochs = 1, .elastic = {{"kernel"}}};
  torch::manual_seed(2);
  Supernet<Space> supernet;
  supernet.eval();  // batch statistics as they are, so that the teacher is the largest network
  Shrinking shrinking{{.phases = {kernels}, .distillation = 0.5}};
  shrinking.begin({.validation = validation, .steps = 4}, Rng{1});
  Rng rng{1}, same{1};
  const double loss = shrinking.step(supernet, batch, rng).item<double>();
  const torch::Tensor logits = supernet.forward(batch.images, Shrinking::draw(kernels, same));
  const torch::Tensor taught = supernet.forward(batch.images, Shrinking::largest()).softmax(1);
  const torch::Tensor against = -(taught * logits.log_softmax(1)).sum(1).mean();
  EXPECT_NEAR(loss, cross_entropy(logits, batch.labels, 0.1).item<double>() + 0.5 * against.item<double>(), 1e-5);
}

TEST(ProgressiveShrinking, TheFirstPhaseTrainsTheLargestNetworkAlone) {
  torch::manual_seed(2);
  Supernet<Space> supernet;
  const Loader validation = oneshot_test::loader(16, false);
  Shrinking shrinking;
  shrinking.begin({.validation = validation, .steps = 590}, Rng{1});
  Rng rng{1};
  const Batch batch = some_batch();
  const double loss = shrinking.step(supernet, batch, rng).item<double>();
  torch::manual_seed(2);
  Supernet<Space> same;
  EXPECT_EQ(cross_entropy(same.forward(batch.images, Shrinking::largest()), batch.labels, 0.1).item<double>(), loss);
}

TEST(ProgressiveShrinking, TheSandwichAddsUpLargestSmallestAndDrawn) {
  torch::manual_seed(2);
  Supernet<Space> supernet;
  const ShrinkingPhase all{.name = "all", .epochs = 1, .elastic = {{"kernel"}, {"depth"}, {"expand"}}};
  Shrinking shrinking{{.phases = {all}, .sandwich = true}};
  const Loader validation = oneshot_test::loader(16, false);
  shrinking.begin({.validation = validation, .steps = 4}, Rng{1});
  Rng rng{1};
  EXPECT_FALSE(shrinking.step(supernet, some_batch(), rng).requires_grad());
  for (const auto& p : supernet.path_parameters(Shrinking::largest())) EXPECT_TRUE(p.grad().defined());
  const auto smallest = Shrinking::smallest(all);
  for (const int v : smallest.values()) EXPECT_EQ(v, 0);
}

TEST(ProgressiveShrinking, ImagesAreResizedToTheDrawnResolution) {
  Supernet<Resolutions> supernet;
  const ShrinkingPhase full{
      .name = "full", .epochs = 1, .elastic = {{"resolution"}}, .sort_channels = false, .distil = false};
  ProgressiveShrinking<Resolutions> shrinking{{.phases = {full}}};
  const Loader validation = oneshot_test::loader(16, false);
  shrinking.begin({.validation = validation, .steps = 8}, Rng{1});
  Rng rng{1};
  std::set<int> heights;
  for (int i = 0; i < 12; ++i) {
    static_cast<void>(shrinking.step(supernet, some_batch(), rng));
    Rng drawn{static_cast<std::uint64_t>(i)};
    heights.insert(supernet.input_shape(ProgressiveShrinking<Resolutions>::draw(full, drawn)).h);
  }
  EXPECT_EQ(heights, (std::set<int>{8, 12}));
}

// Stopped in the middle of a phase with a teacher, resumed: the same bits.
TEST(ProgressiveShrinking, ResumedRunEndsTheSame) {
  const test::TemporaryFolder folder;
  const Loader train = oneshot_test::loader(64, true), validation = oneshot_test::loader(32, false);
  const ShrinkingOptions options{.phases = {{"full", 1, {}, false, false},
                                            {"kernel", 1, {{"kernel"}}},
                                            {"width", 1, {{"kernel"}, {"depth"}, {"expand"}}, true}}};
  const auto run = [&](Supernet<Space>& supernet, int stop_at, bool resume) {
    torch::manual_seed(3);
    int steps = 0;
    OneShotOptions how{.train = {.epochs = 3}};
    how.train.checkpoint.path = folder / (stop_at == 0 && !resume ? "whole.state" : "parts.state");
    how.train.on_step = [&](const StepReport&) { ++steps; };
    how.train.stop = [&] { return steps == stop_at; };
    how.resume = resume;
    return OneShot<Shrinking>{supernet, Shrinking{options}}.train({train, validation}, how, Rng{6});
  };
  torch::manual_seed(3);
  Supernet<Space> whole;
  ASSERT_TRUE(run(whole, 0, false).has_value());
  torch::manual_seed(3);
  Supernet<Space> second;
  torch::manual_seed(3);
  Supernet<Space> again;
  ASSERT_FALSE(run(again, 6, false).has_value());
  ASSERT_TRUE(run(second, 0, true).has_value());
  const auto expected = whole.parameters(), found = second.parameters();
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_TRUE(found[i].equal(expected[i]));
}

/// The learned matrices of a supernet's kernels.
std::vector<torch::Tensor> matrices_of(const Supernet<Space>& supernet) {
  std::vector<torch::Tensor> all;
  for (const auto& item : supernet.named_parameters()) {
    if (item.key().ends_with("_5to3")) all.push_back(item.value());
  }
  return all;
}

// Once-for-all's way: the full network leaves the matrices alone, smaller kernels train them, checkpoints hold them.
TEST(ProgressiveShrinking, TrainsTheKernelTransformsWithTheSmallerKernels) {
  torch::set_num_threads(1);
  const test::TemporaryFolder folder;
  const Loader train = oneshot_test::loader(64, true), validation = oneshot_test::loader(32, false);
  const ShrinkingOptions options{.phases = {{"full", 1, {}, false, false}, {"kernel", 2, {{"kernel"}}}}};
  const NetworkOptions transformed{.smaller_kernels = SmallerKernels::transformed};
  const auto run = [&](Supernet<Space>& supernet, int stop_at, bool resume) {
    int steps = 0;
    OneShotOptions how{.train = {.epochs = 3}};
    how.train.checkpoint.path = folder / (stop_at == 0 && !resume ? "whole.state" : "parts.state");
    how.train.on_step = [&](const StepReport& report) {
      ++steps;
      for (const auto& m : matrices_of(supernet)) {  // the full network has no smaller kernels
        EXPECT_TRUE(report.epoch > 0 || m.equal(torch::eye(9)));
      }
    };
    how.train.stop = [&] { return steps == stop_at; };
    how.resume = resume;
    return OneShot<Shrinking>{supernet, Shrinking{options}}.train({train, validation}, how, Rng{6}).has_value();
  };
  torch::manual_seed(3);
  Supernet<Space> whole{transformed};
  ASSERT_TRUE(run(whole, 0, false));
  EXPECT_EQ(matrices_of(whole).size(), 3U);
  for (const auto& m : matrices_of(whole)) EXPECT_FALSE(m.equal(torch::eye(9)));

  torch::manual_seed(3);
  Supernet<Space> stopped{transformed}, resumed{transformed}, centres;
  ASSERT_FALSE(run(stopped, 7, false));
  ASSERT_TRUE(run(resumed, 0, true));
  const auto expected = whole.parameters(), found = resumed.parameters();
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_TRUE(found[i].equal(expected[i]));
  EXPECT_FALSE(run(centres, 0, true)) << "a checkpoint with matrices does not fit a supernet without";
}

TEST(SortChannels, LeavesKernelTransformsAsTheyAre) {
  Supernet<Space> supernet{{.smaller_kernels = SmallerKernels::transformed}};
  disturb(supernet);
  auto small = Shrinking::largest();
  ASSERT_TRUE(small.set("stage/0/kernel", 0).has_value());
  const torch::Tensor images = torch::randn({4, 1, 8, 8}), before = output(supernet, small, images);
  EXPECT_EQ(sort_channels(supernet), 6);
  EXPECT_TRUE(output(supernet, small, images).allclose(before, 1e-4, 1e-4));
}

// The published schedule on the published space: channels sorted, resolution drawn, the largest network as teacher.
TEST(ProgressiveShrinking, TakesOnceForAllsSpace) {
  using Ofa = zoo::MobileNetV3OfaResolutions;
  using Published = ProgressiveShrinking<Ofa>;
  ShrinkingPhase last = once_for_all_phases().back();
  last.paths = 1;
  Published shrinking{{.phases = {last}}};
  const Loader validation = oneshot_test::loader(16, false);
  shrinking.begin({.validation = validation, .steps = 2}, Rng{1});
  torch::manual_seed(1);
  Supernet<Ofa> supernet;
  Rng rng{1}, same{1};
  const Batch batch{.images = torch::rand({2, 3, 64, 64}), .labels = torch::tensor({1, 2})};
  const torch::Tensor loss = shrinking.step(supernet, batch, rng);
  EXPECT_TRUE(torch::isfinite(loss).item<bool>());
  EXPECT_TRUE(loss.requires_grad());
  const auto drawn = Published::draw(last, same);
  EXPECT_NE(drawn, Published::largest());
  EXPECT_EQ(supernet.input_shape(Published::largest()).h, 224);
  EXPECT_EQ(supernet.input_shape(Published::smallest(last)).h, 128);
}

TEST(ProgressiveShrinking, SmallNetworksHaveLearnt) {
  torch::manual_seed(1);
  Supernet<Space> supernet;
  const ShrinkingOptions options{.phases = {{"full", 2, {}, false, false},
                                            {"all", 3, {{"kernel"}, {"depth"}, {"expand"}}, true}},
                                 .choosing = {.evolution = {.population = 4, .generations = 2, .parents = 2}}};
  OneShot<Shrinking> search{supernet, Shrinking{options}};
  const Loader train = oneshot_test::loader(128, true), validation = oneshot_test::loader(64, false);
  const auto choice = search.fit({train, validation}, {.train = {.epochs = 5}}, Rng{5});
  ASSERT_TRUE(choice.has_value()) << choice.error().message;
  EXPECT_GT(choice->best.score(), 0.9);
}

}  // namespace progressive_shrinking_test
}  // namespace hwnas
