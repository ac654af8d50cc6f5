// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Lists of things that an option names: entries with a `name` and an `about`.
#pragma once

#include <string>
#include <vector>

namespace programs {

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

}  // namespace programs
