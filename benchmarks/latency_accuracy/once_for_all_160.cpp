// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/once_for_all.hpp"

#include "evaluation_space.hpp"

namespace accuracy {

EvaluationSpace once_for_all_160() {
  return evaluation_space<hwnas::zoo::MobileNetV3OfaSpace<hwnas::Shape{3, 160, 160}, 1000>>("once-for-all-160");
}

}  // namespace accuracy
