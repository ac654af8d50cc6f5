// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  proxyless: differentiable search with a hardware term that keeps its budget.
///        scripts/run proxyless                                   # Fashion-MNIST, minutes on two cores
///        scripts/run proxyless --recipe nni --data folder:DIR    # docs/guides/proxyless.md
///        The phases are in program.hpp; exit status 2 for bad input, 130 after Ctrl-C.
#include "common/run.hpp"
#include "spaces.hpp"

namespace {

hwnas::Result<programs::Outcome> run(const proxyless::Options& options) {
  for (const proxyless::SpaceEntry& entry : proxyless::spaces()) {
    if (entry.name == options.space) return entry.run(options);
  }
  return hwnas::Error{hwnas::Error::Code::unknown_name, "no space is called " + options.space};
}

}  // namespace

int main(int argc, char** argv) { return programs::run_program(proxyless::parse_options(argc, argv), &run); }
