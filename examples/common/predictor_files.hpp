// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Building a predictor of kernels into files: what build_predictor does, and what programs do for their own space.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "hwnas/core/result.hpp"
#include "hwnas/experiment/progress.hpp"
#include "hwnas/latency/any_space.hpp"
#include "hwnas/measure/device.hpp"
#include "hwnas/measure/predictor_builder.hpp"

namespace programs {

/// What to build, and where it is kept.
struct PredictorFiles {
  std::vector<hwnas::AnySpace> spaces;
  std::filesystem::path out;           ///< the predictor; NAME.calibration.json beside it
  std::filesystem::path measurements;  ///< CSV; those in it are not made again
  std::filesystem::path rules{};       ///< fusion rules; without, those of the device
  hwnas::BuilderOptions building{};
};

/// Measures, learns and saves; a bar shows the seconds of the budget.
///   Errors   those of MeasurementLog, PredictorBuilder and of writing; interrupted: the measurements are kept
[[nodiscard]] hwnas::Result<hwnas::BuiltPredictor> build_predictor(hwnas::AnyDevice& device, PredictorFiles files,
                                                                   const hwnas::Console& console);

}  // namespace programs
