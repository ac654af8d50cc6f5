// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The files of a run are checked before the minutes are spent that fill them.
#pragma once

#include <filesystem>
#include <string>

#include "hwnas/core/result.hpp"
#include "common/options.hpp"

namespace programs {

/// A whole text file.
[[nodiscard]] hwnas::Result<std::string> read_text(const std::string& path);

/// Where a user's programs may keep what they can make again.
[[nodiscard]] std::filesystem::path cache_folder();

/// --json, --report and --export can be written.
[[nodiscard]] hwnas::Result<void> check_outputs(const Options& options);

/// --checkpoint is a folder (made if need be) that can be written, and holds no run unless --resume goes on with it.
[[nodiscard]] hwnas::Result<void> check_checkpoint(const Options& options);

}  // namespace programs
