// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  costs_of(primitive): the one place that asks a primitive for its costs.
#pragma once

#include "hwnas/layer/convolution.hpp"
#include "hwnas/layer/elementwise.hpp"
#include "hwnas/layer/leaf.hpp"
#include "hwnas/layer/linear.hpp"

namespace hwnas {

/// Multiply-adds, NNI's additions and trainable numbers of one primitive; kinds not named here cost nothing.
[[nodiscard]] constexpr PrimitiveCosts costs_of(const Primitive& primitive) {
  switch (primitive.kind) {
    case PrimitiveKind::convolution: return layer::Convolution::costs(primitive);
    case PrimitiveKind::linear: return layer::Linear::costs(primitive);
    case PrimitiveKind::matrix_product: return layer::MatrixProduct::costs(primitive);
    case PrimitiveKind::normalisation: return layer::Normalisation::costs(primitive);
    case PrimitiveKind::activation: return layer::ElementActivation::costs(primitive);
    case PrimitiveKind::leaf: return layer::Leaf::costs(primitive);
    default: return {};
  }
}

}  // namespace hwnas
