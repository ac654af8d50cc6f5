// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Which architectures compute the same.
#include "hwnas/space/computed_graph.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/space/enumerate.hpp"
#include "hwnas/zoo/nasbench201.hpp"

namespace computed_graph_test {

using namespace hwnas;
template <class... Nodes>
using On = Input<Sequential<Nodes...>, Shape{4, 8, 8}>;

/// NAS-Bench-201's cell by hand: the output as an expression in which every convolution has a number, the least over all
/// ways of numbering. Sums are flat and sorted; the average of zeros is zero; a convolution of zeros is its batch-norm's.
class ByHand {
 public:
  explicit ByHand(const Architecture<zoo::NasBench201>& a) : a_{a} {
    std::vector<int> numbers;
    for (std::size_t e = 0; e < 6; ++e) {
      if (a[e] == 2 || a[e] == 3) numbers.push_back(static_cast<int>(numbers.size()));
    }
    do {
      const std::string written = output(numbers);
      if (least_.empty() || written < least_) least_ = written;
    } while (std::next_permutation(numbers.begin(), numbers.end()));
  }
  [[nodiscard]] const std::string& text() const { return least_; }

 private:
  [[nodiscard]] std::string output(const std::vector<int>& numbers) const {
    std::array<std::multiset<std::string>, 4> nodes{{{"x"}}};
    std::size_t edge = 0, convolutions = 0;
    for (std::size_t to = 1; to < 4; ++to) {
      for (std::size_t from = 0; from < to; ++from, ++edge) {
        const int op = a_[edge];
        const std::string source = joined(nodes[from]);
        const bool convolves = op == 2 || op == 3;
        const std::string number = convolves ? std::to_string(numbers[convolutions++]) : "";
        if (op == 1) nodes[to].insert(nodes[from].begin(), nodes[from].end());
        if (convolves) {
          nodes[to].insert(source.empty() ? "bn" + number : (op == 2 ? "c1_" : "c3_") + number + "(" + source + ")");
        }
        if (op == 4 && !source.empty()) nodes[to].insert("avg(" + source + ")");
      }
    }
    // Numbers of what nobody reads must not matter: only their order among those that are read does.
    return renumbered(joined(nodes[3]));
  }
  static std::string joined(const std::multiset<std::string>& terms) {
    std::string text;
    for (const std::string& term : terms) text += term + "+";
    return text;
  }
  static std::string renumbered(const std::string& text) {
    std::map<char, char> names;
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool number = i > 0 && (text[i - 1] == '_' || (text[i - 1] == 'n' && i > 1 && text[i - 2] == 'b'));
      result += number ? names.try_emplace(text[i], static_cast<char>('0' + names.size())).first->second : text[i];
    }
    return result;
  }
  const Architecture<zoo::NasBench201>& a_;
  std::string least_;
};

TEST(ComputedNetwork, DividesNasBench201AsExpressionsByHandDo) {
  std::map<std::string, std::uint64_t> key_of;
  std::map<std::uint64_t, std::string> text_of;
  // One cell a stage computes as fifteen do: every cell is the same.
  using Small = zoo::NasBench201Space<Shape{3, 8, 8}, 10, zoo::Widths<4, 8, 16>, 1>;
  for_each_architecture<zoo::NasBench201>([&](const auto& a) {
    const std::string text = ByHand{a}.text();
    const std::uint64_t key = computed_network(Architecture<Small>::from_canonical(a.values()));
    EXPECT_EQ(key_of.try_emplace(text, key).first->second, key) << text;
    EXPECT_EQ(text_of.try_emplace(key, text).first->second, text);
  });
  EXPECT_EQ(key_of.size(), text_of.size());
  EXPECT_EQ(key_of.size(), 5'485U);
}

using C = LayerChoice<Conv1x1, Conv3x3>;

TEST(ComputedNetwork, OrderOfASumDoesNotMatter) {
  using Space = On<Sum<C, C>>;
  const auto of = [](std::uint8_t a, std::uint8_t b) {
    return computed_network(Architecture<Space>::from_values({a, b}));
  };
  EXPECT_EQ(of(0, 1), of(1, 0));
  EXPECT_NE(of(0, 0), of(1, 1));
  EXPECT_NE(of(0, 0), of(0, 1));
}

TEST(ComputedNetwork, OrderOfLayersMatters) {
  using Space = On<C, C>;
  const auto of = [](std::uint8_t a, std::uint8_t b) {
    return computed_network(Architecture<Space>::from_values({a, b}));
  };
  EXPECT_NE(of(0, 1), of(1, 0));
}

TEST(ComputedNetwork, TwiceOneConvolutionIsNotTheSumOfTwo) {
  using Space = On<LayerChoice<Sequential<Conv3x3, Sum<Identity, Identity>>, Sum<Conv3x3, Conv3x3>>>;
  EXPECT_NE(computed_network(Architecture<Space>::from_values({0})),
            computed_network(Architecture<Space>::from_values({1})));
}

TEST(ComputedNetwork, TwiceOnePoolingIsTheSumOfTwo) {
  using Space = On<LayerChoice<Sequential<AvgPool<>, Sum<Identity, Identity>>, Sum<AvgPool<>, AvgPool<>>>>;
  EXPECT_EQ(computed_network(Architecture<Space>::from_values({0})),
            computed_network(Architecture<Space>::from_values({1})));
}

TEST(ComputedNetwork, AddedZerosAndNestedSumsVanish) {
  using Space = On<LayerChoice<Sum<Conv3x3, Zero>, Conv3x3, Sequential<Identity, Conv3x3>>>;
  const auto first = computed_network(Architecture<Space>::from_values({0}));
  EXPECT_EQ(first, computed_network(Architecture<Space>::from_values({1})));
  EXPECT_EQ(first, computed_network(Architecture<Space>::from_values({2})));
  using Nested = On<LayerChoice<Sum<Conv1x1, Sum<Conv3x3, Identity>>, Sum<Sum<Identity, Conv1x1>, Conv3x3>>>;
  EXPECT_EQ(computed_network(Architecture<Nested>::from_values({0})),
            computed_network(Architecture<Nested>::from_values({1})));
}

TEST(ComputedNetwork, WhatZerosReachDoesNotMatter) {
  using Space = On<Zero, C, LayerChoice<MaxPool<>, AvgPool<>>, GlobalAvgPool, Flatten, Linear<3>>;
  std::set<std::uint64_t> keys;
  for_each_architecture<Space>([&](const auto& a) { keys.insert(computed_network(a)); });
  // Of zeros a 1x1 and a 3x3 convolution are their batch-norm's shift; an average and a maximum of that still differ.
  EXPECT_EQ(keys.size(), 2U);
}

}  // namespace computed_graph_test
