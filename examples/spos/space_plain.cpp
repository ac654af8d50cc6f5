// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  spos compiled for a space of one network, which is measured and trained as the found ones are.
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/op/mbconv.hpp"

#include "program.hpp"

namespace spos {
namespace {
using namespace hwnas;

/// What one would write by hand: eight MBConv blocks (kernel 3, expansion 3) from 16 to 80 channels, 0.15 M parameters.
using Plain = Input<
    Sequential<Conv<Kernel<3>, Out<16>>, MBConv<3>, MBConv<3, Stride<2>, Out<24>>, MBConv<3>,
               MBConv<3, Stride<2>, Out<40>>, MBConv<3>, MBConv<3, Stride<2>, Out<80>>, MBConv<3>,
               Named<"last", LayerChoice<MBConv<3>>>, Conv<Kernel<1>, Out<320>>, GlobalAvgPool, Flatten, Linear<10>>,
    Shape{1, 28, 28}>;
}  // namespace

Result<programs::Outcome> run_plain(const Options& options) { return Program<Plain>{"plain", options}.run(); }

}  // namespace spos
