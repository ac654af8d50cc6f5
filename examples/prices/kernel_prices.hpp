// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A predictor of kernels from a file of build_predictor. Programs compile without XGBoost's and JSON's headers.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "hwnas/core/quantity.hpp"
#include "hwnas/core/result.hpp"
#include "hwnas/latency/confidence.hpp"
#include "hwnas/latency/fusion_rules.hpp"
#include "hwnas/latency/kernel.hpp"

namespace hwnas {
class KernelPredictor;
}

namespace programs {

/// A Predictor of kernels. Copies share it.
class KernelPrices {
 public:
  using key = hwnas::KernelKey;

  /// Errors   those of KernelPredictor::load
  [[nodiscard]] static hwnas::Result<KernelPrices> load(const std::string& path);

  [[nodiscard]] const hwnas::FusionRules& rules() const;
  [[nodiscard]] const std::map<std::string, std::string>& conditions() const;
  [[nodiscard]] hwnas::Result<hwnas::Milliseconds> predict(const hwnas::KernelKey& kernel) const;
  [[nodiscard]] hwnas::Result<std::vector<hwnas::Milliseconds>> predict_all(
      std::span<const hwnas::KernelKey> kernels) const;
  /// Why kernels are predicted beyond what was measured, one line for each that is.
  [[nodiscard]] std::vector<std::string> extrapolations(std::span<const hwnas::KernelKey> kernels) const;
  /// What building learnt of its errors on whole networks, from the file beside the predictor's.
  ///   Errors   those of load_calibration
  [[nodiscard]] hwnas::Result<hwnas::Calibration> calibration() const;

 private:
  std::string path_;
  std::shared_ptr<const hwnas::KernelPredictor> predictor_;
};

/// Where build_predictor keeps the calibration of a predictor: NAME.json has NAME.calibration.json.
[[nodiscard]] std::string calibration_path(const std::string& predictor);

/// Whether a file is a predictor of kernels (JSON) and not a table of operators (CSV).
[[nodiscard]] bool holds_json(const std::string& path);

}  // namespace programs
