// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  generate_space: a space for a device, as a header and as a mask.
///        scripts/run generate_space --space spos --predictor phone.json --header on_phone.hpp --mask on_phone.json
///        docs/guides/latency.md; exit status 2 for bad input, 130 after Ctrl-C.
#include "common/named.hpp"
#include "main_function.hpp"
#include "spaces.hpp"

namespace {

hwnas::Result<void> run(const generate_space::Options& options) {
  return programs::run_named(generate_space::spaces(), options.space, options);
}

}  // namespace

int main(int argc, char** argv) {
  const auto parsed = generate_space::parse_options(argc, argv);
  if (const int* status = std::get_if<int>(&parsed)) return *status;
  const auto& options = std::get<generate_space::Options>(parsed);
  return programs::guarded_main(options.program, [&] { return run(options); });
}
