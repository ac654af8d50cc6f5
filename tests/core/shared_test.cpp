// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Shared: copies own one object, which goes with the last of them; by several threads at once; in constant
///        expressions.
#include "hwnas/core/shared.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace hwnas {
namespace shared_test {

static_assert([] {
  const auto made = Shared<std::vector<int>>::make(3U, 7);
  Shared<std::vector<int>> copy;
  const bool none = !copy;
  copy = made;
  return none && copy && &*copy == &*made && copy->at(2) == 7;
}());

struct Counted {
  explicit Counted(int* going) : gone{going} {}
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { ++*gone; }
  int* gone;
};

TEST(Shared, GoesWithItsLastOwner) {
  int gone = 0;
  {
    auto first = Shared<Counted>::make(&gone);
    auto second = first;
    auto third = std::move(first);
    EXPECT_FALSE(first);  // NOLINT: what is left behind owns nothing
    second = third;
    third = {};
    EXPECT_EQ(gone, 0);
    second = Shared<Counted>::make(&gone);
    EXPECT_EQ(gone, 1);
  }
  EXPECT_EQ(gone, 2);
}

TEST(Shared, IsCopiedByManyThreads) {
  int gone = 0;
  {
    const auto object = Shared<Counted>::make(&gone);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([object] {
        for (int i = 0; i < 20'000; ++i) {
          const auto copy = object;
          ASSERT_TRUE(copy);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(gone, 0);
  }
  EXPECT_EQ(gone, 1);
}

}  // namespace shared_test
}  // namespace hwnas
