// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/proxylessnas.hpp"

#include "evaluation_space.hpp"

namespace accuracy {

EvaluationSpace proxylessnas_224() { return evaluation_space<hwnas::zoo::ProxylessNas>("proxylessnas-224"); }

}  // namespace accuracy
