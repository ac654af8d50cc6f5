// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What every main() does: parse, run, put out, and one line with exit status 2 where something is wrong.
#pragma once

#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <variant>

#include <fmt/format.h>

#include "common/options.hpp"
#include "common/outcome.hpp"
#include "hwnas/core/result.hpp"

namespace programs {

inline int fail(const std::string& program, const hwnas::Error& error) {
  fmt::print(stderr, "{}: {}\n", program, error.message);
  return error.code == hwnas::Error::Code::interrupted ? 130 : 2;
}

/// Runs `work` and answers with the exit status: 0, 2 for bad input, 130 after Ctrl-C.
int guarded_main(const std::string& program, auto&& work) {
  // A file-size limit is then an error of the write, with its line, like a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    const hwnas::Result<void> done = work();
    return done ? 0 : fail(program, done.error());
  } catch (const hwnas::Error& error) {
    return fail(program, error);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}\n", program, error.what());
    return 2;
  }
}

/// A program whose `run` comes to an Outcome.
template <class O> int run_program(const std::variant<O, int>& parsed, hwnas::Result<Outcome> (*run)(const O&)) {
  if (const int* status = std::get_if<int>(&parsed)) return *status;
  const O& options = std::get<O>(parsed);
  return guarded_main(options.program, [&]() -> hwnas::Result<void> {
    const auto outcome = run(options);
    if (!outcome) return outcome.error();
    return put_out(*outcome, options);
  });
}

}  // namespace programs
