// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// Size and range of ProxylessNAS's space are proved while compiling.
#include "hwnas/zoo/proxylessnas.hpp"

#include "zoo/figures.hpp"

namespace hwnas {
namespace proxylessnas_static_test {
static_assert(space_size<zoo::ProxylessNas> == 6 * ipow(6 * 343, 5));
static_assert(space_size<zoo::ProxylessNas> == 221'502'229'807'900'608);
static_assert(FlopsProfiler<zoo::ProxylessNas>{}.range().max < 607_MFLOPs);
}  // namespace proxylessnas_static_test
}  // namespace hwnas
