// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The latency table of a run: read where there is one, measured and written where there is none.
#pragma once

#include <cstdlib>
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
#include "common/options.hpp"

namespace programs {

/// Where a user's programs may keep what they can make again.
[[nodiscard]] inline std::filesystem::path cache_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  const std::filesystem::path folder = cache != nullptr && *cache != '\0' ? std::filesystem::path{cache}
                                       : home != nullptr ? std::filesystem::path{home} / ".cache"
                                                         : std::filesystem::temp_directory_path();
  return folder / "hwnas";
}

/// --latency-table, or this space's file in the user's cache.
[[nodiscard]] inline std::filesystem::path table_path(const Options& options) {
  if (!options.latency_table.empty()) return options.latency_table;
  return cache_folder() / ("latency-" + options.space + ".csv");
}

/// A number that is another one for other latencies.
[[nodiscard]] inline std::uint64_t identity_of(const hwnas::LookupTable& table) {
  hwnas::detail::Fingerprint sum;
  for (const auto& [key, entry] : table.entries()) sum.text(fmt::format("{} {}", key, entry.latency));
  return sum.value;
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
///   Errors   thrown: those of LookupTable, of measuring, of writing
template <class Space>
[[nodiscard]] PricedOperators price_operators(const Options& options, hwnas::MeasureOptions measuring,
                                              const hwnas::Console& console) {
  const std::filesystem::path path = table_path(options);
  const auto expected = hwnas::measuring_conditions<Space>(measuring);
  PricedOperators priced;
  if (std::filesystem::exists(path) && !options.remeasure) {
    priced.table = hwnas::LookupTable::load(path).value();
    check_table(priced.table, path.string(), expected).value();
    priced.text =
        fmt::format("latency table: {} operators, read from {}", priced.table.entries().size(), path.string());
    return priced;
  }
  const double before = hwnas::steady_seconds();
  hwnas::Progress progress{console, {.label = "latency table", .unit = "timings"}};
  measuring.progress = [&](int done, int total) {
    if (done == 1) progress.start(total);
    progress.advance();
  };
  priced.table = hwnas::measure_table<Space>(measuring).value();
  progress.finish();
  priced.seconds = hwnas::steady_seconds() - before;
  if (options.latency_table.empty()) std::filesystem::create_directories(path.parent_path());
  priced.table.save(path).value();
  priced.text = fmt::format("latency table: {} operators measured in {}, written to {}", priced.table.entries().size(),
                            hwnas::duration_text(priced.seconds), path.string());
  return priced;
}

}  // namespace programs
