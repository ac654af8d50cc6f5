// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  WeightForm: the size of what a primitive learns, and which occurrences can share it.
#pragma once

#include <algorithm>
#include <string_view>

#include "hwnas/layer/costs.hpp"
#include "hwnas/layer/primitive.hpp"

namespace hwnas {

/// Sizes of a primitive's weights. Two occurrences of one family share a module that has the largest of each size;
/// each takes its first channels and the centre of its kernels (or what nn/kernel_transform.hpp makes of it).
struct WeightForm {
  PrimitiveKind kind = PrimitiveKind::identity;  // identity: nothing
  int out = 0;
  int in = 0;         // convolution: input channels of one group
  int kernel = 1;
  int groups = 1;     // 0: depthwise, as many as channels
  bool bias = false;  // convolution, linear
  bool affine = true;            // normalisation
  const Primitive* leaf = nullptr;  // the leaf with the largest image

  friend bool operator==(const WeightForm&, const WeightForm&) = default;
  [[nodiscard]] explicit operator bool() const { return kind != PrimitiveKind::identity; }

  [[nodiscard]] bool same_family(const WeightForm& other) const {
    if (kind != other.kind || groups != other.groups || bias != other.bias || affine != other.affine) return false;
    if (kind != PrimitiveKind::leaf) return true;
    // A leaf cannot be sliced: another number of channels or weights is another module.
    return leaf->leaf->type == other.leaf->leaf->type && leaf->in.c == other.leaf->in.c &&
           costs_of(*leaf).params == costs_of(*other.leaf).params;
  }
  /// Grows to hold the other too.
  void absorb(const WeightForm& other) {
    out = std::max(out, other.out);
    in = std::max(in, other.in);
    kernel = std::max(kernel, other.kernel);
    if (leaf != nullptr && leaf->in.elements() < other.leaf->in.elements()) leaf = other.leaf;
  }
  /// How much two of one family look like the same layer.
  [[nodiscard]] int likeness(const WeightForm& other) const {
    return 8 + (out == other.out ? 1 : 0) + (in == other.in ? 1 : 0) + (kernel == other.kernel ? 1 : 0);
  }
};

/// What a primitive learns or remembers; false for kinds that have nothing. Keeps a pointer to a leaf.
[[nodiscard]] inline WeightForm weight_form(const Primitive& p) {
  switch (p.kind) {
    case PrimitiveKind::convolution:
      return {.kind = p.kind, .out = p.out.c, .in = p.in.c / p.groups, .kernel = p.kernel,
              .groups = p.depthwise() ? 0 : p.groups, .bias = p.bias};
    case PrimitiveKind::linear: return {.kind = p.kind, .out = p.out.c, .in = p.in.c, .bias = p.bias};
    case PrimitiveKind::normalisation:
      return {.kind = p.kind, .out = p.out.c, .in = p.in.c, .affine = p.affine};
    case PrimitiveKind::leaf: return {.kind = p.kind, .leaf = &p};
    default: return {};
  }
}

/// How a module is called within its operator: conv0, bn0, linear0, leaf0, counted by kind.
[[nodiscard]] inline std::string_view weight_name(PrimitiveKind kind) { return name_of(kind); }

}  // namespace hwnas
