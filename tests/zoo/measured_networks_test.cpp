// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/measured_networks.hpp"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "hwnas/core/rng.hpp"
#include "hwnas/space/counting.hpp"

namespace measured_networks_test {

using namespace hwnas;

TEST(FbNetNetwork, ReadsIdsAndRefusesWhatIsNone) {
  const auto a = zoo::fbnet_network("7-8-1-8-4-8-8-8-7-4-1-4-7-3-2-7-3-2-4-2-4-5").value();
  EXPECT_EQ(a.choice("block1").value(), 7);
  EXPECT_EQ(a.choice("block22").value(), 5);
  EXPECT_EQ(zoo::fbnet_string(a), "7-8-1-8-4-8-8-8-7-4-1-4-7-3-2-7-3-2-4-2-4-5");
  for (const char* text :
       {"", "7", "7-8-1-8-4-8-8-8-7-4-1-4-7-3-2-7-3-2-4-2-4-9", "7-8-1-8-4-8-8-8-7-4-1-4-7-3-2-7-3-2-4-2-4-5-1",
        "7-8-1-8-4-8-8-8-7-4-1-4-7-3-2-7-3-2-4-2-4-"}) {
    EXPECT_FALSE(zoo::fbnet_network(text)) << text;
  }
}

constexpr const char* kernels = "7-5-5-5-7-7-5-7-5-7-3-7-5-3-7-3-5-3-5-3";
constexpr const char* expansions = "6-4-4-6-6-3-4-3-3-6-3-3-3-6-3-4-6-4-3-6";

TEST(OnceForAllNetwork, ReadsWhatIsThereAndTheResolution) {
  const auto a = zoo::once_for_all_network(fmt::format("{},{},2-2-2-3-4,204", kernels, expansions)).value();
  EXPECT_EQ(a.resolution, 204);
  EXPECT_EQ(a.architecture.choice("stage1/0/kernel").value(), 2);  // 7 of 3, 5, 7
  EXPECT_EQ(a.architecture.choice("stage1/1/0/expand").value(), 1);  // 4 of 3, 4, 6
  EXPECT_FALSE(a.architecture.is_active("stage1/1/1/expand"));
  EXPECT_EQ(a.architecture.choice("stage5/1/depth").value(), 2);
  EXPECT_EQ(a.architecture.choice("stage5/1/2/expand").value(), 2);
}

TEST(OnceForAllNetwork, RefusesWhatIsNone) {
  for (const auto& text :
       {std::string{}, fmt::format("{},{},2-2-2-3-4", kernels, expansions),
        fmt::format("{},{},2-2-2-3-5,204", kernels, expansions), fmt::format("{},{},2-2-2-3,204", kernels, expansions),
        fmt::format("{},{},2-2-2-3-x,204", kernels, expansions),
        fmt::format("8{},{},2-2-2-3-4,204", kernels + 1, expansions),
        fmt::format("{},5{},2-2-2-3-4,204", kernels, expansions + 1),
        fmt::format("{},{},2-2-2-3-4,0", kernels, expansions)}) {
    const auto a = zoo::once_for_all_network(text);
    ASSERT_FALSE(a) << text;
    EXPECT_EQ(a.error().code, Error::Code::bad_format);
  }
}

TEST(OnceForAllNetwork, ReadsWhatItWrites) {
  Rng rng{11};
  for (int i = 0; i < 200; ++i) {
    const zoo::OnceForAllNetwork network{Uniform<zoo::MobileNetV3Ofa>{}(rng), 128 + 4 * (i % 25)};
    const std::string text = zoo::once_for_all_string(network);
    const auto read = zoo::once_for_all_network(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->architecture, network.architecture) << text;
    EXPECT_EQ(read->resolution, network.resolution);
  }
}

}  // namespace measured_networks_test
