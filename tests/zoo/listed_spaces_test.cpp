// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/listed_spaces.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "hwnas/core/rng.hpp"
#include "hwnas/space/counting.hpp"

namespace listed_spaces_test {

using namespace hwnas;

// Random networks of a space, of every size of images, written and read again.
Result<std::size_t> written_and_read(std::string_view space) {
  return zoo::with_listed_space(space, [&]<class Names>(Names) -> Result<std::size_t> {
    Rng rng{3};
    std::vector<std::string> names;
    for (const int side : Names::sides) {
      for (int i = 0; i < 20; ++i) {
        names.push_back(Names::write(Names::at(Uniform<typename Names::space>{}(rng), side)));
      }
    }
    const auto networks = zoo::read_all<Names>(names).value();
    std::vector<std::string> again;
    for (const auto& network : networks) again.push_back(Names::write(network));
    EXPECT_EQ(again, names);
    names.push_back("nothing");
    EXPECT_EQ(zoo::read_all<Names>(names).error().code, Error::Code::bad_format);
    return networks.size();
  });
}

TEST(ListedSpaces, ReadWhatTheyWrite) {
  EXPECT_EQ(written_and_read("nasbench201").value(), 20u);
  EXPECT_EQ(written_and_read("fbnet").value(), 20u);
  EXPECT_EQ(written_and_read("ofa").value(), 7 * 20u);
}

TEST(ListedSpaces, RefuseANameOfNone) {
  const auto key = zoo::listed_key("darts");
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().code, Error::Code::unknown_name);
  EXPECT_EQ(zoo::listed_key("ofa").value(), "ks,e,d,r");
}

TEST(ListedSpaces, CountTheAreaInTheSpacesOwn) {
  const auto a = Architecture<zoo::MobileNetV3Ofa>{};
  EXPECT_EQ(zoo::area_of(zoo::OnceForAllNetwork{a, 224}), 1);
  EXPECT_EQ(zoo::area_of(zoo::OnceForAllNetwork{a, 112}), 0.25);
  EXPECT_EQ(zoo::area_of(a), 1);
  EXPECT_EQ(zoo::architecture_of(zoo::OnceForAllNetwork{a, 112}), a);
}

}  // namespace listed_spaces_test
