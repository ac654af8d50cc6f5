// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  spos: from a search space to a trained network under a latency budget.
///        scripts/run spos                                  # Fashion-MNIST, minutes on two cores
///        scripts/run spos --help                           # docs/guides/spos.md
///        The phases are in program.hpp; exit status 2 for bad input, 130 after Ctrl-C.
#include <csignal>
#include <exception>

#include <fmt/format.h>

#include "hwnas/core/atomic_file.hpp"
#include "options.hpp"
#include "outcome.hpp"
#include "spaces.hpp"

namespace {

using spos::Options, spos::Outcome;
using namespace hwnas;

Result<Outcome> run(const Options& options) {
  for (const spos::SpaceEntry& entry : spos::spaces()) {
    if (entry.name == options.space) return entry.run(options);
  }
  return Error{Error::Code::unknown_name, "no space is called " + options.space};
}

/// The table goes out first: a full disk must not lose what took minutes to find.
Result<void> put_out(const Outcome& outcome, const Options& options) {
  fmt::print("{}", spos::final_table(outcome));
  std::fflush(stdout);
  const auto write = [](const std::string& path, const std::string& text) {
    return path.empty() ? Result<void>{} : write_file_atomically(path, text);
  };
  if (auto done = write(options.export_file, outcome.found_json + "\n"); !done) return done;
  if (auto done = write(options.json_file, spos::results_json(outcome, options)); !done) return done;
  return options.report_file.empty() ? Result<void>{} : spos::write_report(outcome, options);
}

int fail(const Error& error) {
  fmt::print(stderr, "spos: {}\n", error.message);
  return error.code == Error::Code::interrupted ? 130 : 2;
}

}  // namespace

int main(int argc, char** argv) {
  // A file-size limit is then an error of the write, with its line, like a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
  const auto parsed = spos::parse_options(argc, argv);
  if (const int* status = std::get_if<int>(&parsed)) return *status;
  const Options& options = std::get<Options>(parsed);
  try {
    const auto outcome = run(options);
    if (!outcome) return fail(outcome.error());
    if (const auto done = put_out(*outcome, options); !done) return fail(done.error());
    return 0;
  } catch (const Error& error) {
    return fail(error);
  } catch (const std::exception& error) {
    fmt::print(stderr, "spos: {}\n", error.what());
    return 2;
  }
}
