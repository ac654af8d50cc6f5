// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The latency table of a run: read where there is one, measured and written where there is none.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include <fmt/format.h>

#include "hwnas/latency/lookup_table.hpp"
#include "common/options.hpp"

namespace programs {

/// --latency-table, or this space's file in the user's cache.
[[nodiscard]] inline std::filesystem::path table_path(const Options& options) {
  if (!options.latency_table.empty()) return options.latency_table;
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  const std::filesystem::path folder = cache != nullptr && *cache != '\0' ? std::filesystem::path{cache}
                                       : home != nullptr ? std::filesystem::path{home} / ".cache"
                                                         : std::filesystem::temp_directory_path();
  return folder / "hwnas" / ("latency-" + options.space + ".csv");
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

}  // namespace programs
