// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/nasbench201.hpp"

#include "evaluation_space.hpp"

namespace accuracy {

EvaluationSpace nasbench201_32() { return evaluation_space<hwnas::zoo::NasBench201>("nasbench201-32"); }

}  // namespace accuracy
