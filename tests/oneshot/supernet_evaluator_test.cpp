// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/oneshot/supernet_evaluator.hpp"

#include <array>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/space/counting.hpp"
#include "laws/evaluator_laws.hpp"
#include "oneshot/small_space.hpp"

namespace supernet_evaluator_test {

using namespace hwnas;
using oneshot_test::Space;

TEST(SupernetEvaluator, KeepsTheLawsAlsoInSeveralThreads) {
  torch::set_num_threads(1);
  torch::manual_seed(1);
  Supernet<Space> supernet;
  SupernetEvaluator<Space> evaluator{{supernet, keep_batches(oneshot_test::loader(64, true)).value(),
                                      keep_batches(oneshot_test::loader(40, false)).value()}};
  Rng rng{4};
  std::vector<Architecture<Space>> some;
  for (int i = 0; i < 4; ++i) some.push_back(Uniform<Space>{}(rng));
  EXPECT_EQ(laws::evaluator_laws<Space>(evaluator, some), some.size());

  std::array<double, 4> alone{}, together{};
  for (std::size_t i = 0; i < 4; ++i) alone[i] = evaluator.evaluate(some[i], {})->values.at("loss");
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] { together[i] = evaluator.evaluate(some[i], {})->values.at("loss"); });
  }
  threads.clear();
  EXPECT_EQ(together, alone);
}

}  // namespace supernet_evaluator_test
