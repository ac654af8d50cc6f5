// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/measured_networks.hpp"

#include <gtest/gtest.h>

namespace {

using namespace hwnas;

TEST(NasBench201Network, ReadsTheBenchmarksStrings) {
  const auto a = zoo::nasbench201_network("|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|none~0|nor_conv_3x3~1|avg_pool_3x3~2|").value();
  EXPECT_EQ(a.choice("cell/node1/from0").value(), 4);
  EXPECT_EQ(a.choice("cell/node2/from0").value(), 2);
  EXPECT_EQ(a.choice("cell/node2/from1").value(), 1);
  EXPECT_EQ(a.choice("cell/node3/from0").value(), 0);
  EXPECT_EQ(a.choice("cell/node3/from1").value(), 3);
  EXPECT_EQ(a.choice("cell/node3/from2").value(), 4);
}

TEST(NasBench201Network, RefusesWhatIsNone) {
  for (const char* text : {"", "|none~0|", "|none~1|+|none~0|none~1|+|none~0|none~1|none~2|", "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|x",
                           "|no~0|+|none~0|none~1|+|none~0|none~1|none~2|"}) {
    const auto a = zoo::nasbench201_network(text);
    ASSERT_FALSE(a) << text;
    EXPECT_EQ(a.error().code, Error::Code::bad_format);
  }
}

TEST(FbNetNetwork, ReadsIdsAndRefusesWhatIsNone) {
  const auto a = zoo::fbnet_network("7-8-1-8-4-8-8-8-7-4-1-4-7-3-2-7-3-2-4-2-4-5").value();
  EXPECT_EQ(a.choice("block1").value(), 7);
  EXPECT_EQ(a.choice("block22").value(), 5);
  for (const char* text : {"", "7", "7-8-1-8-4-8-8-8-7-4-1-4-7-3-2-7-3-2-4-2-4-9", "7-8-1-8-4-8-8-8-7-4-1-4-7-3-2-7-3-2-4-2-4-5-1",
                           "7-8-1-8-4-8-8-8-7-4-1-4-7-3-2-7-3-2-4-2-4-"}) {
    EXPECT_FALSE(zoo::fbnet_network(text)) << text;
  }
}

}  // namespace
