// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/nasbench201.hpp"

#include "catalogue/catalogue.hpp"

namespace catalogue {

hwnas::AnySpace nasbench201() {
  return hwnas::any_space<hwnas::zoo::NasBench201>("nasbench201", "cells of NAS-Bench-201, 3x32x32");
}

}  // namespace catalogue
