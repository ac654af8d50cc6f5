// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/train/distributed.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/nn/supernet.hpp"
#include "hwnas/oneshot/one_shot.hpp"
#include "hwnas/space/counting.hpp"
#include "hwnas/train/metrics.hpp"
#include "hwnas/train/trainer.hpp"
#include "oneshot/small_space.hpp"
#include "train/rank_processes.hpp"
#include "train/support.hpp"
#include "train/two_machines.hpp"

namespace hwnas {
namespace distributed_test {

using oneshot_test::Space;
using test::RankProcess;
using test::TemporaryFolder;
using std::chrono::seconds;

constexpr std::int64_t images = 96, epochs = 2;
constexpr seconds patience{5};  // a rank's timeout

Loader loader(std::int64_t batch) {
  const ImageData data = oneshot_test::images(images);
  return Loader::make(data,
                      {.batch_size = batch, .training = true, .normalisation = normalisation_of(data), .workers = 0},
                      Rng{3})
      .value();
}

// In double precision, so that one batch and its two halves differ by rounding alone.
struct LittleRun {
  std::shared_ptr<Supernet<Space>> supernet;
  TrainOptions options{.epochs = epochs, .schedule = ConstantRate{0.05}};

  explicit LittleRun(Ranks* ranks = nullptr) {
    torch::manual_seed(1 + (ranks == nullptr ? 0 : ranks->rank()));  // rank 0's weights must be everybody's
    supernet = std::make_shared<Supernet<Space>>();
    supernet->to(torch::kFloat64);
    options.ranks = ranks;
    options.checkpoint.identity = "test";
  }
  Result<TrainSummary> train(std::int64_t batch, bool resume = false) {
    Trainer trainer{*supernet, loader(batch), options, Rng{7}};
    if (resume) {
      if (auto done = trainer.resume(); !done) return done.error();
    }
    return trainer.fit([&](const Batch& b, Rng& rng) {
      return cross_entropy(supernet->forward(b.images.to(torch::kFloat64), Uniform<Space>{}(rng)), b.labels);
    });
  }
};

double largest_difference(const StateRecord& a, const torch::nn::Module& module) {
  double most = 0;
  for (const auto& [name, tensor] : named_tensors(module)) {
    const torch::Tensor other = to_tensor(a.get<StateArray>("model/" + name).value()).value();
    most = std::max(most, (other - tensor).abs().max().to(torch::kFloat64).item<double>());
  }
  return most;
}

// ---- the roles that ranks play, each in a process of its own -----------------------------------------------------

const std::filesystem::path& folder() {
  static const std::filesystem::path path = std::getenv("HWNAS_TEST_FOLDER");
  return path;
}

Result<void> trains(Ranks& ranks) {
  LittleRun run{&ranks};
  run.options.checkpoint.path = folder() / "run.state";
  if (auto done = run.train(8); !done) return done.error();
  return {};
}

Result<void> stops_after_five_steps(Ranks& ranks) {
  LittleRun run{&ranks};
  std::int64_t step = 0;
  run.options.on_step = [&](const StepReport& report) { step = report.step + 1; };
  run.options.stop = [&] { return step == 5 && ranks.rank() == 1; };  // asked on one rank, obeyed by all
  run.options.checkpoint.path = folder() / "run.state";
  const auto done = run.train(8);
  if (!done && done.error().code == Error::Code::interrupted) return {};
  return Error{Error::Code::bad_value, done ? "was not stopped" : done.error().message};
}

Result<void> resumes(Ranks& ranks) {
  LittleRun run{&ranks};
  run.options.checkpoint.path = folder() / "run.state";
  const auto done = run.train(8, true);
  if (!done) return done.error();
  EXPECT_EQ(done->steps, epochs * images / 16);
  EXPECT_EQ(done->history.size(), 2U);
  return {};
}

Result<void> goes_on_until_the_other_is_gone(Ranks& ranks) {
  LittleRun run{&ranks};
  run.options.epochs = 100'000;
  run.options.checkpoint.path = folder() / "run.state";
  run.options.on_step = [&](const StepReport& report) {
    const bool dies = std::getenv("HWNAS_TEST_DIES") != nullptr;
    if (report.step == 8 && dies && ranks.rank() == 1) std::raise(SIGKILL);
    if (report.step == 8) test::write_bytes(folder() / "started", "");
    if (report.step > 8) std::this_thread::sleep_for(std::chrono::milliseconds{5});
  };
  if (auto done = run.train(8); !done) return done.error();
  return {};
}

Result<void> is_of_another_network(Ranks& ranks) {
  torch::nn::Linear net{3, 2 + ranks.rank()};
  Trainer trainer{*net, loader(8), {.ranks = &ranks}, Rng{1}};
  if (auto done = trainer.fit([](const Batch& b) { return b.images.sum(); }); !done) return done.error();
  return {};
}

// Ranks on paths of their own: each computes both ranks' gradients alone, too, and compares.
Result<void> takes_another_path(Ranks& ranks) {
  torch::manual_seed(4);
  Supernet<Space> supernet;
  supernet.to(torch::kFloat64);
  const auto batches = keep_batches(loader(8)).value();
  Rng rng{11};
  const std::vector<Architecture<Space>> paths{Uniform<Space>{}(rng), Uniform<Space>{}(rng)};
  const auto loss = [&](int rank) {
    const Batch& batch = batches[static_cast<std::size_t>(rank)];
    return cross_entropy(supernet.forward(batch.images.to(torch::kFloat64), paths[static_cast<std::size_t>(rank)]),
                         batch.labels);
  };
  const auto clear = [&] {
    for (torch::Tensor& p : supernet.parameters()) p.mutable_grad().reset();
  };
  for (int r = 0; r < 2; ++r) (loss(r) / 2).backward();
  std::vector<torch::Tensor> expected;
  for (const torch::Tensor& p : supernet.parameters()) {
    expected.push_back(p.grad().defined() ? p.grad().clone() : torch::Tensor{});
  }
  GradientReduction reduction{ranks, supernet.parameters()};
  int lone = 0, unused = 0;
  for (const bool at_once : {true, false}) {
    clear();
    const torch::Tensor mine = loss(ranks.rank());
    if (at_once) reduction.backward(mine);
    if (!at_once) mine.backward(), reduction.reduce();
    const auto parameters = supernet.parameters();
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      EXPECT_EQ(parameters[i].grad().defined(), expected[i].defined());
      unused += expected[i].defined() ? 0 : 1;
      if (!expected[i].defined()) continue;
      EXPECT_LT((parameters[i].grad() - expected[i]).abs().max().item<double>(), 1e-12);
    }
    for (const torch::Tensor& p : supernet.path_parameters(paths[0])) {
      lone +=
          std::ranges::none_of(supernet.path_parameters(paths[1]), [&](const auto& q) { return q.is_same(p); }) ? 1 : 0;
    }
  }
  EXPECT_GT(lone, 0);    // the paths do differ,
  EXPECT_GT(unused, 0);  // and leave something unused
  return {};
}

/// Learns nothing, and loses its loss on one rank in the fourth step.
struct LosesItsLoss {
  static constexpr bool differentiable = true;
  int rank = 0;
  [[nodiscard]] ArchitectureOptions architecture() const { return {.rate = 0.1}; }
  [[nodiscard]] torch::Tensor weight_loss(const PolicyRun<Space>& run, const Batch& batch, Rng& rng) const {
    return cross_entropy(run.supernet.forward(batch.images, run.inside.draw(rng)), batch.labels);
  }
  [[nodiscard]] Estimate<Space> estimate(const PolicyRun<Space>& run, const Batch&, Rng&, const Reward<Space>&) const {
    const bool lost = rank == 1 && run.progress > 0.2;
    return {.loss = lost ? std::numeric_limits<double>::quiet_NaN() : 1.0};
  }
};

Result<void> loses_its_architectures_loss(Ranks& ranks) {
  torch::manual_seed(1);
  Supernet<Space> supernet;
  OneShot search{supernet, LosesItsLoss{ranks.rank()}};
  OneShotOptions how{.epochs = epochs, .train = {.ranks = &ranks}};
  how.train.checkpoint = {.path = folder() / "run.state", .identity = "test"};
  const Loader batches = loader(8);
  const auto done = search.train({batches, batches}, how, Rng{7});
  if (!done) return done.error();
  return {};
}

Result<void> play(const std::string& role) {
  RankOptions how{.synchronise_norms = role == "trains", .bucket_bytes = 256};
  if (role == "takes_another_path") how.same_architecture = false;
  const auto ranks = join_ranks({.timeout = patience, .ranks = how});
  if (!ranks) return ranks.error();
  if (role == "trains") return trains(**ranks);
  if (role == "stops_after_five_steps") return stops_after_five_steps(**ranks);
  if (role == "resumes") return resumes(**ranks);
  if (role == "goes_on") return goes_on_until_the_other_is_gone(**ranks);
  if (role == "is_of_another_network") return is_of_another_network(**ranks);
  if (role == "takes_another_path") return takes_another_path(**ranks);
  if (role == "loses_its_loss") return loses_its_architectures_loss(**ranks);
  return Error{Error::Code::unknown_name, role};
}

TEST(Rank, DISABLED_PlaysItsRole) {
  torch::set_num_threads(1);
  const char* role = std::getenv("HWNAS_TEST_ROLE");
  if (role == nullptr) GTEST_SKIP() << "started by the tests below";
  const auto done = play(role);
  if (!done) {
    std::fprintf(stderr, "error: %s\n", done.error().message.c_str());
    std::exit(2);
  }
}

// ---- what comes of it --------------------------------------------------------------------------------------------

struct Pair {
  std::unique_ptr<RankProcess> ranks[2];

