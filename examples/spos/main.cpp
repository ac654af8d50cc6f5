// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  spos: from a search space to a trained network under a latency budget.
///        scripts/run spos                                  # Fashion-MNIST, minutes on two cores
///        scripts/run spos --help                           # docs/guides/spos.md
///        The phases are in program.hpp; exit status 2 for bad input, 130 after Ctrl-C.
#include "common/run.hpp"
#include "spaces.hpp"

namespace {

hwnas::Result<programs::Outcome> run(const spos::Options& options) {
  for (const spos::SpaceEntry& entry : spos::spaces()) {
    if (entry.name == options.space) return entry.run(options);
  }
  return hwnas::Error{hwnas::Error::Code::unknown_name, "no space is called " + options.space};
}

}  // namespace

int main(int argc, char** argv) { return programs::run_program(spos::parse_options(argc, argv), &run); }
