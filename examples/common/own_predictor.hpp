// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The predictor that a program builds for its own space on this machine: a minute, once; kept in the user's cache.
#pragma once

#include <string>

#include "common/options.hpp"
#include "hwnas/core/result.hpp"
#include "hwnas/experiment/progress.hpp"
#include "hwnas/latency/any_space.hpp"
#include "hwnas/measure/measurement.hpp"

namespace programs {

/// A predictor, and what happened.
struct OwnPredictor {
  std::string path{};
  double seconds = 0;  ///< of measuring; 0: read
  std::string text{};
};

/// Of eager LibTorch on this machine's processor. Built if there is none yet or with --remeasure; an interrupted building goes on.
///   measuring   as searched networks are measured: more runs have smaller minima
///   Errors   those of KernelPredictor::load and of building; mismatch for one that was built for another space or machine
[[nodiscard]] hwnas::Result<OwnPredictor> own_predictor(const hwnas::AnySpace& space, const Options& options,
                                                        const hwnas::MeasureOptions& measuring,
                                                        const hwnas::Console& console);

}  // namespace programs
