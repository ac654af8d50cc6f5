// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Latency of a space as a file predicts it: a predictor of kernels (build_predictor) or a table of operators
///        (build_table). No LibTorch.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "hwnas/latency/latency_profiler.hpp"
#include "hwnas/latency/lookup_table.hpp"
#include "hwnas/profile/any_profiler.hpp"
#include "hwnas/space/fingerprint.hpp"
#include "prices/kernel_prices.hpp"

namespace programs {

template <class Space> using AnyLatency = hwnas::AnyProfiler<Space, hwnas::Milliseconds>;

/// Why --confidence has nothing to go by.
[[nodiscard]] inline hwnas::Error not_calibrated() {
  return {hwnas::Error::Code::unavailable,
          "--confidence needs a predictor that was calibrated on whole networks: one of build_predictor, with its "
          ".calibration.json beside it"};
}

template <class Space> struct GivenLatency {
  AnyLatency<Space> latency;
  std::map<std::string, std::string> conditions{};  ///< under which it was measured
  hwnas::Result<hwnas::Calibration> calibration = not_calibrated();
  std::string kind{};          ///< "latency table", "predictor"
  std::string text{};          ///< what it says about itself
  std::uint64_t identity = 0;  ///< another one for other latencies
  double seconds = 0;          ///< of measuring here
  std::string path{};          ///< its file; a calibration stands beside it
};

/// A number that is another one for other latencies.
[[nodiscard]] inline std::uint64_t identity_of(const hwnas::LookupTable& table) {
  hwnas::detail::Fingerprint sum;
  for (const auto& [key, entry] : table.entries()) sum.text(fmt::format("{} {}", key, entry.latency));
  return sum.value;
}

/// A sum over a table's operators.
///   Errors   those of LatencyProfiler::make, naming the table's file: an operator that it lacks
template <class Space>
[[nodiscard]] hwnas::Result<GivenLatency<Space>> operator_latency(const hwnas::LookupTable& table,
                                                                  const std::string& path, std::string text) {
  auto latency = hwnas::LatencyProfiler<Space, hwnas::LookupTable>::make(table);
  if (!latency) return hwnas::Error{latency.error().code, path + ": " + latency.error().message};
  return GivenLatency<Space>{.latency = std::move(*latency),
                             .conditions = table.conditions,
                             .kind = "latency table",
                             .text = std::move(text),
                             .identity = identity_of(table),
                             .path = path};
}

namespace detail {

template <class Space> [[nodiscard]] hwnas::Result<GivenLatency<Space>> table_from(const std::string& path) {
  using namespace hwnas;
  const auto table = LookupTable::load(path);
  if (!table) return table.error();
  if (const auto fits = table->matches({{"space", fmt::format("{:016x}", fingerprint<Space>())}}); !fits) {
    return Error{fits.error().code, path + ": " + fits.error().message};
  }
  return operator_latency<Space>(*table, path,
                                 fmt::format("{} operators, read from {}", table->entries().size(), path));
}

template <class Space> [[nodiscard]] hwnas::Result<GivenLatency<Space>> predictor_from(const std::string& path) {
  using namespace hwnas;
  const auto prices = KernelPrices::load(path);
  if (!prices) return prices.error();
  auto latency = LatencyProfiler<Space, KernelPrices>::make(*prices);
  if (!latency) return Error{latency.error().code, path + ": " + latency.error().message};
  const auto kernels = latency->kernels();
  const auto beyond = prices->extrapolations(kernels);
  std::string text = fmt::format("{} kernels of the space, read from {}", kernels.size(), path);
  if (!beyond.empty()) {
    text += fmt::format("; {} of them beyond what was measured: {}{}", beyond.size(), beyond.front(),
                        beyond.size() > 1 ? ", ..." : "");
  }
  hwnas::detail::Fingerprint sum;
  for (std::size_t i = 0; i < kernels.size(); ++i) {
    sum.text(fmt::format("{} {}", kernels[i].text(), latency->latency_of(i)));
  }
  GivenLatency<Space> given{.latency = std::move(*latency),
                            .conditions = prices->conditions(),
                            .kind = "predictor",
                            .text = std::move(text),
                            .identity = sum.value,
                            .path = path};
  if (std::filesystem::exists(calibration_path(path))) given.calibration = prices->calibration();
  return given;
}

}  // namespace detail

/// The latencies of a file.
///   Errors   those of LookupTable::load, KernelPredictor::load and LatencyProfiler::make, naming the file; mismatch
///            for a table of another space
template <class Space> [[nodiscard]] hwnas::Result<GivenLatency<Space>> latency_from(const std::string& path) {
  return holds_json(path) ? detail::predictor_from<Space>(path) : detail::table_from<Space>(path);
}

/// What a budget limits: the prediction, or under --confidence the latency that networks keep with that probability.
template <class Space> struct BoundLatency {
  AnyLatency<Space> latency;
  double factor = 1;  ///< of the prediction
};

/// confidence 0: the prediction itself.
///   Errors   why there is no calibration; those of at_confidence
template <class Space>
[[nodiscard]] hwnas::Result<BoundLatency<Space>> bounded(const AnyLatency<Space>& latency,
                                                         const hwnas::Result<hwnas::Calibration>& calibration,
                                                         double confidence) {
  if (confidence == 0) return BoundLatency<Space>{latency};
  if (!calibration) return calibration.error();
  auto scaled = hwnas::at_confidence(latency, *calibration, confidence);
  if (!scaled) return scaled.error();
  const double factor = scaled->factor();
  return BoundLatency<Space>{AnyLatency<Space>{std::move(*scaled)}, factor};
}

}  // namespace programs
