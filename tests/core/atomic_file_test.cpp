// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/core/atomic_file.hpp"

#include <csignal>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "temporary_folder.hpp"

namespace hwnas {
namespace atomic_file_test {
namespace fs = std::filesystem;

class AtomicFile : public testing::Test {
 protected:
  static std::string read(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
  [[nodiscard]] std::ptrdiff_t files() const { return std::distance(fs::directory_iterator{folder_}, {}); }

  const TemporaryFolder temporary_;
  const fs::path folder_ = temporary_.path();
};

TEST_F(AtomicFile, WritesAllBytes) {
  const std::string bytes(3'000'000, '\0');
  ASSERT_TRUE(write_file_atomically(folder_ / "a", bytes));
  EXPECT_EQ(read(folder_ / "a"), bytes);
  EXPECT_EQ(files(), 1);
}

TEST_F(AtomicFile, ReplacesAndKeepsPermissions) {
  ASSERT_TRUE(write_file_atomically(folder_ / "a", "old"));
  fs::permissions(folder_ / "a", fs::perms::owner_read | fs::perms::owner_write);
  ASSERT_TRUE(write_file_atomically(folder_ / "a", "new"));
  EXPECT_EQ(read(folder_ / "a"), "new");
  EXPECT_EQ(fs::status(folder_ / "a").permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(AtomicFile, FollowsSymbolicLinks) {
  ASSERT_TRUE(write_file_atomically(folder_ / "target", "old"));
  fs::create_symlink("target", folder_ / "link");
  ASSERT_TRUE(write_file_atomically(folder_ / "link", "new"));
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(read(folder_ / "target"), "new");
}

TEST_F(AtomicFile, NamesAMissingFolder) {
  const auto result = write_file_atomically(folder_ / "missing" / "a", "text");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Error::Code::io);
  EXPECT_NE(result.error().message.find("missing/a: No such file or directory; create the folder first"),
            std::string::npos);
}

TEST_F(AtomicFile, RefusesAFolder) {
  const auto result = write_file_atomically(folder_, "text");
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("Is a directory"), std::string::npos);
}

TEST_F(AtomicFile, ReportsAFullDevice) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "this system has no /dev/full";
  const auto result = write_file_atomically("/dev/full", "text");
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("No space left on device"), std::string::npos);
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

TEST_F(AtomicFile, RefusesAReadOnlyFolder) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write into read-only folders; run as another user";
  fs::permissions(folder_, fs::perms::owner_read | fs::perms::owner_exec);
  const auto result = write_file_atomically(folder_ / "a", "text");
  fs::permissions(folder_, fs::perms::owner_all);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("choose a folder that you may write to"), std::string::npos);
}

TEST_F(AtomicFile, KeepsTheOldFileAndNothingElseWhenTheDiskIsFull) {
  ASSERT_TRUE(write_file_atomically(folder_ / "a", "old"));
  // A limit on file sizes stands in for a full disk: the write stops half-way with an error. In a child process,
  // because the limit holds for a whole process.
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const struct rlimit limit { 4096, 4096 };
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ::_exit(write_file_atomically(folder_ / "a", std::string(100'000, 'x')) ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "the write was to fail";
  EXPECT_EQ(read(folder_ / "a"), "old");
  EXPECT_EQ(files(), 1);
}

}  // namespace atomic_file_test
}  // namespace hwnas
