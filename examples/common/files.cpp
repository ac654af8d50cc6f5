// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Checks of files and folders.
#include "common/files.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include <fmt/format.h>

#include "hwnas/core/atomic_file.hpp"

namespace programs {
namespace {

using namespace hwnas;
namespace fs = std::filesystem;

/// Whether a file of that name could be made; leaves nothing behind. Devices and pipes are left to their write.
Result<void> can_write(const fs::path& path) {
  std::error_code failed;
  if (fs::exists(path, failed) && !fs::is_regular_file(path, failed)) {
    if (!fs::is_directory(path, failed)) return {};
    return Error{Error::Code::io, fmt::format("cannot write {}: it is a folder", path.string())};
  }
  const fs::path trial = path.string() + ".trial";
  auto done = write_file_atomically(trial, "hwnas");
  fs::remove(trial, failed);
  if (done) return done;
  return Error{Error::Code::io, fmt::format("cannot write {}: {}", path.string(), done.error().message)};
}

}  // namespace

fs::path cache_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  const fs::path folder = cache != nullptr && *cache != '\0' ? fs::path{cache}
                          : home != nullptr                  ? fs::path{home} / ".cache"
                                                             : fs::temp_directory_path();
  return folder / "hwnas";
}

Result<std::string> read_text(const std::string& path) {
  std::ifstream in{path};
  std::ostringstream text;
  if (!in || fs::is_directory(path)) return Error{Error::Code::not_found, fmt::format("{}: cannot be read", path)};
  text << in.rdbuf();
  return text.str();
}

Result<void> check_outputs(const Options& options) {
  for (const std::string& path : {options.json_file, options.report_file, options.export_file}) {
    if (path.empty()) continue;
    if (auto done = can_write(path); !done) return done;
  }
  return {};
}

Result<void> check_checkpoint(const Options& options) {
  if (options.checkpoint.empty()) return {};
  const fs::path folder = options.checkpoint;
  std::error_code failed;
  const bool file = fs::exists(folder, failed) && !fs::is_directory(folder, failed);
  if (!file) fs::create_directories(folder, failed);
  if (file || failed) {
    return Error{Error::Code::io, fmt::format("cannot make the checkpoint folder {}: {}", folder.string(),
                                              file ? "there is a file of that name" : failed.message())};
  }
  if (!options.resume) {
    for (const char* name : {"supernet.state", "search.state", "retraining.state"}) {
      if (!fs::exists(folder / name)) continue;
      return Error{Error::Code::bad_value,
                   fmt::format("{} holds a run already; go on with it by --resume, or choose another folder",
                               folder.string())};
    }
  }
  return can_write(folder / "trial");
}

}  // namespace programs
