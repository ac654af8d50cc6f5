// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/profile/candidate_mask_json.hpp"

#include <gtest/gtest.h>

#include "hwnas/core.hpp"

namespace candidate_mask_json_test {

using namespace hwnas;
using Space = Input<Sequential<Named<"a", LayerChoice<Conv1x1, Conv3x3, Identity>>,
                               Named<"b", MBConv<3, Kernel<3, 5, 7>>>, GlobalAvgPool, Flatten, Linear<10>>,
                    Shape{3, 8, 8}>;

std::string refused(std::string_view text) {
  const auto mask = candidate_mask_from_json<Space>(text);
  return mask ? "nothing" : mask.error().message;
}

TEST(CandidateMaskJson, ReadsWhatItWrote) {
  Rng rng{3};
  for (int i = 0; i < 50; ++i) {
    CandidateMask<Space> mask;
    for (int k = 0; k < 3; ++k) mask.drop(rng.below(2), static_cast<int>(rng.below(3)));
    EXPECT_EQ(candidate_mask_from_json<Space>(to_json(mask)).value(), mask) << to_json(mask);
  }
}

TEST(CandidateMaskJson, SaysChoicesAsArchitecturesDo) {
  CandidateMask<Space> mask;
  mask.drop(0, 1);
  mask.drop(1, 0);
  EXPECT_EQ(to_json(mask), R"({"a":[0,2],"b":[5,7]})");
  EXPECT_EQ(candidate_mask_from_json<Space>(R"({"a": [0, 2], "b": [5, 7]})").value(), mask);
}

TEST(CandidateMaskJson, KeepsAllWhereNothingIsSaid) {
  EXPECT_EQ(candidate_mask_from_json<Space>("{}").value(), CandidateMask<Space>{});
}

TEST(CandidateMaskJson, RefusesWithOneLine) {
  EXPECT_NE(refused("[0]").find("expected a JSON object"), std::string::npos);
  EXPECT_NE(refused(R"({"a": 0})").find("expected an array"), std::string::npos);
  EXPECT_NE(refused(R"({"z": [0]})").find("z"), std::string::npos);
  EXPECT_NE(refused(R"({"a": [3]})").find("expected one of 0, 1, 2"), std::string::npos);
  EXPECT_NE(refused(R"({"a": []})").find("expected some of its 3"), std::string::npos);
}

}  // namespace candidate_mask_json_test
