// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  generate_space: a space for a device, as a header and as a mask.
///        scripts/run generate_space --space spos --predictor phone.json --header on_phone.hpp --mask on_phone.json
///        docs/guides/latency.md; exit status 2 for bad input, 130 after Ctrl-C.
#include "main_function.hpp"
#include "spaces.hpp"

namespace {

hwnas::Result<void> run(const generate_space::Options& options) {
  for (const generate_space::SpaceEntry& entry : generate_space::spaces()) {
    if (entry.name == options.space) return entry.run(options);
  }
  return hwnas::Error{hwnas::Error::Code::unknown_name, "no space is called " + options.space};
}

}  // namespace

int main(int argc, char** argv) {
  const auto parsed = generate_space::parse_options(argc, argv);
  if (const int* status = std::get_if<int>(&parsed)) return *status;
  const auto& options = std::get<generate_space::Options>(parsed);
  return programs::guarded_main(options.program, [&] { return run(options); });
}
