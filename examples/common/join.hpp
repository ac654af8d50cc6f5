// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How a program's process finds the others that a launcher started with it. No LibTorch here.
#pragma once

#include <memory>

#include "common/options.hpp"
#include "hwnas/core/result.hpp"

namespace programs {

/// Joins the ranks that RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT name and sets options.ranks, which what is returned
/// must outlive; null without WORLD_SIZE. Ranks other than 0 become quiet and write nothing.
///   Errors   those of join_ranks; mismatch where the ranks' spaces or other options differ
[[nodiscard]] hwnas::Result<std::shared_ptr<hwnas::Ranks>> join(Options& options);

/// Whether this process decides, prints and writes for all.
[[nodiscard]] bool leads(const Options& options);

}  // namespace programs
