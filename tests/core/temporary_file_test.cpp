// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/core/temporary_file.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

namespace temporary_file_test {

using namespace hwnas;

TEST(TemporaryFile, HoldsItsTextAndIsGoneAfterwards) {
  std::string path;
  {
    const TemporaryFile one{"one\n"}, two{"two"};
    ASSERT_TRUE(one.written() && two.written());
    EXPECT_NE(one.path(), two.path());
    path = one.path();
    std::ifstream in{path};
    EXPECT_EQ((std::string{std::istreambuf_iterator<char>{in}, {}}), "one\n");
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace temporary_file_test
