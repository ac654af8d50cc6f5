// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/core/list.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace list_test {

using namespace hwnas;

constexpr bool works_in_a_constant_expression() {
  List<int> list{1, 2, 3};
  list.push_back(list.front());
  list.insert_at(1, 9);
  list.remove_at(0);
  List<int> moved = std::move(list);
  return moved == List<int>{9, 2, 3, 1} && list.empty() && moved.add(5) == 4 && moved.back() == 5;
}
static_assert(works_in_a_constant_expression());

// Strings, so that a moved-from or freed element shows.
using Texts = std::vector<std::string>;

struct Pair {
  List<std::string> list;
  Texts vector;
  [[nodiscard]] bool equal() const {
    return list.size() == vector.size() && std::equal(vector.begin(), vector.end(), list.begin());
  }
};

void apply(Pair& p, int operation, const std::string& text, std::size_t at) {
  const auto place = p.vector.empty() ? 0 : at % p.vector.size();
  const auto offset = static_cast<std::ptrdiff_t>(place);
  switch (operation) {
    case 0: p.list.push_back(text), p.vector.push_back(text); break;
    case 1: p.list.add(text), p.vector.push_back(text); break;
    case 2: p.list.insert_at(place, text), p.vector.insert(p.vector.begin() + offset, text); break;
    case 3:
      if (!p.vector.empty()) p.list.remove_at(place), p.vector.erase(p.vector.begin() + offset);
      break;
    case 4:   // an element of its own, while it may have to grow
      if (!p.vector.empty()) p.list.push_back(p.list[place]), p.vector.push_back(Texts{p.vector}[place]);
      break;
    case 5: p.list.truncate(place), p.vector.resize(place); break;
    case 6: p.list.resize(place + 3), p.vector.resize(place + 3); break;
    case 7: p.list.assign(place, text), p.vector.assign(place, text); break;
    default: p.list.append(Texts{text, text}), p.vector.insert(p.vector.end(), 2, text); break;
  }
}

RC_GTEST_PROP(List, DoesWhatAVectorDoes, ()) {
  Pair p;
  const auto count = *rc::gen::inRange(0, 40);
  for (int i = 0; i < count; ++i) {
    apply(p, *rc::gen::inRange(0, 9), *rc::gen::string<std::string>(), *rc::gen::inRange<std::size_t>(0, 64));
    RC_ASSERT(p.equal());
  }
  const List<std::string> copy = p.list;
  RC_ASSERT(copy == p.list);
  p.list.push_back("more");
  RC_ASSERT(!(copy == p.list));
}

constexpr bool keeps_what_is_kept() {
  List<int> list(3, 7);
  list.reserve(40);
  list.pop_back();
  List<int> other{1, 2, 3, 4, 5};
  other = list;
  list = List<int>{8};
  other.append(list);
  list.clear();
  return other == List<int>{7, 7, 8} && list.empty() && other.front() == 7 && other.end() - other.begin() == 3;
}
static_assert(keeps_what_is_kept());

// Strings too long to stand inside their own object: growing frees nothing that is still read.
const std::string long_text(40, 'x');

// Four elements fill a List; the fifth makes it grow while the argument is one of them.
TEST(List, TakesAnElementOfItsOwnWhileItGrows) {
  const auto full = [] {
    return List<std::string>{long_text + "0", long_text + "1", long_text + "2", long_text + "3"};
  };
  List<std::string> copied = full();
  copied.push_back(copied[1]);
  EXPECT_EQ(copied.back(), long_text + "1");
  EXPECT_EQ(copied[1], long_text + "1");
  List<std::string> moved = full();
  moved.push_back(std::move(moved[1]));
  EXPECT_EQ(moved.back(), long_text + "1");
  List<std::string> added = full();
  EXPECT_EQ(added.add(added[2]), 4U);
  EXPECT_EQ(added.back(), long_text + "2");
  List<std::string> inserted = full();
  inserted.insert_at(0, inserted[3]);
  EXPECT_EQ(inserted.front(), long_text + "3");
  EXPECT_EQ(inserted[4], long_text + "3");
}
TEST(List, AssignsItselfAndOthers) {
  List<std::string> list{"a", "b"};
  List<std::string>& same = list;
  list = same;
  EXPECT_EQ(list, (List<std::string>{"a", "b"}));
  list = std::move(same);
  EXPECT_EQ(list, (List<std::string>{"a", "b"}));
  List<std::string> shorter{"c"};
  list = shorter;
  EXPECT_EQ(list, shorter);
  shorter[0] = "d";
  EXPECT_EQ(list.front(), "c");
  List<std::string> taken;
  taken = std::move(list);
  EXPECT_EQ(taken.size(), 1U);
  EXPECT_TRUE(list.empty());  // NOLINT: a moved-from List is empty
  list.push_back("e");
  EXPECT_EQ(list.back(), "e");
}

TEST(List, IsFilledWithAnElementOfItsOwnWhileItGrows) {
  List<std::string> list{"a text that is too long to be kept in place"};
  list.assign(20, list[0]);
  EXPECT_EQ(list.size(), 20U);
  EXPECT_EQ(list[19], "a text that is too long to be kept in place");
}

}  // namespace list_test
