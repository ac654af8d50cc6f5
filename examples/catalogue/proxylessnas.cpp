// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/proxylessnas.hpp"

#include "catalogue/catalogue.hpp"

namespace catalogue {

hwnas::AnySpace proxylessnas() {
  return hwnas::any_space<hwnas::zoo::ProxylessNas>("proxylessnas", "MBConv blocks, 3x224x224");
}

}  // namespace catalogue
