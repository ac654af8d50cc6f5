// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Leaf: something that cannot be opened into primitives and states its own shape and costs.
#pragma once

#include <string_view>

#include "hwnas/core/fault.hpp"
#include "hwnas/layer/primitive.hpp"
#include "hwnas/meta/type_tag.hpp"

namespace hwnas {

/// A leaf operator's own formulas as functions of the input shape.
struct LeafCosts {
  Shape (*shape)(Shape in) = nullptr;
  PrimitiveCosts (*costs)(Shape in) = nullptr;
  TypeId type = nullptr;
  std::string_view name;
};

namespace layer {
struct Leaf {
  [[nodiscard]] static constexpr Primitive make(Shape in, const LeafCosts& leaf) {
    return {.kind = PrimitiveKind::leaf, .in = in, .out = leaf.shape(in), .leaf = &leaf};
  }
  [[nodiscard]] static constexpr PrimitiveCosts costs(const Primitive& p) { return p.leaf->costs(p.in); }
};
}  // namespace layer
}  // namespace hwnas
