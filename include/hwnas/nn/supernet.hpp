// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Supernet<Space>: all networks of a space in one torch module, each run by its path.
///        Supernet<OnImages> supernet;  auto logits = supernet.forward(images, a);  logits.sum().backward();
///
///        Weights belong to places of the type, not to labels: one module for each layer of an operator occurrence, named
///        by its path ("1.b1.0.conv0.weight" is candidate 0 of the second node, called b1). Where an occurrence has
///        several kernels, widths or expansions, or is reached with several shapes, its modules are as large as the
///        largest, and an architecture uses the first channels and the centre of kernels; batch-norm shares its
///        statistics in the same way. Layers that one variant has and another lacks stay apart (nn/align.hpp).
///
///        Supernet<S> supernet{{.smaller_kernels = SmallerKernels::transformed}} makes smaller kernels of the largest one
///        by once-for-all's learned matrices, which are parameters beside it ("1.b1.0.conv1_7to5"); subnets load the
///        kernels that come out (nn/kernel_transform.hpp).
#pragma once

#include <memory>

#include "hwnas/nn/network.hpp"
#include "hwnas/nn/require_mixable.hpp"
#include "hwnas/nn/space_layout.hpp"
#include "hwnas/space/architecture.hpp"

namespace hwnas {

/// The supernet of a space.
///   Errors   compile errors of the space; those of run_plan
template <class Space>
class Supernet : public SharedNetwork {
 public:
  using space = Space;

  explicit Supernet(const NetworkOptions& options = {})
      : SharedNetwork{space_layout<Space>(), leaf_factories<Space>(), options} {}

  /// Runs one architecture: (N, C, H, W) -> the network's output.
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& images, const Architecture<Space>& a) {
    return SharedNetwork::forward(images, a.values());
  }
  /// Runs several candidates of its decisions at a time, weighted by gates: what differentiable strategies learn from.
  ///   Shape    gates: (candidates of all decisions,), in the order of decisions<Space>
  ///   Errors   compile error `mixed_candidates_disagree_on_shape`
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& images, const Mixture& mixture, const torch::Tensor& gates) {
    require_mixable<Space>();
    return SharedNetwork::forward(images, mixture, gates);
  }
  /// The shape of images that an architecture takes.
  [[nodiscard]] Shape input_shape(const Architecture<Space>& a) { return plan(a).in; }
  [[nodiscard]] const Plan& plan(const Architecture<Space>& a) { return SharedNetwork::plan(a.values()); }
  /// Batch-norm layers that an architecture runs, in order.
  [[nodiscard]] auto path_norms(const Architecture<Space>& a) { return SharedNetwork::path_norms(a.values()); }
  /// Parameters that an architecture uses, in order.
  [[nodiscard]] auto path_parameters(const Architecture<Space>& a) {
    return SharedNetwork::path_parameters(a.values());
  }
};

}  // namespace hwnas
