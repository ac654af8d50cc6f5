// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The folder that keeps a run's state.
#pragma once

#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "../common/files.hpp"
#include "options.hpp"

namespace spos {

/// --checkpoint is a folder (made if need be) that can be written, and holds no run unless --resume goes on with it.
[[nodiscard]] inline hwnas::Result<void> check_checkpoint(const Options& options) {
  if (options.checkpoint.empty()) return {};
  namespace fs = std::filesystem;
  using hwnas::Error;
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
  return examples::can_write(folder / "trial");
}

}  // namespace spos
