// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// Peak of live elements inside one operator, against sums by hand.
#include "hwnas/layer/liveness.hpp"

#include <gtest/gtest.h>

#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/op/mbconv.hpp"
#include "op/figures.hpp"

namespace hwnas {
namespace liveness_test {

template <class Op>
std::int64_t peak(Shape in, bool held = false) {
  const Net net = op_test::net_of<Op>(in);
  return Liveness{net.nodes(), in, net.here().id, held}.peak();
}

TEST(Liveness, AConvolutionHoldsInputAndOutput) {
  EXPECT_EQ((peak<Conv<Kernel<3>, Out<8>>>({4, 10, 10})), 400 + 800);
}
TEST(Liveness, NormalisationAndActivationWriteInPlace) {
  EXPECT_EQ((peak<Conv<Kernel<3>, Out<8>>>({4, 10, 10})),
            (peak<Conv<Kernel<3>, Out<8>, Norm<None>, Act<None>>>({4, 10, 10})));
}
TEST(Liveness, AnActivationOfAHeldInputIsANewTensor) {
  EXPECT_EQ(peak<ReLU>({4, 10, 10}), 400);
  EXPECT_EQ(peak<ReLU>({4, 10, 10}, true), 800);
}
TEST(Liveness, AHeldInputStaysAlive) {
  // Without a holder the input is gone when the projection, 24 -> 32 channels, runs.
  EXPECT_EQ((peak<MBConv<6, Out<32>>>({4, 10, 10})), 2400 + 3200);
  EXPECT_EQ((peak<MBConv<6, Out<32>>>({4, 10, 10}, true)), 400 + 2400 + 3200);
}
TEST(Liveness, AShortcutHoldsTheInputUntilTheAddition) {
  // Input, both 24-channel tensors of the depthwise convolution.
  EXPECT_EQ(peak<MBConv<6>>({4, 10, 10}), 400 + 2 * 2400);
}
TEST(Liveness, ViewsAreNoTensorsOfTheirOwn) {
  EXPECT_EQ(peak<Flatten>({4, 10, 10}), 400);
}

}  // namespace liveness_test
}  // namespace hwnas
