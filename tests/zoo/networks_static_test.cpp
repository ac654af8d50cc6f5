// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// Published networks without a decision, to the last multiply-add and parameter.
#include "hwnas/zoo/networks.hpp"

#include "zoo/figures.hpp"

namespace hwnas {
namespace networks_static_test {
using zoo_test::Costs;
using zoo_test::largest;

// 300 M in Sandler et al. 2018.
static_assert(largest<zoo::MobileNetV2>() == Costs{300'774'272, 3'504'872});
// 219 M in Howard et al. 2019.
static_assert(largest<zoo::MobileNetV3Large>() == Costs{216'589'760, 5'483'032});
// 146 M in Ma et al. 2018.
static_assert(largest<zoo::ShuffleNetV2>() == Costs{144'907'992, 2'278'604});

static_assert(space_size<zoo::MobileNetV2> == 1 && decisions<zoo::MobileNetV2>.empty());
}  // namespace networks_static_test
}  // namespace hwnas
