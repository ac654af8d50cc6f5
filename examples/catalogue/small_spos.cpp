// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/small.hpp"

#include "catalogue/catalogue.hpp"

namespace catalogue {

hwnas::AnySpace small_spos() {
  return hwnas::any_space<hwnas::zoo::small::Spos>("small-spos", "ShuffleNetV2 blocks, 1x28x28");
}

}  // namespace catalogue
