// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What building a predictor needs of a device besides itself: its fusion rules.
///        FusionRules rules = rules_of_device(device, "", "torchscript.rules").value();
#pragma once

#include <filesystem>
#include <string>

#include "hwnas/latency/fusion_rules_json.hpp"
#include "hwnas/measure/detect_rules.hpp"
#include "hwnas/measure/device.hpp"

namespace hwnas {

/// The rules of a file; without one, those that are detected, which `kept` remembers for a building that is resumed, unless they are
/// of another device or under other conditions. Eager LibTorch fuses nothing, so nothing is measured there.
///   Errors  those of reading and writing rules, and of the device
[[nodiscard]] inline Result<FusionRules> rules_of_device(AnyDevice& device, const std::filesystem::path& file,
                                                         const std::filesystem::path& kept) {
  if (!file.empty()) return load_fusion_rules(file);
  if (device.name() == "libtorch-cpu") return FusionRules{};
  if (std::filesystem::exists(kept)) {
    auto known = load_fusion_rules(kept);
    if (!known || known->conditions == device.conditions()) return known;
  }
  auto detected = detect_rules(device);
  if (!detected) return detected.error();
  if (auto saved = save_fusion_rules(detected->rules, kept); !saved) return saved.error();
  return detected->rules;
}

}  // namespace hwnas
