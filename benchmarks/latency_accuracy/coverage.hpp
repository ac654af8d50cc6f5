// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How often budgets with a confidence hold on the judged networks: with the calibration that building left, and with
///        one half of them calibrating, the other asked, and the reverse.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include "hwnas/latency/confidence.hpp"
#include "measure.hpp"

namespace accuracy {

/// A confidence, and the share of networks that took at most what it said.
struct Held {
  double confidence = 0;
  double share = 0;                ///< calibrated on the other half
  std::optional<double> shipped{};  ///< with the factor that is written beside the predictor
};

[[nodiscard]] inline double share_within(const std::vector<Judged>& networks, double factor) {
  std::vector<double> predicted, measured;
  for (const Judged& network : networks) {
    predicted.push_back(network.predicted);
    measured.push_back(network.first);
  }
  return hwnas::coverage(predicted, measured, factor);
}

/// Both halves hold networks of every space: every second network is one's. A confidence that a half is too small for is left out.
[[nodiscard]] inline std::vector<Held> held_budgets(const std::vector<Judged>& networks,
                                                    const std::optional<hwnas::Calibration>& shipped) {
  std::array<std::vector<double>, 2> predicted, measured;
  for (std::size_t i = 0; i < networks.size(); ++i) {
    predicted[i % 2].push_back(networks[i].predicted);
    measured[i % 2].push_back(networks[i].first);
  }
  std::vector<Held> result;
  for (const double confidence : {0.5, 0.8, 0.9, 0.95, 0.99}) {
    double held = 0;
    bool enough = true;
    for (const std::size_t half : {0, 1}) {
      const auto factor = hwnas::Calibration::make(predicted[1 - half], measured[1 - half]).value().factor(confidence);
      enough = enough && factor;
      if (!factor) continue;
      held += static_cast<double>(predicted[half].size()) * hwnas::coverage(predicted[half], measured[half], *factor);
    }
    if (!enough) continue;
    result.push_back({confidence, held / static_cast<double>(networks.size())});
    if (!shipped) continue;
    if (const auto factor = shipped->factor(confidence)) result.back().shipped = share_within(networks, *factor);
  }
  return result;
}

}  // namespace accuracy
