// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "common/predictor_files.hpp"

#include <cstdint>
#include <utility>

#include "hwnas/latency/calibration_json.hpp"
#include "hwnas/measure/rules_of_device.hpp"
#include "prices/kernel_prices.hpp"

namespace programs {

using namespace hwnas;

namespace {

/// The predictor, and what is known of its errors beside it.
Result<void> save(const BuiltPredictor& built, const std::filesystem::path& out) {
  if (auto saved = built.predictor.save(out); !saved) return saved;
  const std::filesystem::path beside = calibration_path(out.string());
  if (built.calibration) return save_calibration(beside, *built.calibration, built.predictor.conditions);
  std::filesystem::remove(beside);  // an earlier building's says nothing about this one
  return {};
}

}  // namespace

Result<BuiltPredictor> build_predictor(AnyDevice& device, PredictorFiles files, const Console& console) {
  const auto rules = rules_of_device(device, files.rules, files.measurements.string() + ".rules");
  if (!rules) return rules.error();
  auto log = MeasurementLog::open(files.measurements, building_conditions(device, files.spaces, *rules));
  if (!log) return log.error();
  Progress progress{console, {.label = "predictor", .unit = "s"}};
  auto shown = static_cast<std::int64_t>(log->seconds());
  progress.start(static_cast<std::int64_t>(60 * files.building.minutes), shown);
  files.building.progress = [&](double seconds, const std::string& text) {
    const auto at = static_cast<std::int64_t>(seconds);
    progress.advance(at - shown, text);
    shown = at;
  };
  auto built = PredictorBuilder<AnyDevice>{device, std::move(files.spaces), *rules, std::move(*log), files.building}.build();
  if (!built) return built;
  progress.finish();
  if (auto saved = save(*built, files.out); !saved) return saved.error();
  return built;
}

}  // namespace programs
