// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The folder of a run without --checkpoint.
#include "common/own_checkpoint.hpp"

#include <ctime>
#include <string>
#include <system_error>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include "common/files.hpp"
#include "common/join.hpp"
#include "common/ranks.hpp"

namespace programs {

using namespace hwnas;
namespace fs = std::filesystem;

OwnCheckpoint::OwnCheckpoint(Options& options) : leads_{leads(options)} {
  if (!options.checkpoint.empty()) return;
  options.checkpoint = from_first(options.ranks, [&] {
    const auto now = fmt::gmtime(std::time(nullptr));
    const fs::path folder =
        cache_folder() / "runs" / fmt::format("{}-{:%Y%m%d-%H%M%S}-{}", options.program, now, getpid());
    std::error_code failed;
    fs::create_directories(folder, failed);
    return failed ? std::string{} : folder.string();
  });
  folder_ = options.checkpoint;
}

Result<void> OwnCheckpoint::end(Result<void> ended) const {
  if (folder_.empty() || !leads_) return ended;
  std::error_code failed;
  if (ended || fs::is_empty(folder_, failed)) {
    fs::remove_all(folder_, failed);
    return ended;
  }
  return Error{ended.error().code, fmt::format("{}; the same command with --checkpoint {} --resume goes on",
                                               ended.error().message, folder_.string())};
}

}  // namespace programs
