// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  proxyless: differentiable search with a hardware term that keeps its budget.
///        scripts/run proxyless                                   # Fashion-MNIST, minutes on two cores
///        scripts/run proxyless --recipe nni --data folder:DIR    # docs/guides/proxyless.md
///        The phases are in program.hpp; exit status 2 for bad input, 130 after Ctrl-C.
#include "common/named.hpp"
#include "common/run.hpp"
#include "spaces.hpp"

namespace {

hwnas::Result<programs::Outcome> run(const proxyless::Options& options) {
  return programs::run_named(proxyless::spaces(), options.space, options);
}

}  // namespace

int main(int argc, char** argv) { return programs::run_program(proxyless::parse_options(argc, argv), &run); }
