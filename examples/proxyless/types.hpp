// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The space types.
#pragma once

#include "hwnas/zoo/small.hpp"

namespace proxyless {

using Grey = hwnas::zoo::small::ProxylessNas;
using Cifar = hwnas::zoo::small::ProxylessNasSpace<hwnas::Shape{3, 32, 32}, 10>;

}  // namespace proxyless
