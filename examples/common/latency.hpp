// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The latency table of a run: read where there is one, measured and written where there is none.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "hwnas/experiment/progress.hpp"
#include "hwnas/latency/lookup_table.hpp"
#include "hwnas/measure/operator_table.hpp"
#include "hwnas/space/fingerprint.hpp"
#include "common/files.hpp"
#include "common/options.hpp"

namespace programs {

/// --latency-table, or this space's file in the user's cache.
[[nodiscard]] inline std::filesystem::path table_path(const Options& options) {
  if (!options.latency_table.empty()) return options.latency_table;
  return cache_folder() / ("latency-" + options.space + ".csv");
}

/// A table that was read belongs to this space and machine.
[[nodiscard]] inline hwnas::Result<void> check_table(const hwnas::LookupTable& table, const std::string& path,
                                                     const std::map<std::string, std::string>& conditions) {
  auto fits = table.matches(conditions);
  if (fits) return fits;
  return hwnas::Error{fits.error().code,
                      fmt::format("{}: {}; measure it anew with --remeasure, or name another --latency-table", path,
                                  fits.error().message)};
}

/// A table, and what happened.
struct PricedOperators {
  hwnas::LookupTable table{};
  double seconds = 0;  ///< of measuring
  std::string text{};
};

/// The table of --latency-table, or of the cache.
///   Errors   those of LookupTable, of measuring, of writing
template <class Space>
[[nodiscard]] hwnas::Result<PricedOperators> price_operators(const Options& options, hwnas::MeasureOptions measuring,
                                                             const hwnas::Console& console) {
  const std::filesystem::path path = table_path(options);
  if (std::filesystem::exists(path) && !options.remeasure) {
    auto table = hwnas::LookupTable::load(path);
    if (!table) return table.error();
    const auto fits = check_table(*table, path.string(), hwnas::measuring_conditions<Space>(measuring));
    if (!fits) return fits.error();
    auto text = fmt::format("{} operators, read from {}", table->entries().size(), path.string());
    return PricedOperators{.table = std::move(*table), .text = std::move(text)};
  }
  const double before = hwnas::steady_seconds();
  hwnas::Progress progress{console, {.label = "latency table", .unit = "timings"}};
  measuring.progress = [&](int done, int total) {
    if (done == 1) progress.start(total);
    progress.advance();
  };
  auto table = hwnas::measure_table<Space>(measuring);
  if (!table) return table.error();
  progress.finish();
  const double seconds = hwnas::steady_seconds() - before;
  if (options.latency_table.empty()) std::filesystem::create_directories(path.parent_path());
  if (auto saved = table->save(path); !saved) return saved.error();
  auto text = fmt::format("{} operators measured in {}, written to {}", table->entries().size(),
                          hwnas::duration_text(seconds), path.string());
  return PricedOperators{.table = std::move(*table), .seconds = seconds, .text = std::move(text)};
}

}  // namespace programs
