// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  One server for many rules: starting one takes seconds.
#include "hwnas/experiment/postgres_store.hpp"

#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "experiment/postgres_server.hpp"
#include "experiment/sql_store_cases.hpp"
#include "hwnas/core.hpp"
#include "laws/trial_store_laws.hpp"

namespace postgres_store_test {

using namespace hwnas;
using namespace std::chrono_literals;

using Block = LayerChoice<Conv1x1, Conv3x3, Conv5x5>;
using Space = Input<Sequential<Conv<Out<8>>, Block, Block, Block>, Shape{3, 8, 8}>;
using OtherSpace = Input<Sequential<Conv<Out<8>>, Block, Block>, Shape{3, 8, 8}>;
using Store = PostgresStore<Space>;

static_assert(TrialStore<Store, Space>);

void expect_line(const auto& result, Error::Code code, const std::string& part) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, code) << result.error().message;
  EXPECT_NE(result.error().message.find(part), std::string::npos) << result.error().message;
  EXPECT_EQ(result.error().message.find('\n'), std::string::npos) << result.error().message;
}

void refuses_what_is_not_its_own(const PostgresServer& server) {
  const std::string url = server.schema("refuses");
  expect_line(Store::open(url, {.create = false}), Error::Code::not_found, "it holds no experiment yet");
  ASSERT_TRUE(Store::open(url, {.space_name = "three"}));
  expect_line(PostgresStore<OtherSpace>::open(url, {.space_name = "two"}), Error::Code::mismatch,
              fmt::format("trials of another search space (three {:016x}, this program searches two {:016x})",
                          fingerprint<Space>(), fingerprint<OtherSpace>()));
  server.sql("UPDATE refuses.hwnas_meta SET value = '3' WHERE key = 'schema_version'");
  expect_line(Store::open(url), Error::Code::mismatch, "it has schema 3, and this program knows schemas up to 2");
}

/// Nothing is waited for that waiting does not mend.
void tells_of_a_wrong_url(const PostgresServer& server) {
  const auto begin = std::chrono::steady_clock::now();
  expect_line(Store::open(server.url("nothing")), Error::Code::unavailable, "\"nothing\" does not exist");
  expect_line(Store::open("postgresql://host/x?colour=red"), Error::Code::unavailable, "invalid");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
  const auto away = Store::open("postgresql://me:secret@127.0.0.1:1/x", {.patience = 200ms});
  expect_line(away, Error::Code::unavailable, "postgresql://me@127.0.0.1:1/x: the server cannot be reached");
  EXPECT_NE(away.error().message.find("gave up after"), std::string::npos);
}

void goes_on_when_the_server_comes_back(PostgresServer& server) {
  auto store = Store::open(server.schema("away"), {.patience = 20s}).value();
  ASSERT_TRUE(store.append(0, laws::some_architectures<Space>(3), 1, {}).value());
  const auto trial = store.take("w", laws::long_lease).value().value();
  server.stop(SIGQUIT);
  auto recorded = std::async(std::launch::async, [&] { return store.record(trial.claim(), laws::accuracy(0.5)); });
  std::this_thread::sleep_for(300ms);
  server.start();
  EXPECT_TRUE(recorded.get().value());
  EXPECT_TRUE(store.append(3, laws::some_architectures<Space>(1), 1, {}).value());
  EXPECT_EQ(store.counts().value(), (TrialCounts{.queued = 3, .done = 1}));
}

void ends_when_the_server_stays_away(PostgresServer& server) {
  auto store = Store::open(server.schema("gone"), {.patience = 300ms}).value();
  ASSERT_TRUE(store.append(0, laws::some_architectures<Space>(1), 1, {}).value());
  const auto trial = store.take("w", laws::long_lease).value().value();
  server.stop(SIGINT);
  expect_line(store.record(trial.claim(), laws::accuracy(0.5)), Error::Code::unavailable, "gave up after");
  server.start();
  EXPECT_TRUE(store.record(trial.claim(), laws::accuracy(0.5)).value()) << "nothing in flight is lost";
}

TEST(PostgresStore, KeepsTheLawsAndTellsWhatIsWrong) {
  PostgresServer server;
  if (!server.runs()) GTEST_SKIP() << server.why_not();
  int stores = 0;
  laws::trial_store_laws<Space>([&] { return Store::open(server.schema(fmt::format("laws{}", stores++))).value(); });
  cases::trials_outlive_the_store<Space>([url = server.schema("outlive")] { return Store::open(url); });
  const std::string old = server.schema("first");
  server.sql("SET search_path = first; " + cases::first_schema<Space>());
  cases::first_schema_is_migrated<Space>([&] { return Store::open(old); });
  refuses_what_is_not_its_own(server);
  tells_of_a_wrong_url(server);
  goes_on_when_the_server_comes_back(server);
  ends_when_the_server_stays_away(server);
}

}  // namespace postgres_store_test
