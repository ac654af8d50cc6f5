// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Labels, numbers of candidates and architectures, shapes: everything that a type says at once.
#include "hwnas/core.hpp"

namespace labels_static_test {

using namespace hwnas;

template <class... Nodes>
using On = Input<Sequential<Nodes...>, Shape{4, 16, 16}>;
using C = LayerChoice<Conv3x3, Conv5x5>;

template <class Space>
constexpr bool labels_are(std::initializer_list<std::string_view> expected) {
  if (decisions<Space>.size() != expected.size()) return false;
  std::size_t d = 0;
  for (const auto label : expected) {
    if (decisions<Space>[d++].label != label) return false;
  }
  return true;
}

// Automatic labels are paths.
static_assert(labels_are<On<Conv3x3, C, Conv<Kernel<3, 5>>>>({"1", "2/kernel"}));
static_assert(labels_are<On<LayerChoice<Conv3x3, MBConv<one_of<3, 6>, Kernel<3, 5>>>>>({"0", "0/1/expand",
                                                                                        "0/1/kernel"}));
static_assert(labels_are<On<Repeat<C, 1, 3>>>({"0/0", "0/depth", "0/1", "0/2"}));
static_assert(labels_are<On<Repeat<C, 2>>>({"0/0", "0/1"}));
static_assert(labels_are<On<Residual<C>, Residual<C, Conv3x3>, Sum<C, Identity>>>({"0", "1/0", "2/0"}));
static_assert(labels_are<On<Cell<Node<From<0, C>>, Node<From<0, C>, From<1, Conv<Kernel<1, 3>>>>>>>(
    {"0/node1/from0", "0/node2/from0", "0/node2/from1/kernel"}));
static_assert(labels_are<Input<C, Shape{4, 16, 16}>>({"choice"}));
static_assert(labels_are<Input<Conv<Kernel<3, 5>>, Shape{4, 16, 16}>>({"kernel"}));

// Named names the one decision of its node, wherever it stands below.
static_assert(labels_are<On<Named<"b", C>, Named<"k", Conv<Kernel<3, 5>>>>>({"b", "k"}));
static_assert(labels_are<On<Named<"b", Sequential<Conv3x3, Residual<C>>>>>({"b"}));
static_assert(labels_are<On<Named<"b", AnyShape<LayerChoice<Conv3x3, Conv<Out<8>>>>>>>({"b"}));
// It is a prefix where there are several, and for what a choice's candidates decide.
static_assert(labels_are<On<Named<"b", MBConv<one_of<3, 6>, Kernel<3, 5>, Out<4, 8>>>>>({"b/expand", "b/kernel",
                                                                                         "b/out"}));
static_assert(labels_are<On<Named<"b", Sequential<C, C>>>>({"b/0", "b/1"}));
static_assert(labels_are<On<Named<"b", LayerChoice<Conv3x3, Conv<Kernel<3, 5>>>>>>({"b", "b/1/kernel"}));
static_assert(labels_are<On<Named<"c", Cell<Node<From<0, C>>>>>>({"c/node1/from0"}));
// On a Repeat it names the depth; labels of one's own are global, so that blocks share them.
static_assert(labels_are<On<Named<"d", Repeat<C, 1, 2>>>>({"d/0", "d", "d/1"}));
static_assert(labels_are<On<Repeat<Named<"x", C>, 1, 3>>>({"x", "0/depth"}));
static_assert(space_size<On<Repeat<Named<"x", C>, 1, 3>>> == 2 * 3);
static_assert(labels_are<On<Named<"outer", Sequential<Named<"x", C>, C>>>>({"x", "outer/1"}));

// The resolution is a decision where there are several shapes.
using Sizes = Input<Sequential<C, Conv<Stride<2>>>, Shape{3, 8, 8}, Shape{3, 12, 12}>;
static_assert(labels_are<Sizes>({"resolution", "0"}));
static_assert(decisions<Sizes>[0].values[1] == 12 && decisions<Sizes>[0].names[1] == "12");
static_assert(decisions<Sizes>[0].kind == DecisionKind::resolution && decisions<Sizes>[1].kind == DecisionKind::layer);

// Numbers of architectures: inactive decisions are not counted.
static_assert(space_size<On<Conv3x3>> == 1);
static_assert(space_size<On<LayerChoice<C, Identity>>> == 3);
static_assert(space_size<On<Repeat<C, 0, 2>>> == 1 + 2 + 4);
static_assert(space_size<On<MBConv<one_of<3, 6>, Kernel<3, 5, 7>>>> == 6);
static_assert(space_size<On<Repeat<C, 100>>> == ipow(2, 100));

// Shapes.
template <class... Nodes>
constexpr Shape shape_after = Compiled<On<Nodes...>>::output;
static_assert(shape_after<Conv<Kernel<3>, Stride<2>, Out<8>>> == Shape{8, 8, 8});
static_assert(shape_after<Conv<Kernel<3>, Padding<0>>> == Shape{4, 14, 14});
static_assert(shape_after<Conv<Kernel<3>, Dilation<2>>> == Shape{4, 16, 16});
static_assert(shape_after<C, GlobalAvgPool, Flatten, Linear<10>> == Shape{10, 1, 1});
static_assert(shape_after<Flatten> == Shape{4 * 16 * 16, 1, 1});
static_assert(shape_after<Cell<Node<From<0, C>>, Node<From<1, C>>, Output<Concat>>> == Shape{8, 16, 16});

}  // namespace labels_static_test
