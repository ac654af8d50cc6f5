// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What every main() does: parse, join other processes of the run, run, put out, and one line with exit status 2
///        where something is wrong.
#pragma once

#include <utility>
#include <variant>

#include "common/join.hpp"
#include "common/options.hpp"
#include "common/outcome.hpp"
#include "common/own_checkpoint.hpp"
#include "hwnas/core/result.hpp"
#include "main_function.hpp"

namespace programs {

/// A program whose `run` comes to an Outcome.
template <class O> int run_program(const std::variant<O, int>& parsed, hwnas::Result<Outcome> (*run)(const O&)) {
  if (const int* status = std::get_if<int>(&parsed)) return *status;
  O options = std::get<O>(parsed);
  return guarded_main(options.program, [&]() -> hwnas::Result<void> {
    const auto ranks = join(options);
    if (!ranks) return ranks.error();
    const OwnCheckpoint own{options};
    return own.end([&]() -> hwnas::Result<void> {
      const auto outcome = run(options);
      if (!outcome) return outcome.error();
      return leads(options) ? put_out(*outcome, options) : hwnas::Result<void>{};
    }());
  });
}

}  // namespace programs
