// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What a process says that worked for a search: worker, and multi_trial with --join.
#pragma once

#include <string>

#include <fmt/format.h>

#include "hwnas/experiment/worker.hpp"

namespace programs {

[[nodiscard]] inline std::string text_of(const hwnas::WorkerStatus& done) {
  return fmt::format("{} trials recorded, {} attempts failed, {} came too late", done.recorded, done.failed, done.lost);
}

}  // namespace programs
