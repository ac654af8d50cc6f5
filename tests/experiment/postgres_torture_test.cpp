// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "experiment/postgres_server.hpp"
#include "experiment/small_disk.hpp"
#include "experiment/store_torture.hpp"
#include "hwnas/core.hpp"
#include "hwnas/experiment/postgres_store.hpp"

namespace postgres_torture_test {

using namespace hwnas;
using namespace std::chrono_literals;

using Block = LayerChoice<Conv1x1, Conv3x3, Conv5x5>;
using Space = Input<Sequential<Conv<Out<8>>, Block, Block, Block>, Shape{3, 8, 8}>;
using Store = PostgresStore<Space>;

TEST(PostgresStoreTorture, EveryTrialEndsOnceAndNoResultIsLost) {
  const SmallDisk disk{4};
  PostgresServer server;
  if (!server.runs()) GTEST_SKIP() << server.why_not();
  std::string url = server.schema("torture");
  if (disk.mounted()) {  // the tables there, the write-ahead log elsewhere: without that no server can go on
    std::filesystem::create_directory(disk.path() / "tables");
    ASSERT_EQ(::chown((disk.path() / "tables").c_str(), server.user(), server.user()), 0);
    server.sql("CREATE TABLESPACE small LOCATION '" + (disk.path() / "tables").string() + "'");
    url += "%20-cdefault_tablespace%3Dsmall";
  }
  const auto open = [&] { return Store::open(url, {.patience = 100ms}); };
  StoreTorture<Space, Store> torture{open};
  int before = 0, while_full = 0;
  torture.run({.disturb = [&](int kill) {
                 if (kill == 5) before = torture.errors(), disk.fill();
                 if (kill == 45) while_full = torture.errors() - before, disk.free();
                 if (kill == 50) server.stop(SIGQUIT);  // it has to recover
                 if (kill == 90) server.stop(SIGINT);
                 if (kill != 50 && kill != 90) return;
                 std::this_thread::sleep_for(300ms);  // longer than the patience
                 server.start();
               }});
  EXPECT_GT(torture.errors(), before + while_full) << "the server was never away";
  EXPECT_TRUE(!disk.mounted() || while_full > 0) << "the disk was never full";
  server.sql("CREATE EXTENSION amcheck");
  const auto checked = server.sql("SELECT bt_index_check(c.oid, true), c.relname FROM pg_class c JOIN pg_am a ON "
                                  "a.oid = c.relam WHERE a.amname = 'btree' AND c.relname LIKE 'hwnas%'");
  EXPECT_GE(checked.size(), 4U) << "each index was checked against its table";
  if (!disk.mounted()) GTEST_SKIP() << "all of it but the full disk, which only root can make";
}

}  // namespace postgres_torture_test
