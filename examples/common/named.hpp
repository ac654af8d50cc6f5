// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Lists of things that an option names: entries with a `name` and an `about`. Spaces that --space offers are such.
#pragma once

#include <string>
#include <vector>

#include "hwnas/core/result.hpp"

namespace programs {

/// A space by its name, with the program compiled for it.
template <class Options, class Outcome>
struct NamedSpace {
  std::string name;
  std::string about;
  hwnas::Result<Outcome> (*run)(const Options&);
};

template <class Entry>
[[nodiscard]] std::vector<std::string> names_of(const std::vector<Entry>& entries) {
  std::vector<std::string> names;
  for (const Entry& entry : entries) names.push_back(entry.name);
  return names;
}

/// "spos (ShuffleNetV2 blocks, 1x28x28); ..."
template <class Entry>
[[nodiscard]] std::string help_of(const std::vector<Entry>& entries) {
  std::string text;
  for (const Entry& entry : entries) text += (text.empty() ? "" : "; ") + entry.name + " (" + entry.about + ")";
  return text;
}

/// What the space of that name makes of the options.
///   Errors   those of running; unknown_name for another name
template <class Options, class Outcome>
[[nodiscard]] hwnas::Result<Outcome> run_named(const std::vector<NamedSpace<Options, Outcome>>& spaces,
                                               const std::string& name, const Options& options) {
  for (const auto& space : spaces) {
    if (space.name == name) return space.run(options);
  }
  return hwnas::Error{hwnas::Error::Code::unknown_name, "no space is called " + name};
}

}  // namespace programs
