// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The spaces that a worker is compiled for: those of multi_trial.
#pragma once

#include <string>
#include <vector>

#include "hwnas/core/result.hpp"
#include "hwnas/core/stop_signal.hpp"
#include "hwnas/experiment/worker.hpp"
#include "options.hpp"

namespace worker {

/// A space by its name, with the worker compiled for it.
struct SpaceEntry {
  std::string name;
  hwnas::Result<hwnas::WorkerStatus> (*run)(const Options&, const hwnas::StopSignal&);
};

[[nodiscard]] const std::vector<SpaceEntry>& spaces();
[[nodiscard]] std::vector<std::string> space_names();

}  // namespace worker
