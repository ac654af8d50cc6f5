// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  sort_channels: hidden channels of a supernet's operators in the order of their importance, so that a narrower
///        variant, which takes the first ones, takes the best. No network as wide as the widest changes.
///        int groups = sort_channels(supernet);
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "hwnas/nn/network.hpp"

namespace hwnas {
namespace detail {

/// Which tensors of an operator have the same channels, and which layers read or write them.
class ChannelGroups {
 public:
  /// A layer's dimension along which channels lie.
  struct Use {
    int slot = 0;
    bool output = false;  // else input
  };

  explicit ChannelGroups(const Variant& variant) {
    for (const GraphNode& node : variant.nodes) {
      for (int i = 0; i < node.output_count; ++i) of(node.output + i);
      for (int i = 0; i < node.input_count; ++i) of(node.inputs[static_cast<std::size_t>(i)]);
    }
    for (std::size_t n = 0; n < variant.nodes.size(); ++n) link(variant.nodes[n], variant.slots[n]);
    fix(0);  // what comes in and goes out belongs to other operators, too
    fix(variant.result);
  }

  /// The uses of each group that is free to be permuted.
  [[nodiscard]] std::vector<std::vector<Use>> free() {
    std::vector<std::vector<Use>> groups(parent_.size());
    for (const auto& [tensor, use] : uses_) {
      if (!is_fixed(tensor)) groups[root(tensor)].push_back(use);
    }
    std::erase_if(groups, [](const auto& uses) { return uses.empty(); });
    return groups;
  }

 private:
  void link(const GraphNode& node, int slot) {
    const Primitive& p = node.primitive;
    const int in = node.inputs[0], out = node.output;
    switch (p.kind) {
      case PrimitiveKind::convolution:
        if (p.depthwise()) break;
        if (p.groups != 1) return fix(in), fix(out);
        uses_.push_back({of(in), {slot, false}});
        uses_.push_back({of(out), {slot, true}});
        return;
      case PrimitiveKind::normalisation:
      case PrimitiveKind::activation:
      case PrimitiveKind::pooling:
      case PrimitiveKind::global_pooling:
      case PrimitiveKind::identity:
      case PrimitiveKind::scale:
      case PrimitiveKind::add: break;
      default:  // flatten, split, concat, shuffle, leaves: their channels have places of their own
        for (int i = 0; i < node.input_count; ++i) fix(node.inputs[static_cast<std::size_t>(i)]);
        for (int i = 0; i < node.output_count; ++i) fix(out + i);
        return;
    }
    for (int i = 0; i < node.input_count; ++i) join(node.inputs[static_cast<std::size_t>(i)], out);
    if (slot >= 0) uses_.push_back({of(out), {slot, true}});
  }

  std::size_t of(int tensor) {
    const auto t = static_cast<std::size_t>(tensor < 0 ? 0 : tensor);
    while (parent_.size() <= t) parent_.push_back(parent_.size()), fixed_.push_back(false);
    return t;
  }
  [[nodiscard]] std::size_t root(std::size_t t) const {
    while (parent_[t] != t) t = parent_[t];
    return t;
  }
  void join(int a, int b) {
    const std::size_t from = root(of(a)), to = root(of(b));
    parent_[from] = to;
    fixed_[to] = fixed_[to] || fixed_[from];
  }
  void fix(int tensor) { fixed_[root(of(tensor))] = true; }
  [[nodiscard]] bool is_fixed(std::size_t tensor) const { return fixed_[root(tensor)]; }

  std::vector<std::size_t> parent_;
  std::vector<bool> fixed_;
  std::vector<std::pair<std::size_t, Use>> uses_;
};

/// Permutes one group; false where it is not as wide as its layers.
[[nodiscard]] inline bool sort_group(const WeightBank& bank, const std::vector<ChannelGroups::Use>& uses) {
  torch::Tensor importance;
  for (const ChannelGroups::Use& use : uses) {
    if (use.output) continue;
    // Magnitudes of all that reads a channel; once-for-all's code counts the projection alone, not squeeze-excite.
    const torch::Tensor norm = bank[use.slot].convolution->weight.abs().sum({0, 2, 3});
    if (importance.defined() && importance.size(0) != norm.size(0)) return false;
    importance = importance.defined() ? importance + norm : norm;
  }
  if (!importance.defined()) return false;
  const torch::Tensor order = importance.argsort(0, /*descending=*/true);
  std::vector<std::pair<torch::Tensor, std::int64_t>> along;
  for (const ChannelGroups::Use& use : uses) {
    const torch::nn::Module& module = *bank[use.slot].module();
    if (!use.output) {
      along.emplace_back(bank[use.slot].convolution->weight, 1);
      continue;
    }
    for (const torch::Tensor& t : module.parameters()) along.emplace_back(t, 0);
    for (const torch::Tensor& t : module.buffers()) {
      if (t.dim() > 0) along.emplace_back(t, 0);  // not the count of batches
    }
  }
  for (const auto& [tensor, dimension] : along) {
    if (tensor.size(dimension) != order.size(0)) return false;
  }
  for (auto& [tensor, dimension] : along) tensor.copy_(tensor.index_select(dimension, order));
  return true;
}

}  // namespace detail

/// Sorts the hidden channels of every operator, the most important first; returns how many groups of channels there were.
///   Laws     the output of every architecture that uses a group whole stays the same up to rounding
inline int sort_channels(SharedNetwork& network) {
  const torch::NoGradGuard no_gradients;
  int groups = 0;
  for (const OperatorPlace& place : network.layout().places()) {
    const Variant* widest = nullptr;
    std::int64_t most = -1;
    for (const Variant& variant : place.variants) {
      std::int64_t channels = 0;
      for (const GraphNode& node : variant.nodes) channels += node.primitive.out.c;
      if (channels > most) widest = &variant, most = channels;
    }
    if (widest == nullptr) continue;
    for (const auto& uses : detail::ChannelGroups{*widest}.free()) {
      groups += detail::sort_group(network.weights(), uses) ? 1 : 0;
    }
  }
  return groups;
}

}  // namespace hwnas
