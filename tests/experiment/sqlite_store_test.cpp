// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/experiment/sqlite_store.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "experiment/sql_store_cases.hpp"
#include "temporary_folder.hpp"
#include "hwnas/core.hpp"
#include "laws/trial_store_laws.hpp"

namespace sqlite_store_test {

using namespace hwnas;
namespace fs = std::filesystem;

using Block = LayerChoice<Conv1x1, Conv3x3, Conv5x5>;
using Space = Input<Sequential<Conv<Out<8>>, Block, Block, Block>, Shape{3, 8, 8}>;
using OtherSpace = Input<Sequential<Conv<Out<8>>, Block, Block>, Shape{3, 8, 8}>;
using Store = SqliteStore<Space>;

static_assert(TrialStore<Store, Space>);
static_assert(!TrialStore<Store, OtherSpace>);

struct SqliteStoreTest : ::testing::Test {
  TemporaryFolder folder;
  fs::path file = folder.path() / "trials.db";
};

TEST_F(SqliteStoreTest, KeepsTheLawsOfTrialStores) {
  int stores = 0;
  laws::trial_store_laws<Space>([&] { return Store::open(folder.path() / fmt::format("{}.db", stores++)).value(); });
}

TEST_F(SqliteStoreTest, KeepsItsTrialsWhenItIsClosed) {
  cases::trials_outlive_the_store<Space>([&] { return Store::open(file); });
}

TEST_F(SqliteStoreTest, IsRefusedByAnotherSpace) {
  ASSERT_TRUE(Store::open(file, {.space_name = "three blocks"}));
  const auto other = SqliteStore<OtherSpace>::open(file, {.space_name = "two blocks"});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Error::Code::mismatch);
  EXPECT_EQ(other.error().message,
            fmt::format("{}: it holds trials of another search space (three blocks {:016x}, this program searches two "
                        "blocks {:016x}): choose another store",
                        file.string(), fingerprint<Space>(), fingerprint<OtherSpace>()));
}

TEST_F(SqliteStoreTest, OfANewerSchemaIsRefused) {
  ASSERT_TRUE(Store::open(file));
  SQLite::Database{file.string(), SQLite::OPEN_READWRITE}.exec(
      "UPDATE hwnas_meta SET value = '3' WHERE key = 'schema_version'");
  const auto store = Store::open(file);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Error::Code::mismatch);
  EXPECT_EQ(store.error().message,
            file.string() + ": it has schema 3, and this program knows schemas up to 2: use a newer hwnas");
}

TEST_F(SqliteStoreTest, OfTheFirstSchemaIsMigrated) {
  SQLite::Database{file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE}.exec(cases::first_schema<Space>());
  cases::first_schema_is_migrated<Space>([&] { return Store::open(file); });
}

TEST_F(SqliteStoreTest, ThatIsNotThereIsOnlyCreatedWhenItMay) {
  const auto store = Store::open(file, {.create = false});
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Error::Code::not_found);
  EXPECT_FALSE(fs::exists(file));
}

void expect_line(const Result<Store>& store, Error::Code code, const std::string& part) {
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, code) << store.error().message;
  EXPECT_NE(store.error().message.find(part), std::string::npos) << store.error().message;
  EXPECT_EQ(store.error().message.find('\n'), std::string::npos) << store.error().message;
}

TEST_F(SqliteStoreTest, TellsWhatIsNoStore) {
  std::ofstream{file} << std::string(5000, 'x');
  expect_line(Store::open(file), Error::Code::bad_format, "is no SQLite database");
  fs::remove(file);
  SQLite::Database{file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE}.exec("CREATE TABLE sales (n)");
  expect_line(Store::open(file), Error::Code::bad_format, "of something else");
  expect_line(Store::open(folder.path() / "no" / "trials.db"), Error::Code::io, "its folder must exist");
}

TEST_F(SqliteStoreTest, TellsOfATruncatedFile) {
  {
    auto store = Store::open(file).value();
    ASSERT_TRUE(store.append(0, laws::some_architectures<Space>(2000), 1, {}).value());
  }
  const auto size = fs::file_size(file);
  for (const auto left : {size / 2, size - 4096, std::uintmax_t{4096}, std::uintmax_t{100}}) {
    const fs::path part = folder.path() / fmt::format("{}.db", left);
    fs::copy_file(file, part);
    fs::resize_file(part, left);
    expect_line(Store::open(part), Error::Code::bad_format, "is damaged");
  }
}

TEST_F(SqliteStoreTest, TellsOfDamagedPages) {
  {
    auto store = Store::open(file).value();
    ASSERT_TRUE(store.append(0, laws::some_architectures<Space>(2000), 1, {}).value());
    EXPECT_TRUE(store.check().has_value());
  }
  std::fstream bytes{file, std::ios::in | std::ios::out | std::ios::binary};
  for (std::uintmax_t at = 3 * 4096; at + 4096 < fs::file_size(file); at += 2 * 4096) {
    bytes.seekp(static_cast<std::streamoff>(at)).write("this is no page of a b-tree", 27);
  }
  bytes.close();
  expect_line(Store::open(file), Error::Code::bad_format, "is damaged");
}

TEST_F(SqliteStoreTest, ThatIsFullLosesNothingAndGoesOn) {
  auto store = Store::open(file, {.patience = std::chrono::milliseconds{50}}).value();
  ASSERT_TRUE(store.append(0, laws::some_architectures<Space>(100), 1, {}).value());
  const auto trial = store.take("w", laws::long_lease).value().value();
  const std::string pages = *store.database().run("PRAGMA page_count", {})[0][0];
  store.database().script("PRAGMA max_page_count = " + pages);
  const auto refused = store.append(100, laws::some_architectures<Space>(2000), 1, {{"strategy", "lost"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Error::Code::io);
  EXPECT_NE(refused.error().message.find("no space left; free some; gave up after"), std::string::npos)
      << refused.error().message;
  EXPECT_EQ(store.counts().value().total(), 100U);
  EXPECT_EQ(store.meta("strategy").value(), std::nullopt);
  store.database().script("PRAGMA max_page_count = 1000000");
  EXPECT_TRUE(store.record(trial.claim(), laws::accuracy(1)).value());
  EXPECT_TRUE(store.append(100, laws::some_architectures<Space>(2000), 1, {}).value());
  EXPECT_TRUE(store.check().has_value());
}

TEST_F(SqliteStoreTest, LockedByAnotherEndsWithOneLine) {
  auto store = Store::open(file, {.patience = std::chrono::milliseconds{100}}).value();
  SQLite::Database other{file.string(), SQLite::OPEN_READWRITE};
  other.exec("BEGIN IMMEDIATE");
  const auto taken = store.take("w", laws::long_lease);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Error::Code::unavailable);
  EXPECT_NE(taken.error().message.find("another process keeps it locked; gave up after"), std::string::npos);
  other.exec("ROLLBACK");
  EXPECT_TRUE(store.take("w", laws::long_lease).has_value());
}

}  // namespace sqlite_store_test
