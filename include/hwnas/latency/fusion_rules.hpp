// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  FusionRules: which kernels a device runs as one. Data, not code: latency/fusion_rules_json.hpp reads and writes them.
///        FusionRules rules;  rules.allow(KernelOp::conv, KernelOp::bn);  rules.allow(KernelOp::conv, KernelOp::relu);
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "hwnas/layer/kernel.hpp"

namespace hwnas {

/// A kernel that was just run absorbs its reader where the reader is the only one and fuses() says so.
///   pairs    (tail, reader). A batch-norm that a convolution or linear layer absorbed is folded into its weights: the tail is
///            then the convolution as well, so that conv-relu and conv-bn give conv-bn-relu
///   chains   sequences of which every beginning is a kernel: conv-bn-relu gives conv-bn and conv-bn-relu, and no bn-relu
/// Compilers of whole networks do two things more, of which the detector knows and a sum over a trellis does not
/// (LatencyProfiler::make_listed does):
///   folds_constants   what nothing of the image reaches (a convolution of zeros) is computed before the first run
///   merges_equals     operators without weights that do the same to the same tensors run once
struct FusionRules {
  /// No kernel is longer: chains of sums would grow without end.
  static constexpr std::size_t longest = 8;

  std::map<std::string, std::string> conditions;  // device, library, ...: how the rules were found
  std::set<std::pair<KernelOp, KernelOp>> pairs;
  std::set<std::vector<KernelOp>> chains;
  bool folds_constants = false;
  bool merges_equals = false;

  void allow(KernelOp tail, KernelOp reader) { pairs.emplace(tail, reader); }

  /// Whether a kernel of these parts absorbs a reader.
  [[nodiscard]] bool fuses(std::span<const KernelOp> open, KernelOp reader) const {
    if (open.empty() || open.size() >= longest) return false;
    const bool folded = open.size() > 1 && open.back() == KernelOp::bn && has_weights(open[open.size() - 2]);
    if (pairs.contains({open.back(), reader})) return true;
    if (folded && pairs.contains({open[open.size() - 2], reader})) return true;
    return std::any_of(chains.begin(), chains.end(), [&](const std::vector<KernelOp>& chain) {
      return chain.size() > open.size() && chain[open.size()] == reader &&
             std::equal(open.begin(), open.end(), chain.begin());
    });
  }

  friend bool operator==(const FusionRules&, const FusionRules&) = default;

 private:
  static bool has_weights(KernelOp op) { return op == KernelOp::conv || op == KernelOp::dwconv || op == KernelOp::fc; }
};

}  // namespace hwnas
