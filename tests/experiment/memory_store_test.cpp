// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/experiment/memory_store.hpp"

#include <thread>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "laws/trial_store_laws.hpp"

namespace memory_store_test {

using namespace hwnas;
using namespace std::chrono_literals;

using Block = LayerChoice<Conv1x1, Conv3x3, Conv5x5>;
using Space = Input<Sequential<Conv<Out<8>>, Block, Block, Block>, Shape{3, 8, 8}>;

static_assert(TrialStore<MemoryStore<Space>, Space>);
static_assert(!TrialStore<std::vector<int>, Space>);

TEST(MemoryStore, KeepsTheLawsOfTrialStores) {
  laws::trial_store_laws<Space>([] { return MemoryStore<Space>{}; });
}

TEST(MemoryStore, ReleasesALeaseWhenItsTimeIsOver) {
  StoreTime now{};
  MemoryStore<Space> store{[&] { return now; }};
  ASSERT_TRUE(store.append(0, laws::some_architectures<Space>(1), 2, {}).value());
  ASSERT_TRUE(store.take("a", 10s).value());
  now += 9.9s;
  EXPECT_EQ(store.release_expired().value(), 0U);
  now += 0.1s;
  EXPECT_EQ(store.release_expired().value(), 1U);
}

TEST(MemoryStore, ThreadsTakeEachTrialOnce) {
  constexpr std::size_t trials = 400;
  MemoryStore<Space> store;
  ASSERT_TRUE(store.append(0, laws::some_architectures<Space>(trials), 1, {}).value());
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        while (const auto trial = store.take("t", 1h).value()) {
          EXPECT_TRUE(store.record(trial->claim(), laws::accuracy(1)).value());
        }
      });
    }
  }
  EXPECT_EQ(store.counts().value().done, trials);
  for (const auto& t : store.trials().value()) EXPECT_EQ(t.attempts, 1);
}

}  // namespace memory_store_test
