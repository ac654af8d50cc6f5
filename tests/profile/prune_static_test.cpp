// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/profile/prune.hpp"

#include "hwnas/core.hpp"

namespace prune_static_test {

using namespace hwnas;

using Stem = Conv<Kernel<1>, Out<8>>;
using Cheap = Conv<Kernel<1>>;
using Dear = Conv<Kernel<5>>;
using Dearest = Conv<Kernel<7>>;
// On 8 x 8: the stem 1.5 k, Cheap 4 k, Conv3x3 37 k, Dear 102 k, Dearest 201 k multiply-adds.
template <class... Nodes>
using On = Input<Sequential<Stem, Nodes...>, Shape{3, 8, 8}>;

// Everything fits: nothing goes.
using Plain = On<Named<"a", LayerChoice<Cheap, Conv3x3, Dear, Dearest>>, LayerChoice<Cheap, Dear>>;
static_assert(std::is_same_v<Prune<Plain, Flops::max()>, Plain>);
static_assert(std::is_same_v<Prune<Plain, 400_kFLOPs>, Plain>);
// Dearest needs 201 + 4 + 1.5 k.
static_assert(std::is_same_v<Prune<Plain, 200_kFLOPs>,
                             On<Named<"a", LayerChoice<Cheap, Conv3x3, Dear>>, LayerChoice<Cheap, Dear>>>);
static_assert(std::is_same_v<Prune<Plain, 50_kFLOPs>, On<Named<"a", LayerChoice<Cheap, Conv3x3>>, LayerChoice<Cheap>>>);
static_assert(std::is_same_v<Prune<Plain, 10_kFLOPs>, On<Named<"a", LayerChoice<Cheap>>, LayerChoice<Cheap>>>);

// Depths, resolutions, nested choices, options with several values between them.
using Deep =
    Input<Sequential<Stem, Conv<Kernel<1, 3>>, Named<"r", Repeat<LayerChoice<Cheap, LayerChoice<Dear, Conv3x3>>, 0, 3>>,
                     Residual<AnyShape<LayerChoice<Cheap, Dear>>>>,
          Shape{3, 8, 8}, Shape{3, 16, 16}>;
static_assert(
    std::is_same_v<
        Prune<Deep, 60_kFLOPs>,
        Input<Sequential<Stem, Conv<Kernel<1, 3>>, Named<"r", Repeat<LayerChoice<Cheap, LayerChoice<Conv3x3>>, 0, 3>>,
                         Residual<AnyShape<LayerChoice<Cheap>>>>,
              Shape{3, 8, 8}, Shape{3, 16, 16}>>);
static_assert(std::is_same_v<Prune<Deep, 14_kFLOPs>,
                             Input<Sequential<Stem, Conv<Kernel<1, 3>>, Named<"r", Repeat<LayerChoice<Cheap>, 0, 1>>,
                                              Residual<AnyShape<LayerChoice<Cheap>>>>,
                                   Shape{3, 8, 8}>>);
static_assert(std::is_same_v<Prune<Deep, 10_kFLOPs>,
                             Input<Sequential<Stem, Conv<Kernel<1, 3>>, Sequential<>,
                                              Residual<AnyShape<LayerChoice<Cheap>>>>,
                                   Shape{3, 8, 8}>>);

// What is within the budget stays countable and equal; peak memory and parameters are budgets too.
constexpr Bounds count(auto profiler, auto limit) { return count_within(profiler, decltype(limit){}, limit); }
static_assert(count(FlopsProfiler<Deep>{}, 60_kFLOPs) == count(FlopsProfiler<Prune<Deep, 60_kFLOPs>>{}, 60_kFLOPs));
static_assert(ParamsProfiler<Prune<Plain, 1_kparams>>{}.range().min == ParamsProfiler<Plain>{}.range().min);
static_assert(std::is_same_v<Prune<Plain, 1_GiB>, Plain>);

}  // namespace prune_static_test
