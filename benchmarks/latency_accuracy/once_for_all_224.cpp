// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/once_for_all.hpp"

#include "evaluation_space.hpp"

namespace accuracy {

EvaluationSpace once_for_all_224() { return evaluation_space<hwnas::zoo::MobileNetV3Ofa>("once-for-all-224"); }

}  // namespace accuracy
