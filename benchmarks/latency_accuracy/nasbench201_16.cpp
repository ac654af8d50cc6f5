// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/nasbench201.hpp"

#include "evaluation_space.hpp"

namespace accuracy {

EvaluationSpace nasbench201_16() {
  return evaluation_space<hwnas::zoo::NasBench201Space<hwnas::Shape{3, 16, 16}, 120>>("nasbench201-16");
}

}  // namespace accuracy
