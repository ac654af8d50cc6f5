// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/spos.hpp"

#include "catalogue/catalogue.hpp"

namespace catalogue {

hwnas::AnySpace spos() {
  return hwnas::any_space<hwnas::zoo::SposShuffleNetV2>("spos", "ShuffleNetV2 blocks, 3x224x224");
}

}  // namespace catalogue
