// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What a training loop of one's own uses of a search: paths to run, the gradient they give, the architecture in the
///        end; and what is left where a step's loss is not finite.
#include "hwnas/oneshot/learned_search.hpp"

#include <cmath>
#include <filesystem>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/oneshot/enas.hpp"
#include "hwnas/oneshot/expectation_penalty.hpp"
#include "hwnas/oneshot/one_shot.hpp"
#include "hwnas/oneshot/proxylessnas.hpp"
#include "hwnas/profile/profilers.hpp"
#include "hwnas/space/enumerate.hpp"
#include "oneshot/small_space.hpp"
#include "train/support.hpp"

namespace hwnas {
namespace own_loop_test {

using oneshot_test::Space;
constexpr FlopsProfiler<Space> flops;

// NNI's resample, forward, backward, finalize_grad, by hand: the numbers of learn().
TEST(OwnLoop, PathsAndTheirGradientAreThoseOfTheSearch) {
  for (const auto paths : {ProxylessNasOptions::Paths::two, ProxylessNasOptions::Paths::all}) {
    torch::manual_seed(1);
    Supernet<Space> supernet;
    supernet.eval();
    const Batch batch = keep_batches(oneshot_test::loader(16, true)).value().front();
    const ProxylessNas<Gradient> policy{ProxylessNasOptions{.paths = paths}};
    Conditioned<Space> inside;
    Rng rng{5}, same{5};
    const auto expected = policy.estimate(PolicyRun<Space>{supernet, {}, inside}, batch, rng, {});

    const Mixture mixture = policy.draw_paths(inside, same);
    EXPECT_EQ(mixture, expected.mixture);
    Probabilities<Space> active;
    for (std::size_t d = 0; d < decision_total<Space>; ++d) active[d][mixture.runs[d].front()] = 1;
    const torch::Tensor gates = gates_of(active, torch::kCPU).requires_grad_();
    cross_entropy(supernet.forward(batch.images, mixture, gates), batch.labels).backward();
    Probabilities<Space> by_gates;
    for (std::size_t i = 0; i < by_gates.all().size(); ++i) {
      by_gates.all()[i] = gates.grad()[static_cast<std::int64_t>(i)].item<double>();
    }
    const auto found = policy.logit_gradient(mixture, inside.probabilities(), by_gates);
    for (std::size_t i = 0; i < by_gates.all().size(); ++i) {
      EXPECT_NEAR(found.all()[i], expected.by_logits.all()[i], 1e-9);
    }
  }
}

// NNI's export: the most probable inside the constraint, whatever the logits are set to by another optimiser.
TEST(OwnLoop, LogitsThatAreSetDecideWhatIsChosen) {
  LearnedSearch<Space, ProxylessNas<Gradient>, HardConstraint<FlopsProfiler<Space>>> search{
      ProxylessNas{}, HardConstraint{flops, Flops{30'000}}};
  Probabilities<Space> logits;
  Rng rng{3};
  for (int i = 0; i < 20; ++i) {
    for (double& x : logits.all()) x = 4 * rng.uniform();
    search.set_logits(logits);
    Architecture<Space> best;
    double most = -1;
    for_each_architecture<Space>([&](const Architecture<Space>& a) {
      double p = flops.profile(a) <= Flops{30'000} ? 1 : 0;
      for_each_active_choice(a, [&](std::size_t d, int v) {
        p *= search.probabilities()[d][static_cast<std::size_t>(v)];
      });
      if (p > most) most = p, best = a;
    });
    EXPECT_EQ(search.most_probable(), best);
  }
}

/// Learns nothing, until its loss is lost.
struct Breaks {
  static constexpr bool differentiable = true;
  int at = 0;
  int* asked = nullptr;
  [[nodiscard]] ArchitectureOptions architecture() const { return {.rate = 0.1}; }
  [[nodiscard]] torch::Tensor weight_loss(const PolicyRun<Space>& run, const Batch& batch, Rng& rng) const {
    return cross_entropy(run.supernet.forward(batch.images, run.inside.draw(rng)), batch.labels);
  }
  [[nodiscard]] Estimate<Space> estimate(const PolicyRun<Space>&, const Batch&, Rng&, const Reward<Space>&) const {
    const bool lost = ++*asked == at;
    return {.loss = lost ? std::numeric_limits<double>::quiet_NaN() : 1.0};
  }
};

TEST(LearnedSearch, StopsWithItsStateSavedWhereTheLossIsNotFinite) {
  torch::set_num_threads(1);
  const test::TemporaryFolder folder;
  const Loader train = oneshot_test::loader(64, true), validation = oneshot_test::loader(48, true);
  const ExpectationPenalty penalty{flops, Flops{20'000}, DualAscent{}};
  const auto numbers = [](auto& strategy) {
    std::vector<double> all(strategy.logits().all().begin(), strategy.logits().all().end());
    for (const auto& step : strategy.history()) all.push_back(step.penalised);
    return all;
  };
  const auto run = [&](int lost_at, bool resume, const std::string& file) {
    torch::manual_seed(1);
    Supernet<Space> supernet;
    int asked = 0;
    OneShot search{supernet, Breaks{lost_at, &asked}, penalty};
    OneShotOptions how{.epochs = 3, .resume = resume};
    how.train.checkpoint = {.path = folder / file, .identity = "test"};
    const auto done = search.train({train, validation}, how, Rng{5});
    return std::pair{done.has_value() ? std::string{} : done.error().message, numbers(search.strategy())};
  };
  const auto whole = run(0, false, "whole");
  EXPECT_EQ(whole.first, "");
  const auto broken = run(7, false, "search");  // in the second epoch
  const std::string failed = (folder / "search").string() + ".failed";
  EXPECT_EQ(broken.first,
            "the architecture's loss is not finite at step 6 (cross entropy nan, with penalties nan) (epoch 2); try a "
            "smaller architecture rate; the state before that step is in " + failed);
  EXPECT_EQ(broken.second.size(), whole.second.size() - 6);
  ASSERT_TRUE(std::filesystem::exists(failed));
  // That state is a whole one: with the cause gone it goes on to the same bits.
  EXPECT_EQ(run(0, true, "search.failed"), whole);
}

TEST(LearnedSearch, NamesAGradientThatIsNotFinite) {
  struct Infinite : Breaks {
    [[nodiscard]] Estimate<Space> estimate(const PolicyRun<Space>&, const Batch&, Rng&, const Reward<Space>&) const {
      Estimate<Space> result{.loss = 1};
      result.by_logits.all()[2] = std::numeric_limits<double>::infinity();
      return result;
    }
  };
  Supernet<Space> supernet;
  OneShot search{supernet, Infinite{}};
  const Loader train = oneshot_test::loader(16, true), validation = oneshot_test::loader(16, true);
  const auto done = search.train({train, validation}, {.epochs = 1}, Rng{5});
  ASSERT_FALSE(done.has_value());
  EXPECT_TRUE(done.error().message.starts_with("the architecture's gradient is not finite at step 0"))
      << done.error().message;
}

/// A controller whose gradient overflows, as that of its likelihood may.
struct Overflows : Enas {
  using Enas::Enas;
  template <class Network>
  [[nodiscard]] Estimate<Space> estimate(const PolicyRun<Space, Network>& run, const Batch& batch, Rng& rng,
                                         const Reward<Space>& reward) {
    auto result = Enas::estimate(run, batch, rng, reward);
    parameters().front().mutable_grad().fill_(std::numeric_limits<float>::infinity());
    return result;
  }
};

TEST(LearnedSearch, LeavesAControllerAloneWhoseGradientIsNotFinite) {
  torch::manual_seed(1);
  Supernet<Space> supernet;
  OneShot search{supernet, Overflows{EnasOptions{.samples = 2, .controller = {.hidden = 8}}}};
  const Loader train = oneshot_test::loader(16, true), validation = oneshot_test::loader(16, true);
  const auto done = search.train({train, validation}, {.epochs = 1}, Rng{5});
  ASSERT_FALSE(done.has_value());
  EXPECT_TRUE(done.error().message.starts_with("the architecture's gradient is not finite at step 0"))
      << done.error().message;
  for (const auto& p : search.strategy().policy().parameters()) EXPECT_TRUE(torch::isfinite(p).all().item<bool>());
}

}  // namespace own_loop_test
}  // namespace hwnas
