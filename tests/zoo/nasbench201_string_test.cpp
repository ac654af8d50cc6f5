// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/nasbench201_string.hpp"

#include <gtest/gtest.h>

#include "hwnas/space/enumerate.hpp"

namespace nasbench201_string_test {

using namespace hwnas;
using Space = zoo::NasBench201;

TEST(NasBench201String, ReadsTheBenchmarksStrings) {
  const auto a = from_nasbench201_string<Space>(
                     "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|none~0|nor_conv_3x3~1|avg_pool_3x3~2|")
                     .value();
  EXPECT_EQ(a.choice("cell/node1/from0").value(), 4);
  EXPECT_EQ(a.choice("cell/node2/from0").value(), 2);
  EXPECT_EQ(a.choice("cell/node2/from1").value(), 1);
  EXPECT_EQ(a.choice("cell/node3/from0").value(), 0);
  EXPECT_EQ(a.choice("cell/node3/from1").value(), 3);
  EXPECT_EQ(a.choice("cell/node3/from2").value(), 4);
}

TEST(NasBench201String, WritesWhatItReads) {
  int different = 0;
  for_each_architecture<Space>([&](const Architecture<Space>& a) {
    const auto again = from_nasbench201_string<Space>(to_nasbench201_string(a));
    if (!again || *again != a) ++different;
  });
  EXPECT_EQ(different, 0);
}

TEST(NasBench201String, RefusesWhatIsNone) {
  for (const char* text :
       {"", "|none~0|", "|none~1|+|none~0|none~1|+|none~0|none~1|none~2|",
        "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|x", "|no~0|+|none~0|none~1|+|none~0|none~1|none~2|"}) {
    const auto a = from_nasbench201_string<Space>(text);
    ASSERT_FALSE(a) << text;
    EXPECT_EQ(a.error().code, Error::Code::bad_format);
  }
}

}  // namespace nasbench201_string_test
