// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// Residual, ShuffleNetV2 and FBNet blocks against figures computed by hand.
#include <gtest/gtest.h>

#include "hwnas/op/bottleneck.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/op/fbnet.hpp"
#include "hwnas/op/shuffle_block.hpp"
#include "op/figures.hpp"

namespace hwnas {
namespace blocks_test {
using op_test::count_of;
using op_test::Figures;
using op_test::figures_of;
using op_test::net_of;
using op_test::nth;

TEST(Bottleneck, ReducesAndRestores) {
  // 256 -> 64 -> 64 -> 256 at 56 x 56: ResNet-50's second block.
  EXPECT_EQ((figures_of<Bottleneck<4>>({256, 56, 56})),
            (Figures{{256, 56, 56}, 3136 * (256 * 64 + 64 * 64 * 9 + 64 * 256),
                     256 * 64 + 64 * 64 * 9 + 64 * 256 + 2 * (64 + 64 + 256)}));
}
TEST(Bottleneck, ShortcutIsAConvolutionWhereTheShapeChanges) {
  // 256 at 56 x 56 -> 512 at 28 x 28, the stride in the 3 x 3.
  EXPECT_EQ((figures_of<Bottleneck<4, Stride<2>, Out<512>>>({256, 56, 56})),
            (Figures{{512, 28, 28}, 3136 * 256 * 128 + 784 * (128 * 128 * 9 + 128 * 512 + 256 * 512),
                     256 * 128 + 128 * 128 * 9 + 128 * 512 + 256 * 512 + 2 * (128 + 128 + 512 + 512)}));
}
TEST(BasicBlock, IsTwoConvolutions) {
  EXPECT_EQ((figures_of<BasicBlock<>>({64, 56, 56})),
            (Figures{{64, 56, 56}, 2LL * 3136 * 64 * 64 * 9, 2 * (64 * 64 * 9 + 128)}));
}
TEST(BasicBlock, ShortcutIsAConvolutionWhereTheShapeChanges) {
  EXPECT_EQ((figures_of<BasicBlock<Stride<2>, Out<128>>>({64, 56, 56})),
            (Figures{{128, 28, 28}, 784LL * (64 * 128 * 9 + 128 * 128 * 9 + 64 * 128),
                     64 * 128 * 9 + 128 * 128 * 9 + 64 * 128 + 3 * 256}));
}

TEST(ShuffleBlock, AtStrideOneHalfTheChannelsPass) {
  EXPECT_EQ(figures_of<ShuffleBlock<Kernel<5>>>({64, 14, 14}),
            (Figures{{64, 14, 14}, 196 * (32 * 32 + 32 * 25 + 32 * 32), 32 * 32 * 2 + 32 * 25 + 3 * 64}));
}
TEST(ShuffleBlock, AtStrideTwoTheProjectionKeepsTheInputsChannels) {
  // 16 -> 64: the projection gives 16, the main branch, 32 wide inside, gives 48.
  const std::int64_t projection = 784 * (16 * 9 + 16 * 16);
  const std::int64_t main = 3136 * 16 * 32 + 784 * (32 * 9 + 32 * 48);
  EXPECT_EQ((figures_of<ShuffleBlock<Stride<2>, Out<64>>>({16, 56, 56})),
            (Figures{{64, 28, 28}, projection + main,
                     16 * 9 + 16 * 16 + 16 * 32 + 32 * 9 + 32 * 48 + 2 * (16 + 16 + 32 + 32 + 48)}));
}
TEST(ShuffleBlock, TheKernelIsInTheProjectionToo) {
  const Net net = net_of<ShuffleBlock<Kernel<7>, Stride<2>, Out<64>>>({16, 56, 56});
  EXPECT_EQ(nth(net, PrimitiveKind::convolution).kernel, 7);
}
TEST(ShuffleBlock, EqualHalvesGiveHalfTheOutputEach) {
  const std::int64_t projection = 784 * (24 * 9 + 24 * 58);
  const std::int64_t main = 3136 * 24 * 58 + 784 * (58 * 9 + 58 * 58);
  EXPECT_EQ((figures_of<ShuffleBlock<Stride<2>, Out<116>, EqualHalves>>({24, 56, 56})).flops, projection + main);
}
TEST(ShuffleXception, IsDepthwisePointwiseThreeTimes) {
  EXPECT_EQ(figures_of<ShuffleXception<>>({64, 14, 14}),
            (Figures{{64, 14, 14}, 196 * 3 * (32 * 9 + 32 * 32), 3 * (32 * 9 + 32 * 32) + 6 * 64}));
}
TEST(ShuffleXception, StridesOnce) {
  const std::int64_t projection = 784 * (16 * 9 + 16 * 16);
  const std::int64_t main = 784 * (16 * 9 + 16 * 32 + 32 * 9 + 32 * 32 + 32 * 9 + 32 * 48);
  EXPECT_EQ((figures_of<ShuffleXception<Stride<2>, Out<64>>>({16, 56, 56})).flops, projection + main);
}
TEST(ShuffleBlock, FaultOfAnOddNumberOfChannels) {
  EXPECT_EQ(net_of<ShuffleBlock<>>({7, 8, 8}).fault().code, FaultCode::split_must_divide);
}

TEST(FBNetBlock, IsAnInvertedResidual) {
  EXPECT_EQ((figures_of<FBNetBlock<6, Kernel<5>, Out<32>>>({24, 28, 28})),
            (Figures{{32, 28, 28}, 784 * (24 * 144 + 144 * 25 + 144 * 32),
                     24 * 144 + 144 * 25 + 144 * 32 + 2 * (144 + 144 + 32)}));
}
TEST(FBNetBlock, ExpansionOneHasNoExpandConv) {
  EXPECT_EQ(figures_of<FBNetBlock<1>>({24, 28, 28}),
            (Figures{{24, 28, 28}, 784 * (24 * 9 + 24 * 24), 24 * 9 + 24 * 24 + 2 * (24 + 24)}));
}
TEST(FBNetBlock, GroupsAreInBothPointwiseConvolutionsWithAShuffleBetween) {
  const Net net = net_of<FBNetBlock<3, Groups<2>>>({24, 28, 28});
  EXPECT_EQ(nth(net, PrimitiveKind::convolution, 0).groups, 2);
  EXPECT_EQ(nth(net, PrimitiveKind::convolution, 2).groups, 2);
  EXPECT_EQ(count_of(net, PrimitiveKind::shuffle), 1);
  EXPECT_EQ((figures_of<FBNetBlock<3, Groups<2>>>({24, 28, 28})).flops, 784 * (24 * 72 / 2 + 72 * 9 + 72 * 24 / 2));
}
TEST(FBNetBlock, ShortcutOnlyWhereTheShapeStays) {
  EXPECT_EQ(count_of(net_of<FBNetBlock<3>>({24, 8, 8}), PrimitiveKind::add), 1);
  EXPECT_EQ(count_of(net_of<FBNetBlock<3, Stride<2>>>({24, 8, 8}), PrimitiveKind::add), 0);
}
TEST(FBNetSkip, IsNothingWhereTheShapeStays) {
  EXPECT_TRUE(net_of<FBNetSkip<>>({24, 8, 8}).nodes().empty());
}
TEST(FBNetSkip, IsAConvolutionWhereTheShapeChanges) {
  EXPECT_EQ((figures_of<FBNetSkip<Stride<2>, Out<32>>>({24, 8, 8})), (Figures{{32, 4, 4}, 16 * 24 * 32, 24 * 32 + 64}));
}

}  // namespace blocks_test
}  // namespace hwnas
