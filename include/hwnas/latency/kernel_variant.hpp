// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  KernelVariant: a kernel of a space, or the same with other channels, what is sampled around a badly predicted kernel.
///        auto wider = variant_of(kernel, 48, 96);      // nothing where its parts leave no such freedom
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "hwnas/latency/kernel.hpp"

namespace hwnas {

/// A kernel and how it was made: `base` is the text of a space's kernel, `cin` and `cout` its other channels, or 0.
struct KernelVariant {
  KernelKey kernel;
  std::string base;
  int cin = 0;
  int cout = 0;
};

namespace detail {

/// Channels of the tensor that a primitive makes from `c` of them; 0: it leaves no freedom.
[[nodiscard]] inline int rechannelled(Primitive& p, int c, int cout) {
  const bool depthwise = p.depthwise();
  const bool weighted = p.kind == PrimitiveKind::convolution || p.kind == PrimitiveKind::linear;
  const bool keeps = p.kind == PrimitiveKind::normalisation || p.kind == PrimitiveKind::activation ||
                     p.kind == PrimitiveKind::pooling || p.kind == PrimitiveKind::global_pooling ||
                     p.kind == PrimitiveKind::add;
  if (!(depthwise || keeps || (weighted && p.groups == 1)) || c < 2) return 0;
  const int made = weighted && !depthwise ? cout : c;
  p.in.c = c;
  p.out.c = made;
  if (depthwise) p.groups = c;
  return made;
}

}  // namespace detail

/// The kernel with `cin` channels read and, where a convolution or linear layer changes them, `cout` made.
///   Returns nothing for kernels with grouped convolutions, two layers with weights, or parts whose channels belong together
[[nodiscard]] inline std::optional<KernelKey> with_channels(KernelKey kernel, int cin, int cout) {
  int channels = cin, layers = 0;
  std::size_t read = 0;
  for (GraphNode& node : kernel.nodes) {
    for (int k = 0; k < node.input_count; ++k) {
      const auto input = std::find_if(kernel.inputs.begin(), kernel.inputs.end(), [&](const KernelInput& i) {
        return i.tensor == node.inputs[static_cast<std::size_t>(k)];
      });
      if (input == kernel.inputs.end()) continue;
      input->shape.c = channels;
      ++read;
    }
    const bool layer = (node.primitive.kind == PrimitiveKind::convolution && !node.primitive.depthwise()) ||
                       node.primitive.kind == PrimitiveKind::linear;
    layers += layer ? 1 : 0;
    channels = detail::rechannelled(node.primitive, channels, cout);
    if (channels == 0 || layers > 1) return std::nullopt;
  }
  if (read != kernel.inputs.size()) return std::nullopt;
  return kernel;
}

/// The same as a variant of a kernel of a space.
[[nodiscard]] inline std::optional<KernelVariant> variant_of(const KernelKey& base, int cin, int cout) {
  if (cin == 0 && cout == 0) return KernelVariant{base, base.text()};
  auto changed = with_channels(base, cin, cout);
  if (!changed) return std::nullopt;
  return KernelVariant{std::move(*changed), base.text(), cin, cout};
}

}  // namespace hwnas
