// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "experiment/store_torture.hpp"
#include "experiment/small_disk.hpp"
#include "hwnas/core.hpp"
#include "hwnas/experiment/sqlite_store.hpp"

namespace sqlite_torture_test {

using namespace hwnas;
using namespace std::chrono_literals;

using Block = LayerChoice<Conv1x1, Conv3x3, Conv5x5>;
using Space = Input<Sequential<Conv<Out<8>>, Block, Block, Block>, Shape{3, 8, 8}>;
using Store = SqliteStore<Space>;

TEST(SqliteStoreTorture, EveryTrialEndsOnceAndNoResultIsLost) {
  const SmallDisk disk{16};
  const auto open = [&] { return Store::open(disk.path() / "trials.db", {.patience = 50ms}); };
  StoreTorture<Space, Store> torture{open};
  torture.run({.disturb = [&](int kill) {
                 if (kill == 4) disk.fill();
                 if (kill == 24) disk.free();
               }});
  EXPECT_TRUE(!disk.mounted() || torture.errors() > 0) << "the disk was never full";
  const auto sound = open().value().check();
  EXPECT_TRUE(sound.has_value()) << sound.error().message;
  if (!disk.mounted()) GTEST_SKIP() << "all of it but the full disk, which only root can make";
}

}  // namespace sqlite_torture_test
