// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/measure/part_size.hpp"

#include <gtest/gtest.h>

namespace hwnas {
namespace part_size_test {

TEST(PartSize, LosesLittleWhereEachThingTakesLong) {
  PartSize parts{24};
  EXPECT_EQ(parts.next(100), 2U);
  parts.took(2, 2 * 90.0);  // a minute and a half each
  EXPECT_EQ(parts.next(100), 1U);
  parts.took(1, 10);  // quicker than they were
  EXPECT_EQ(parts.next(100), 3U);
  EXPECT_EQ(parts.next(2), 2U);
}

TEST(PartSize, TakesManyTogetherWhereTheyAreQuick) {
  PartSize parts{24};
  parts.took(2, 0.02);
  EXPECT_EQ(parts.next(100), 24U);
  parts.took(24, 0);
  EXPECT_EQ(parts.next(100), 24U);
  EXPECT_EQ(PartSize{0}.next(5), 1U);
}

}  // namespace part_size_test
}  // namespace hwnas
