// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Runs the peer's side of a benchmark in one go with ours, where the user names a Python that has the peer.
///        run_peer(python, "search/peer/nni_filter.py")
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"

/// `script` lies in benchmarks/; it prints its own rows, one thread.
///   Errors  throws unavailable where it does not end well
inline void run_peer(const std::string& python, const std::string& script, const std::string& arguments = "") {
  const auto file = std::filesystem::path{__FILE__}.parent_path() / script;
  std::fflush(stdout);
  const std::string command =
      fmt::format("OMP_NUM_THREADS=1 '{}' '{}' {} 2>/dev/null", python, file.string(), arguments);
  if (std::system(command.c_str()) == 0) return;
  throw hwnas::Error{
      hwnas::Error::Code::unavailable,
      fmt::format("the peer's side failed; run it alone to see why: '{}' '{}' {}", python, file.string(), arguments)};
}
