// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// NNI's hub form of ProxylessNAS: a skipped block is the same wherever it stands in its stage.
#include "hwnas/zoo/proxylessnas.hpp"

#include "zoo/figures.hpp"

namespace hwnas {
namespace proxylessnas_hub_static_test {
// Six operators at each of one to four blocks: 6 + 6^2 + 6^3 + 6^4 = 1554 a stage, 1554^5 * 6.
static_assert(space_size<zoo::ProxylessNasHub> == 6 * ipow(1554, 5));
// The deepest and the shallowest network of the hub are in the space with skips, when the widths are the same.
using SameWidths = zoo::ProxylessNasSpace<Shape{3, 224, 224}, 1000, zoo::ProxylessHubWidths>;
static_assert(zoo_test::smallest<zoo::ProxylessNasHub>() == zoo_test::smallest<SameWidths>());
static_assert(zoo_test::largest<zoo::ProxylessNasHub>() == zoo_test::largest<SameWidths>());
}  // namespace proxylessnas_hub_static_test
}  // namespace hwnas
