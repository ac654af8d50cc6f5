// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  --cpus: the processors that a program measures on, recorded among its conditions.
#pragma once

#include <vector>

#include <CLI/CLI.hpp>

namespace programs {

inline void add_cpus(CLI::App& app, std::vector<int>& cpus) {
  app.add_option("--cpus", cpus, "processors to pin to, with commas between")
      ->delimiter(',')
      ->check(CLI::NonNegativeNumber);
}

}  // namespace programs
