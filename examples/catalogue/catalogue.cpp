// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "catalogue/catalogue.hpp"

#include <array>
#include <string_view>

namespace catalogue {

hwnas::AnySpace proxylessnas();
hwnas::AnySpace spos();
hwnas::AnySpace fbnet();
hwnas::AnySpace once_for_all();
hwnas::AnySpace nasbench201();
hwnas::AnySpace darts();
hwnas::AnySpace small_spos();
hwnas::AnySpace small_proxylessnas();

namespace {
struct Entry {
  std::string_view name;
  std::string_view about;
  hwnas::AnySpace (*make)();
};
constexpr std::array<Entry, 8> entries{{
    {"proxylessnas", "MBConv blocks, 3x224x224", &proxylessnas},
    {"spos", "ShuffleNetV2 blocks, 3x224x224", &spos},
    {"fbnet", "FBNet blocks, 3x224x224", &fbnet},
    {"once-for-all", "MobileNetV3 with elastic depth, width and kernel, 3x224x224", &once_for_all},
    {"nasbench201", "cells of NAS-Bench-201, 3x32x32", &nasbench201},
    {"darts", "cells of DARTS, 3x32x32", &darts},
    {"small-spos", "ShuffleNetV2 blocks, 1x28x28", &small_spos},
    {"small-proxylessnas", "MBConv blocks, 1x28x28", &small_proxylessnas},
}};
}  // namespace

hwnas::Result<hwnas::AnySpace> find_space(const std::string& name) {
  for (const Entry& entry : entries) {
    if (entry.name == name) return entry.make();
  }
  return hwnas::Error{hwnas::Error::Code::unknown_name,
                      "no space is called \"" + name + "\"; expected one of: " + space_help()};
}

std::string space_help() {
  std::string text;
  for (const Entry& entry : entries) {
    text += fmt::format("{}{} ({})", text.empty() ? "" : "; ", entry.name, entry.about);
  }
  return text;
}

}  // namespace catalogue
