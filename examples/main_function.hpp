// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How the main function of every program ends: the exit status, and one line where something is wrong.
///        return guarded_main("spos", [&] { return run(options); });            // options are read already
///        return guarded_main(app, argc, argv, [&] { return run(options); });   // reads them first
#pragma once

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <type_traits>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/measure/freed_memory.hpp"

namespace programs {

inline int fail(const std::string& program, std::string what, int status = 2) {
  std::replace(what.begin(), what.end(), '\n', ' ');
  fmt::print(stderr, "{}: {}\n", program, what);
  return status;
}
inline int fail(const std::string& program, const hwnas::Error& error) {
  return fail(program, error.message, error.code == hwnas::Error::Code::interrupted ? 130 : 2);
}

/// Runs `work` and answers with the exit status: its own if it has one, else 0; 2 for bad input, 130 after Ctrl-C.
///   work   answers with an int, a Result<void> or nothing
int guarded_main(const std::string& program, auto&& work) {
  // A file-size limit is then an error of the write, with its line, like a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
  hwnas::keep_freed_memory();
  using Done = std::decay_t<decltype(work())>;
  try {
    if constexpr (std::is_void_v<Done>) {
      return work(), 0;
    } else if constexpr (std::is_same_v<Done, int>) {
      return work();
    } else {
      const hwnas::Result<void> done = work();
      return done ? 0 : fail(program, done.error());
    }
  } catch (const hwnas::Error& error) {
    return fail(program, error);
  } catch (const std::exception& error) {
    return fail(program, error.what());
  }
}

/// The same for a program with few options.
int guarded_main(CLI::App& app, int argc, char** argv, auto&& work) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return error.get_exit_code() == 0 ? app.exit(error) : fail(app.get_name(), error.what());
  }
  return guarded_main(app.get_name(), work);
}

}  // namespace programs
