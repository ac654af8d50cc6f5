// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Peak activation memory of an operator's graph.
///        Live tensors are counted at each primitive in execution order: a tensor lives until its last reader, ReLU and
///        batch-norm write over their input unless someone else still needs it, flatten and split are views.
///        Unit: elements.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "hwnas/core/list.hpp"
#include "hwnas/layer/net.hpp"

namespace hwnas {

/// The result is a view of the first operand: it needs no memory of its own.
[[nodiscard]] constexpr bool is_view(PrimitiveKind kind) {
  return kind == PrimitiveKind::flatten || kind == PrimitiveKind::identity || kind == PrimitiveKind::split;
}

/// The operator's result is its input or a view of it. `result` is a tensor of the graph.
[[nodiscard]] constexpr bool result_is_input(std::span<const GraphNode> nodes, int result) {
  for (std::size_t i = nodes.size(); i-- > 0 && result != 0;) {
    const GraphNode& node = nodes[i];
    if (result < node.output || result >= node.output + node.output_count) continue;
    if (!is_view(node.primitive.kind)) return false;
    result = node.inputs[0];
  }
  return result == 0;
}

/// Storages of one operator's tensors: when each begins and ends, in node indices.
class Liveness {
 public:
  /// `result`: the tensor the operator returns; `input_is_held`: someone outside reads the input afterwards.
  constexpr Liveness(std::span<const GraphNode> nodes, Shape in, int result, bool input_is_held)
      : length_{static_cast<int>(nodes.size())} {
    const GraphNode* const node = nodes.data();
    int tensors = 1;
    for (int i = 0; i < length_; ++i) tensors = std::max(tensors, node[i].output + node[i].output_count);
    List<int> last_read(static_cast<std::size_t>(tensors), -1);
    for (int i = 0; i < length_; ++i) {
      const int* const inputs = node[i].inputs.data();
      for (int k = 0; k < node[i].input_count; ++k) last_read[inputs[k]] = i;
    }
    last_read[result] = forever;
    if (input_is_held) last_read[0] = forever;
    storage_of_.assign(static_cast<std::size_t>(tensors), 0);
    storages_.push_back({in.elements(), -1, last_read[0]});
    for (int i = 0; i < length_; ++i) place(node[i], i, last_read);
  }

  /// Peak over all primitives, the operator's input counted while it lives.
  [[nodiscard]] constexpr std::int64_t peak() const {
    List<std::int64_t> change(static_cast<std::size_t>(length_), 0);  // what comes to life, less what died before
    for (const Storage& s : storages_) {
      if (std::max(s.born, 0) < length_) change[std::max(s.born, 0)] += s.elements;
      if (s.last + 1 < length_) change[s.last + 1] -= s.elements;
    }
    std::int64_t live = 0;
    std::int64_t most = 0;
    for (const std::int64_t by : change) most = std::max(most, live += by);
    return most;
  }

 private:
  struct Storage {
    std::int64_t elements = 0;
    int born = 0;
    int last = 0;
  };
  static constexpr int forever = 1 << 30;

  constexpr void place(const GraphNode& node, int i, const List<int>& last_read) {
    const PrimitiveKind kind = node.primitive.kind;
    const int source = storage_of_[*node.inputs.data()];
    Storage& read = storages_[source];
    const bool overwrites =
        (kind == PrimitiveKind::normalisation || kind == PrimitiveKind::activation) && read.last <= i;
    if (overwrites || is_view(kind)) {
      for (int o = node.output; o < node.output + node.output_count; ++o) {
        storage_of_[o] = source;
        read.last = std::max(read.last, last_read[o]);
      }
      return;
    }
    for (int o = node.output; o < node.output + node.output_count; ++o) {
      storage_of_[o] = static_cast<int>(storages_.size());
      storages_.push_back({node.primitive.out.elements(), i, std::max(i, last_read[o])});
    }
  }

  int length_;
  List<int> storage_of_;
  List<Storage> storages_;
};

}  // namespace hwnas
