// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/spos.hpp"

#include "evaluation_space.hpp"

namespace accuracy {

EvaluationSpace spos_160() {
  return evaluation_space<hwnas::zoo::SposShuffleNetV2Space<hwnas::Shape{3, 160, 160}, 1000>>("spos-160");
}

}  // namespace accuracy
