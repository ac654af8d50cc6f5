// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The public API of spaces, as outside programs write it. Names, defaults and results here do not change silently.
#include <functional>
#include <string>

#include <hwnas/core.hpp>
#include <hwnas/space/json.hpp>

#include "check.hpp"

using namespace hwnas;

// --- spaces ----------------------------------------------------------------------------------------
using Block  = LayerChoice<Conv3x3, Conv5x5, MBConv<6>>;          // channels default to "same as the input"
using Space  = Sequential<
    Conv<Kernel<3>, Stride<2>, Out<32>>,                          // named options, any order
    Named<"b1", Block>,
    Named<"b2", LayerChoice<MBConv<3>, MBConv<6, Kernel<5>, SqueezeExcite<4>, Act<HSwish>>, Identity>>,
    Repeat<MBConv<6, Kernel<3, 5, 7>>, 1, 3>,                     // depth 1..3; several values: a decision
    MBConv<one_of<3, 4, 6>, Stride<2>, Out<64>>,                  // so is one_of
    GlobalAvgPool, Flatten, Linear<10>>;
using OnImages = Input<Space, Shape{3, 224, 224}>;                // (C, H, W); several shapes: a decision "resolution"
using Op = LayerChoice<Identity, Conv3x3>;
using Nb201Cell = Cell<Node<From<0, Op>>, Node<From<0, Op>, From<1, Op>>, Node<From<0, Op>, From<1, Op>, From<2, Op>>>;
// a node sums its edges; source 0 is the cell's input; the last node is the output, or Output<Concat>
using OnCells = Input<Nb201Cell, Shape{8, 16, 16}>;
using ChosenInputs = Cell<Inputs<2>, Node<InputChoice<2, Op>>, Node<InputChoice<2, Op>>>;
// chooses two of all earlier sources, each with an Op; CellStack<...> feeds each cell its two predecessors (DARTS)
using OnStack = Input<CellStack<ChosenInputs, ChosenInputs>, Shape{8, 16, 16}>;
using OnSizes = Input<Space, Shape{3, 192, 192}, Shape{3, 224, 224}>;

// 3 (b1) x 3 (b2) x (3 + 9 + 27: kernels at each depth) x 3 (expansion)
static_assert(space_size<OnImages> == 3 * 3 * 39 * 3);
static_assert(space_size<OnSizes> == 2 * space_size<OnImages>);
static_assert(space_size<OnCells> == ipow(2, 6));
// In each cell two of two sources, then two of three, and an Op on each edge.
static_assert(space_size<OnStack> == ipow(4 * 3 * 4, 2));
static_assert(decisions<OnCells>[0].label == "node1/from0");
static_assert(decisions<OnSizes>[0].label == "resolution");
static_assert(sizeof(Architecture<OnImages>) <= 8);

void spaces_say_what_they_decide() {
  std::string text;
  for (const Decision& d : decisions<OnImages>) text += fmt::format("{}:{} ", d.label, d.count);
  check(text == "b1:3 b2:3 3/0/kernel:3 3/depth:3 3/1/kernel:3 3/2/kernel:3 4/expand:3 ", "labels and counts");
  check(decisions<OnImages>[0].names[2] == "MBConv<6>", "candidate names");
}

void architectures_are_values() {
  Architecture<OnImages> a;
  check(a.choice("b1").value() == 0 && a.is_active("b1"), "the default is the first candidates");
  check(a.set("b1", 2).has_value() && a.choice("b1").value() == 2, "set and choice");
  check(!a.set("b9", 0).has_value() && a.set("b9", 0).error().code == Error::Code::unknown_name, "unknown label");
  check(!a.set("b1", 3).has_value() && a.set("b1", 3).error().code == Error::Code::bad_value, "bad index");
  check(!a.is_active("3/1/kernel") && !a.set("3/1/kernel", 1).has_value(), "inactive decision");
  check(a.set("3/depth", 2).has_value() && a.set("3/2/kernel", 1).has_value(), "depth activates");
  check(a.set("3/depth", 0).has_value() && a.choice("3/2/kernel").value() == 0, "what it deactivates becomes 0");
  Architecture<OnImages> b;
  check(b < a && a != b && b == Architecture<OnImages>{}, "==, <=>");
  check(std::hash<Architecture<OnImages>>{}(b) == std::hash<Architecture<OnImages>>{}(Architecture<OnImages>{}),
        "hash");
  check(fmt::format("{}", a) == "b1=2 b2=0 3/0/kernel=3 3/depth=1 4/expand=3", "fmt");
}

void spaces_are_drawn_and_listed() {
  Rng rng{7};
  check(rng.below(10) < 10 && rng.split(3) == rng.split(3), "Rng");
  const Architecture<OnImages> drawn = Uniform<OnImages>{}(rng);
  check(drawn == Architecture<OnImages>::from_values(drawn.values()), "draws are canonical");
  int count = 0;
  for_each_architecture<OnCells>([&](const auto&) { ++count; });
  check(count == 64, "every architecture");
  count = 0;
  for_each_architecture<OnCells>([&](const auto&) { return ++count < 10; });
  check(count == 10, "false stops");
}

void architectures_are_json() {
  Architecture<OnImages> a;
  a.set("b1", 2).value();
  a.set("3/0/kernel", 1).value();
  check(to_json(a) == R"({"b1":2,"b2":0,"3/0/kernel":5,"3/depth":1,"4/expand":3})", "to_json");
  check(from_json<OnImages>(to_json(a)).value() == a, "from_json");
  const auto named = from_json<OnImages>(R"({"b1":"MBConv<6>","b2":0,"3/0/kernel":5,"3/depth":1,"4/expand":3})");
  check(named.value() == a, "a candidate's name is read too");
  check(!from_json<OnImages>("{broken").has_value(), "broken JSON");
}

int main() {
  spaces_say_what_they_decide();
  architectures_are_values();
  spaces_are_drawn_and_listed();
  architectures_are_json();
  return failures == 0 ? 0 : 1;
}
