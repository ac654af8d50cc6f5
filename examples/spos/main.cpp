// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  spos: from a search space to a trained network under a latency budget.
///        scripts/run spos                                  # Fashion-MNIST, minutes on two cores
///        scripts/run spos --help                           # docs/guides/spos.md
///        The phases are in program.hpp; exit status 2 for bad input, 130 after Ctrl-C.
#include "common/named.hpp"
#include "common/run.hpp"
#include "spaces.hpp"

namespace {

hwnas::Result<programs::Outcome> run(const spos::Options& options) {
  return programs::run_named(spos::spaces(), options.space, options);
}

}  // namespace

int main(int argc, char** argv) { return programs::run_program(spos::parse_options(argc, argv), &run); }
