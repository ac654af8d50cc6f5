// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/once_for_all.hpp"

#include "catalogue/catalogue.hpp"

namespace catalogue {

hwnas::AnySpace once_for_all() {
  return hwnas::any_space<hwnas::zoo::MobileNetV3Ofa>("once-for-all",
                                                      "MobileNetV3 with elastic depth, width and kernel, 3x224x224");
}

}  // namespace catalogue
