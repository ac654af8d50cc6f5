// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/oneshot/fairnas.hpp"

#include <map>

#include <gtest/gtest.h>

#include "hwnas/oneshot/one_shot.hpp"
#include "oneshot/small_space.hpp"

namespace hwnas {
namespace fairnas_test {

using oneshot_test::Space;
static_assert(OneShotStrategy<FairNas<Space>>);
static_assert(FairNas<Space>::paths == 4);

using Uneven =
    Input<Sequential<Named<"a", LayerChoice<Conv3x3, Identity>>, Named<"b", LayerChoice<Conv1x1, Conv3x3, Identity>>>,
          Shape{2, 8, 8}>;
static_assert(FairNas<Uneven>::paths == 6);

TEST(FairNas, EveryCandidateRunsEquallyOftenInEachStep) {
  Rng rng{1};
  for (int step = 0; step < 50; ++step) {
    std::map<std::pair<std::size_t, int>, int> times;
    for (const auto& a : FairNas<Uneven>::draw_paths(rng)) {
      for (std::size_t d = 0; d < decision_total<Uneven>; ++d) ++times[{d, a[d]}];
    }
    ASSERT_EQ(times.size(), 5U);
    for (const auto& [candidate, count] : times) EXPECT_EQ(count, candidate.first == 0 ? 3 : 2);
  }
}

TEST(FairNas, StepGivesEveryWeightAGradientAndReturnsAPlainLoss) {
  Supernet<Space> supernet;
  const FairNas<Space> fair;
  Rng rng{2};
  const auto batches = keep_batches(oneshot_test::loader(16, true)).value();
  const torch::Tensor loss = fair.step(supernet, batches.front(), rng);
  EXPECT_FALSE(loss.requires_grad());
  EXPECT_GT(loss.item<double>(), 0);
  for (const auto& p : supernet.parameters()) EXPECT_TRUE(p.grad().defined());
}

TEST(FairNas, FitsAndChooses) {
  torch::manual_seed(1);
  Supernet<Space> supernet;
  OneShot search{supernet, FairNas<Space>{{.evolution = {.population = 6, .generations = 2, .parents = 3}}}};
  const Loader train = oneshot_test::loader(128, true), validation = oneshot_test::loader(64, false);
  const auto choice = search.fit({train, validation}, {.epochs = 4}, Rng{5});
  ASSERT_TRUE(choice.has_value()) << choice.error().message;
  EXPECT_GT(choice->best.score(), 0.9);
}

}  // namespace fairnas_test
}  // namespace hwnas
