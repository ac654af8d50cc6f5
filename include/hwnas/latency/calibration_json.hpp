// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Calibrations as versioned JSON files beside their predictor's, so that a budget with a confidence holds in a later run.
///        save_calibration("device.calibration.json", calibration, predictor.conditions).value();
///        auto latency95 = at_confidence(latency, load_calibration("device.calibration.json", here).value(), 0.95).value();
///        Needs nlohmann-json.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "hwnas/core/atomic_file.hpp"
#include "hwnas/latency/confidence.hpp"
#include "hwnas/latency/json_file.hpp"

namespace hwnas {

inline constexpr std::string_view calibration_format = "hwnas calibration 2";

/// {"format", "conditions", "ratios", "checksum"}: the measured over the predicted latencies, in order.
///   conditions  of the measurements and of the predictor, as names and values
///   Errors      io
[[nodiscard]] inline Result<void> save_calibration(const std::filesystem::path& path, const Calibration& calibration,
                                                   const std::map<std::string, std::string>& conditions) {
  const auto ratios = calibration.ratios();
  nlohmann::json document{{"format", calibration_format}, {"conditions", conditions},
                          {"ratios", std::vector<double>{ratios.begin(), ratios.end()}}};
  document["checksum"] = json_checksum(document);
  return write_file_atomically(path, document.dump(1) + "\n");
}

/// Reads what save_calibration() wrote.
///   conditions  found now; a calibration says nothing about others, so each of them must be the file's
///   Errors      not_found; bad_format, also where it was edited; mismatch for another version, or other conditions
[[nodiscard]] inline Result<Calibration> load_calibration(const std::filesystem::path& path,
                                                          const std::map<std::string, std::string>& conditions = {}) {
  auto document = read_json_file(path, calibration_format);
  if (!document) return document.error();
  return reading_json(path, [&]() -> Result<Calibration> {
    if (auto whole = take_checksum(*document, path); !whole) return whole.error();
    const auto then = document->at("conditions").get<std::map<std::string, std::string>>();
    for (const auto& [name, value] : conditions) {
      const auto found = then.find(name);
      if (found != then.end() && found->second == value) continue;
      return Error{Error::Code::mismatch,
                   fmt::format("{}: was calibrated for {} {}, here it is {}; calibrate again", path.string(), name,
                               found == then.end() ? "nothing" : found->second, value)};
    }
    const auto ratios = document->at("ratios").get<std::vector<double>>();
    auto calibration = Calibration::make(std::vector<double>(ratios.size(), 1.0), ratios);
    if (calibration) return calibration;
    return Error{Error::Code::bad_format, fmt::format("{}: {}", path.string(), calibration.error().message)};
  });
}

}  // namespace hwnas
