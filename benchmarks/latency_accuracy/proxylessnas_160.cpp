// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/proxylessnas.hpp"

#include "evaluation_space.hpp"

namespace accuracy {

EvaluationSpace proxylessnas_160() {
  return evaluation_space<hwnas::zoo::ProxylessNasSpace<hwnas::Shape{3, 160, 160}, 1000>>("proxylessnas-160");
}

}  // namespace accuracy
