// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// Operators work in constant expressions; the concepts say what is an operator and what an option.
#include "hwnas/op/bottleneck.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/op/darts.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/op/fbnet.hpp"
#include "hwnas/op/leaf.hpp"
#include "hwnas/op/mbconv.hpp"
#include "hwnas/op/nasbench201.hpp"
#include "hwnas/op/shuffle_block.hpp"
#include "op/figures.hpp"

namespace hwnas {
namespace operators_static_test {
using op_test::Figures;
using op_test::figures_of;

static_assert(IsOperator<Conv3x3> && IsOperator<MBConv<6>> && IsOperator<Identity> && IsOperator<SqueezeExcite<4>>);
static_assert(!IsOperator<int> && !IsOperator<Kernel<3>> && !IsOperator<None>);
static_assert(OperatorOption<Kernel<3>> && OperatorOption<Act<ReLU>> && OperatorOption<SqueezeExcite<4>>);
static_assert(!OperatorOption<int> && !OperatorOption<Conv3x3>);

static_assert(figures_of<Conv<Kernel<3>, Out<64>, Stride<2>>>({32, 56, 56}) ==
              Figures{{64, 28, 28}, 784 * 32 * 64 * 9, 32 * 64 * 9 + 128});
static_assert(figures_of<MBConv<6, Kernel<5>, SqueezeExcite<4>>>({24, 28, 28}).out == Shape{24, 28, 28});
static_assert(figures_of<Bottleneck<4, Stride<2>>>({64, 8, 8}).out == Shape{64, 4, 4});
static_assert(figures_of<BasicBlock<>>({8, 4, 4}).params == 2 * (8 * 8 * 9 + 16));
static_assert(figures_of<ShuffleBlock<Stride<2>, Out<64>>>({16, 56, 56}).out == Shape{64, 28, 28});
static_assert(figures_of<ShuffleXception<>>({64, 14, 14}).out == Shape{64, 14, 14});
static_assert(figures_of<FBNetBlock<6, Groups<2>>>({16, 8, 8}).out == Shape{16, 8, 8});
static_assert(figures_of<nb201::Reduction<Stride<2>, Out<32>>>({16, 32, 32}).out == Shape{32, 16, 16});
static_assert(figures_of<darts::SepConv<3, Stride<2>>>({16, 32, 32}).out == Shape{16, 16, 16});
static_assert(figures_of<darts::FactorizedReduce<Out<32>>>({16, 32, 32}).out == Shape{32, 16, 16});

struct Leaf : LeafOperator<Leaf> {
  static constexpr Shape shape(Shape in) { return in; }
  static constexpr Flops flops(Shape) { return Flops{3}; }
  static constexpr Params params(Shape) { return Params{4}; }
};
static_assert(figures_of<Leaf>({1, 1, 1}) == Figures{{1, 1, 1}, 3, 4});

}  // namespace operators_static_test
}  // namespace hwnas