  Pair(const std::string& role, const TemporaryFolder& place, const RankProcess::Environment& more = {},
       const test::TwoMachines* machines = nullptr) {
    const int port = machines == nullptr ? test::free_port() : 29500;
    for (int r = 0; r < 2; ++r) {
      auto environment = test::rank_environment(r, 2, port, role, place.path());
      environment.insert(more.begin(), more.end());
      std::vector<std::string> before;
      if (machines != nullptr) {
        environment["MASTER_ADDR"] = test::TwoMachines::address;
        before = machines->on(r);
      }
      ranks[r] = std::make_unique<RankProcess>(environment, place / ("output" + std::to_string(r)), std::move(before));
    }
  }
  void expect_success() {
    for (auto& rank : ranks) EXPECT_EQ(rank->wait(), 0) << rank->output();
  }
};

void expect_lost(RankProcess& rank, seconds limit) {
  EXPECT_EQ(rank.wait(limit), 2) << rank.output();
  const std::string text = rank.output();
  EXPECT_NE(text.find("lost the other"), std::string::npos) << text;
  EXPECT_NE(text.find("resume from the checkpoint"), std::string::npos) << text;
}

TEST(Distributed, TwoRanksEndWithTheWeightsOfOneProcessWithTheDoubleBatch) {
  const TemporaryFolder place;
  Pair{"trains", place}.expect_success();
  LittleRun alone;
  ASSERT_TRUE(alone.train(16).has_value());
  EXPECT_LT(largest_difference(load_state(place / "run.state").value(), *alone.supernet), 1e-9);
}

TEST(Distributed, PathsOfTheirOwnAreAveragedOverAllRanks) {
  const TemporaryFolder place;
  Pair{"takes_another_path", place}.expect_success();
}

TEST(Distributed, RanksOfDifferentNetworksAreRefusedByAll) {
  const TemporaryFolder place;
  Pair pair{"is_of_another_network", place};
  for (auto& rank : pair.ranks) {
    EXPECT_EQ(rank->wait(), 2);
    EXPECT_NE(rank->output().find("the ranks must agree on the network's weights"), std::string::npos)
        << rank->output();
  }
}

// Averaged, what one rank finds not finite is so on all: they save the state together.
TEST(Distributed, AnArchitecturesLossThatIsNotFiniteEndsAllRanksWithTheStateSaved) {
  const TemporaryFolder place;
  Pair pair{"loses_its_loss", place};
  const std::string failed = (place / "run.state").string() + ".failed";
  for (auto& rank : pair.ranks) {
    EXPECT_EQ(rank->wait(), 2);
    EXPECT_NE(rank->output().find("the architecture's loss is not finite at step 3"), std::string::npos)
        << rank->output();
    EXPECT_NE(rank->output().find("the state before that step is in " + failed), std::string::npos) << rank->output();
  }
  const auto state = load_state(failed);
  ASSERT_TRUE(state.has_value()) << state.error().message;
  EXPECT_EQ(state->get<std::int64_t>("step").value(), 3);
}

TEST(Distributed, ARankThatIsKilledEndsTheOthersWithALine) {
  const TemporaryFolder place;
  Pair pair{"goes_on", place, {{"HWNAS_TEST_DIES", "1"}}};
  EXPECT_EQ(pair.ranks[1]->wait(), 128 + SIGKILL);
  expect_lost(*pair.ranks[0], patience * 3);
  EXPECT_TRUE(load_state(place / "run.state").has_value());
}

TEST(Distributed, ARunGoesOnWithAnotherNumberOfRanks) {
  const TemporaryFolder place;
  Pair{"stops_after_five_steps", place}.expect_success();
  LittleRun alone;
  alone.options.checkpoint.path = place / "run.state";
  std::int64_t first = -1, steps = 0;
  alone.options.on_step = [&](const StepReport& report) {
    if (first < 0) first = report.step;
    steps = report.step + 1;
  };
  alone.options.stop = [&] { return steps == 20; };
  const auto stopped = alone.train(8, true);
  ASSERT_FALSE(stopped.has_value());
  EXPECT_EQ(stopped.error().code, Error::Code::interrupted) << stopped.error().message;
  EXPECT_EQ(first, 10);  // five steps of two batches
  Pair{"resumes", place}.expect_success();
}

constexpr const char* no_machines = "needs root and iproute2's network namespaces";

TEST(Distributed, ALinkThatIsCutEndsAllRanksInTime) {
  const test::TwoMachines machines;
  if (!machines.made()) GTEST_SKIP() << no_machines;
  const TemporaryFolder place;
  Pair pair{"goes_on", place, {}, &machines};
  for (int i = 0; i < 6000 && !std::filesystem::exists(place / "started"); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  EXPECT_TRUE(std::filesystem::exists(place / "started")) << pair.ranks[0]->output() << pair.ranks[1]->output();
  EXPECT_TRUE(machines.cut_the_cable());
  for (auto& rank : pair.ranks) expect_lost(*rank, patience * 3);
}

TEST(Distributed, ARankThatIsKilledOnAnotherMachineEndsTheOthersWithALine) {
  const test::TwoMachines machines;
  if (!machines.made()) GTEST_SKIP() << no_machines;
  const TemporaryFolder place;
  Pair pair{"goes_on", place, {{"HWNAS_TEST_DIES", "1"}}, &machines};
  EXPECT_EQ(pair.ranks[1]->wait(), 128 + SIGKILL) << pair.ranks[1]->output();
  expect_lost(*pair.ranks[0], patience * 3);
  EXPECT_TRUE(load_state(place / "run.state").has_value());
}

TEST(Distributed, WithoutALauncherThereAreNoRanks) {
  EXPECT_EQ(join_ranks().value(), nullptr);
}

TEST(Distributed, VariablesThatDoNotFitAreNamed) {
  ::setenv("WORLD_SIZE", "2", 1);
  test::expect_error(place_from_environment(), Error::Code::bad_value, {"RANK", "is not"});
  ::setenv("RANK", "2", 1);
  test::expect_error(place_from_environment(), Error::Code::bad_value, {"RANK = '2'", "from 0 to 1"});
  ::unsetenv("RANK");
  ::unsetenv("WORLD_SIZE");
}

TEST(Distributed, AStartThatNobodyElseMakesEndsInItsOwnTime) {
  const std::pair<const char*, std::string> place[] = {{"WORLD_SIZE", "2"},
                                                       {"RANK", "0"},
                                                       {"MASTER_ADDR", "127.0.0.1"},
                                                       {"MASTER_PORT", std::to_string(test::free_port())}};
  for (const auto& [name, value] : place) ::setenv(name, value.c_str(), 1);
  const auto begin = std::chrono::steady_clock::now();
  const auto ranks = join_ranks({.timeout = std::chrono::minutes{10}, .start = seconds{1}});
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds{60});
  for (const auto& [name, value] : place) ::unsetenv(name);
  test::expect_error(ranks, Error::Code::unavailable, {"rank 0 of 2 did not meet the others", "within 1 s"});
}

}  // namespace distributed_test
}  // namespace hwnas
