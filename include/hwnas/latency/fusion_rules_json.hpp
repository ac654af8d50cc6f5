// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Fusion rules as JSON files, our own and nn-Meter's. Needs nlohmann-json.
///        auto rules = load_fusion_rules("device.json").value();   auto theirs = load_nnmeter_rules("rule_tflite_cpu.json").value();
///        File format: docs/reference/fusion_rules.md
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "hwnas/core/atomic_file.hpp"
#include "hwnas/latency/fusion_rules.hpp"
#include "hwnas/latency/json_file.hpp"

namespace hwnas {

inline constexpr std::string_view fusion_rules_format = "hwnas fusion rules 1";

/// Rules as a JSON object: format, conditions, pairs and chains of kernel names, and what is done to whole networks.
[[nodiscard]] inline nlohmann::json to_json(const FusionRules& rules) {
  const auto names = [](const auto&... ops) { return nlohmann::json::array({std::string{name_of(ops)}...}); };
  nlohmann::json pairs = nlohmann::json::array();
  for (const auto& [tail, reader] : rules.pairs) pairs.push_back(names(tail, reader));
  nlohmann::json chains = nlohmann::json::array();
  for (const auto& chain : rules.chains) {
    nlohmann::json written = nlohmann::json::array();
    for (KernelOp op : chain) written.push_back(std::string{name_of(op)});
    chains.push_back(written);
  }
  return {{"format", fusion_rules_format},
          {"conditions", rules.conditions},
          {"pairs", pairs},
          {"chains", chains},
          {"folds_constants", rules.folds_constants},
          {"merges_equals", rules.merges_equals}};
}

/// The rules of a JSON object.
///   Errors  bad_format, unknown_name for a kernel that does not exist; what JSON accesses throw
[[nodiscard]] inline Result<FusionRules> fusion_rules_from(const nlohmann::json& document) {
  FusionRules rules;
  rules.conditions = document.at("conditions").get<std::map<std::string, std::string>>();
  rules.folds_constants = document.value("folds_constants", false);
  rules.merges_equals = document.value("merges_equals", false);
  for (const char* part : {"pairs", "chains"}) {
    for (const auto& row : document.at(part)) {
      std::vector<KernelOp> ops;
      for (const std::string& name : row.get<std::vector<std::string>>()) {
        const auto op = kernel_op_named(name);
        if (!op || *op == KernelOp::none) {
          return Error{Error::Code::unknown_name, fmt::format("fusion rules: no kernel is called \"{}\"", name)};
        }
        ops.push_back(*op);
      }
      const bool is_pair = part == std::string_view{"pairs"};
      if (is_pair ? ops.size() != 2 : ops.size() < 2) {
        return Error{Error::Code::bad_format,
                     fmt::format("fusion rules: {} is no {}", row.dump(), is_pair ? "pair" : "chain")};
      }
      is_pair ? rules.allow(ops[0], ops[1]) : static_cast<void>(rules.chains.insert(ops));
    }
  }
  return rules;
}

/// Writes rules; nothing is left half-written.
[[nodiscard]] inline Result<void> save_fusion_rules(const FusionRules& rules, const std::filesystem::path& path) {
  return write_file_atomically(path, to_json(rules).dump(1) + "\n");
}

/// Reads rules of our own format.
///   Errors  not_found, mismatch for another format or version, bad_format, unknown_name
[[nodiscard]] inline Result<FusionRules> load_fusion_rules(const std::filesystem::path& path) {
  const auto document = read_json_file(path, fusion_rules_format);
  if (!document) return document.error();
  return reading_json(path, [&] { return fusion_rules_from(*document); });
}

/// Reads nn-Meter's early rule files: {"BF_conv_relu": {"obey": true}, ...}. Rules of three names and more are chains. Their
/// names for groups of kernels ("dense", "pooling", "convtrans", "reshape") are none of its detector's: such rules never fire
/// there, nor here.
///   Errors  not_found, bad_format
[[nodiscard]] inline Result<FusionRules> load_nnmeter_rules(const std::filesystem::path& path) {
  const auto document = read_json_file(path);
  if (!document) return document.error();
  return reading_json(path, [&]() -> Result<FusionRules> {
    FusionRules rules;
    rules.conditions["rules"] = path.filename().string();
    bool any = false;
    for (const auto& [name, rule] : document->items()) {
      const std::string_view prefix = "BF_";
      if (!name.starts_with(prefix)) continue;
      any = true;
      if (const auto& obey = rule.at("obey"); !obey.is_boolean() || !obey.get<bool>()) continue;
      std::vector<KernelOp> ops;
      bool known = true;
      for (std::size_t at = prefix.size(); at <= name.size();) {
        const std::size_t end = std::min(name.find('_', at), name.size());
        const auto op = kernel_op_named(std::string_view{name}.substr(at, end - at));
        known = known && op;
        ops.push_back(op.value_or(KernelOp::none));
        at = end + 1;
      }
      if (!known) continue;
      ops.size() == 2 ? rules.allow(ops[0], ops[1]) : static_cast<void>(rules.chains.insert(ops));
    }
    if (any) return rules;
    return Error{Error::Code::bad_format,
                 fmt::format("{}: expected rules called \"BF_...\", found none", path.string())};
  });
}

}  // namespace hwnas
