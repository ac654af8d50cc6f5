// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// Size of Single Path One-Shot's space; sizes and ranges of the small spaces.
#include "hwnas/zoo/small.hpp"

#include "zoo/figures.hpp"

namespace hwnas {
namespace spos_static_test {
static_assert(space_size<zoo::SposShuffleNetV2> == 1'099'511'627'776);
static_assert(space_size<zoo::SposShuffleNetV2> == ipow(4, 20));

static_assert(space_size<zoo::small::Spos> == ipow(4, 3) * ipow(5, 9));
static_assert(space_size<zoo::small::ProxylessNas> == ipow(6, 3) * ipow(7, 5));
// Small enough to train on two cores, and far enough apart for a budget to mean something.
constexpr auto spos = FlopsProfiler<zoo::small::Spos>{}.range();
static_assert(spos.max < 4_MFLOPs && spos.max.value() > 3 * spos.min.value());
constexpr auto proxyless = FlopsProfiler<zoo::small::ProxylessNas>{}.range();
static_assert(proxyless.max < 9_MFLOPs && proxyless.max.value() > 6 * proxyless.min.value());
// Other images: colour, 32 x 32, and the smallest ones.
static_assert(Compiled<zoo::small::SposSpace<Shape{3, 32, 32}, 10>>::output == Shape{10, 1, 1});
static_assert(Compiled<zoo::small::ProxylessNasSpace<Shape{1, 16, 16}, 7>>::output == Shape{7, 1, 1});
}  // namespace spos_static_test
}  // namespace hwnas
