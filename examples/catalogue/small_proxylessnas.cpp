// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/small.hpp"

#include "catalogue/catalogue.hpp"

namespace catalogue {

hwnas::AnySpace small_proxylessnas() {
  return hwnas::any_space<hwnas::zoo::small::ProxylessNas>("small-proxylessnas", "MBConv blocks, 1x28x28");
}

}  // namespace catalogue
