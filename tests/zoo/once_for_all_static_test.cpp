// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// Size and exact ends of once-for-all's MobileNetV3 space (Cai et al. 2020) at 224.
#include "hwnas/zoo/once_for_all.hpp"

#include "zoo/figures.hpp"

namespace hwnas {
namespace once_for_all_static_test {
static_assert(space_size<zoo::MobileNetV3Ofa> == ipow(ipow(9, 2) + ipow(9, 3) + ipow(9, 4), 5));
static_assert(space_size<zoo::MobileNetV3Ofa> == u128{21'758'655'492} * 1'000'000'000 + 572'485'851);
static_assert(!meets_all_decisions<zoo::MobileNetV3Ofa>);  // depths
static_assert(zoo_test::smallest<zoo::MobileNetV3Ofa>() == zoo_test::Costs{121'278'672, 3'410'792});
static_assert(zoo_test::largest<zoo::MobileNetV3Ofa>() == zoo_test::Costs{566'170'656, 7'664'760});
}  // namespace once_for_all_static_test
}  // namespace hwnas
