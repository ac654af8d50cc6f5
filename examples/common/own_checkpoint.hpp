// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Where a run keeps its state when nobody said where. No LibTorch here.
#pragma once

#include <filesystem>

#include "common/options.hpp"
#include "hwnas/core/result.hpp"

namespace programs {

/// Without --checkpoint, a folder of the run's own in cache_folder()/runs, so that Ctrl-C never costs what a run has done; none
/// where no such folder can be made. A run that ends well removes it.
class OwnCheckpoint {
 public:
  /// Sets options.checkpoint, to the same on all ranks.
  explicit OwnCheckpoint(Options& options);
  /// The folder goes, where the run ended well or had nothing to keep; otherwise the error says how to go on from it.
  [[nodiscard]] hwnas::Result<void> end(hwnas::Result<void> ended) const;

 private:
  std::filesystem::path folder_{};  // none: the user's
  bool leads_;
};

}  // namespace programs
