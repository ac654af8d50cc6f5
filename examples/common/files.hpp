// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The files of a run are checked before the minutes are spent that fill them.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <sstream>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include "hwnas/core/atomic_file.hpp"
#include "hwnas/core/result.hpp"

namespace examples {

/// Where a user's programs may keep what they can make again.
[[nodiscard]] inline std::filesystem::path cache_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  const std::filesystem::path folder = cache != nullptr && *cache != '\0' ? std::filesystem::path{cache}
                                       : home != nullptr ? std::filesystem::path{home} / ".cache"
                                                         : std::filesystem::temp_directory_path();
  return folder / "hwnas";
}

/// A whole text file.
[[nodiscard]] inline hwnas::Result<std::string> read_text(const std::string& path) {
  std::ifstream in{path};
  std::ostringstream text;
  if (!in || std::filesystem::is_directory(path)) {
    return hwnas::Error{hwnas::Error::Code::not_found, fmt::format("{}: cannot be read", path)};
  }
  text << in.rdbuf();
  return text.str();
}

/// Whether a file of that name could be made; leaves nothing behind. Devices and pipes are left to their write.
[[nodiscard]] inline hwnas::Result<void> can_write(const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  using hwnas::Error;
  std::error_code failed;
  if (fs::exists(path, failed) && !fs::is_regular_file(path, failed)) {
    if (!fs::is_directory(path, failed)) return {};
    return Error{Error::Code::io, fmt::format("cannot write {}: it is a folder", path.string())};
  }
  const fs::path trial = path.string() + ".trial";
  auto done = hwnas::write_file_atomically(trial, "hwnas");
  fs::remove(trial, failed);
  if (done) return done;
  return Error{Error::Code::io, fmt::format("cannot write {}: {}", path.string(), done.error().message)};
}

/// The same of several; empty names are passed over.
[[nodiscard]] inline hwnas::Result<void> can_write_all(std::initializer_list<std::string> paths) {
  for (const std::string& path : paths) {
    if (path.empty()) continue;
    if (auto done = can_write(path); !done) return done;
  }
  return {};
}

}  // namespace examples
