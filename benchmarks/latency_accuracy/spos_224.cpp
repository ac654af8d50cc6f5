// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/spos.hpp"

#include "evaluation_space.hpp"

namespace accuracy {

EvaluationSpace spos_224() { return evaluation_space<hwnas::zoo::SposShuffleNetV2>("spos-224"); }

}  // namespace accuracy
