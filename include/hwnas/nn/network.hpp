// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Networks as torch modules, built from values: no templates. Supernet<Space> and Subnet<Space> are these with
///        a type in front.
///        FixedNetwork net{walked_layout(program), values};    // nn/walked_layout.hpp, for what is known at run time only
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "hwnas/nn/batch_norm_across.hpp"
#include "hwnas/nn/gated_sum.hpp"
#include "hwnas/nn/initialise.hpp"
#include "hwnas/nn/mixed_graph.hpp"
#include "hwnas/nn/plan.hpp"
#include "hwnas/nn/run_plan.hpp"
#include "hwnas/nn/weights.hpp"

namespace hwnas {

/// How a network is made.
struct NetworkOptions {
  NormOptions norm{};
  InitialWeights initial{};
  SmallerKernels smaller_kernels = SmallerKernels::centres;  ///< of a supernet; stand-alone networks have their own
};

/// What all networks have: a layout, weights under their paths, and a run.
class Network : public torch::nn::Module {
 public:
  [[nodiscard]] const Layout& layout() const { return *layout_; }
  [[nodiscard]] const std::shared_ptr<const Layout>& shared_layout() const { return layout_; }
  [[nodiscard]] const WeightBank& weights() const { return bank_; }
  /// Batch-norm over the batches of several processes while this is set (null: not), which must outlive it.
  void synchronise_norms(const GatherRows* gather) {
    bank_.set_across({.gather = gather, .normalise = batch_norm_across});
  }

 protected:
  /// `forms`: the size of each slot of the layout, false where this network has none.
  Network(std::shared_ptr<const Layout> layout, List<WeightForm> forms, std::span<const LeafFactory> leaves,
          const NetworkOptions& options)
      : layout_{std::move(layout)},
        held_{std::move(forms)},
        bank_{*this, *layout_, held_, leaves, options.norm, options.smaller_kernels} {
    initialise(*this, options.initial);
  }
  [[nodiscard]] Plan plan_of(const NetworkGraph& graph) const { return PlanBuilder{graph, held_}.build(); }

 private:
  std::shared_ptr<const Layout> layout_;
  List<WeightForm> held_;
  WeightBank bank_;
};

/// The stand-alone network of one architecture: its own modules and no others.
class FixedNetwork : public Network {
 public:
  /// `values`: one index a decision of the layout's program.
  FixedNetwork(std::shared_ptr<const Layout> layout, std::span<const std::uint8_t> values,
               std::span<const LeafFactory> leaves = {}, const NetworkOptions& options = {})
      : FixedNetwork{layout, graph_of(*layout, values), leaves, options} {}

  /// A network of a graph made by other means, a kernel's for example; the layout says what its weights are called.
  FixedNetwork(const std::shared_ptr<const Layout>& layout, NetworkGraph graph,
               std::span<const LeafFactory> leaves = {}, const NetworkOptions& options = {})
      : Network{layout, own_forms(*layout, graph), leaves, own_kernels(options)},
        graph_{std::move(graph)},
        plan_{plan_of(graph_)} {}

  [[nodiscard]] torch::Tensor forward(const torch::Tensor& images) { return run_plan(plan_, weights(), images); }
  /// Shows every step of one operand, with that operand.
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& images, StepWatch watch) {
    return run_plan(plan_, weights(), std::span{&images, 1}, {}, std::move(watch));
  }
  /// Where the graph has several inputs.
  [[nodiscard]] torch::Tensor forward(std::span<const torch::Tensor> inputs) {
    return run_plan(plan_, weights(), inputs);
  }

  [[nodiscard]] const NetworkGraph& graph() const { return graph_; }
  [[nodiscard]] const Plan& plan() const { return plan_; }

 private:
  static NetworkOptions own_kernels(NetworkOptions options) {
    options.smaller_kernels = SmallerKernels::centres;
    return options;
  }
  static List<WeightForm> own_forms(const Layout& layout, const NetworkGraph& graph) {
    List<WeightForm> forms(layout.slots().size(), WeightForm{});
    for (const SlotUse& use : graph.weights) forms[static_cast<std::size_t>(use.slot)] = use.form;
    return forms;
  }

  NetworkGraph graph_;
  Plan plan_;
};

/// One operator alone, on one input: what a device measures. A sum or concatenation reads the input for each operand.
[[nodiscard]] inline std::shared_ptr<FixedNetwork> operator_network(Shape in, std::span<const GraphNode> nodes,
                                                                    int result,
                                                                    std::span<const LeafFactory> leaves = {}) {
  return std::make_shared<FixedNetwork>(std::make_shared<Layout>(in, nodes, result), std::span<const std::uint8_t>{},
                                        leaves);
}

/// All weights of a space; runs one architecture at a time.
class SharedNetwork : public Network {
 public:
  explicit SharedNetwork(std::shared_ptr<const Layout> layout, std::span<const LeafFactory> leaves = {},
                         const NetworkOptions& options = {})
      : Network{layout, largest_forms(*layout), leaves, options} {}

  /// Runs the path of an architecture. Not for several threads at once on one network: the plan is kept for next time.
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& images, std::span<const std::uint8_t> values) {
    return run_plan(plan(values), weights(), images);
  }

  /// Runs several candidates at a time. `gates`: one number a candidate of every decision, in order.
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& images, const Mixture& mixture, const torch::Tensor& gates) {
    return run_plan(plan(mixture), weights(), images, Gates{gates, gated_sum});
  }

  /// The plan of a mixture; valid until the next call.
  [[nodiscard]] const Plan& plan(const Mixture& mixture) {
    if (mixed_plan_.steps.empty() || !(planned_mixture_ == mixture)) {
      mixed_plan_ = plan_of(mixed_graph(layout(), mixture));
      mixed_plan_.binary_gates = mixture.binary;
      planned_mixture_ = mixture;
    }
    return mixed_plan_;
  }

  /// The plan of an architecture; valid until the next call.
  [[nodiscard]] const Plan& plan(std::span<const std::uint8_t> values) {
    if (!is_planned(values)) {
      plan_ = plan_of(graph_of(layout(), values));
      planned_values_.assign(values.begin(), values.end());
    }
    return plan_;
  }

  /// Batch-norm layers that an architecture runs, in order.
  [[nodiscard]] std::vector<torch::nn::BatchNorm2dImpl*> path_norms(std::span<const std::uint8_t> values) {
    std::vector<torch::nn::BatchNorm2dImpl*> norms;
    for (const Step& step : plan(values).steps) {
      if (step.primitive.kind == PrimitiveKind::normalisation) norms.push_back(weights()[step.slot].norm);
    }
    return norms;
  }
  /// Parameters that an architecture uses (whole, where it uses a slice), in order.
  [[nodiscard]] std::vector<torch::Tensor> path_parameters(std::span<const std::uint8_t> values) {
    std::vector<torch::Tensor> parameters;
    for (const Step& step : plan(values).steps) {
      if (step.slot < 0) continue;
      const Weights& used = weights()[step.slot];
      for (const torch::Tensor& p : used.module()->parameters()) parameters.push_back(p);
      for (const KernelTransform& t : used.transforms) {
        if (t.to >= step.primitive.kernel) parameters.push_back(t.matrix);
      }
    }
    return parameters;
  }

 private:
  static List<WeightForm> largest_forms(const Layout& layout) {
    List<WeightForm> forms;
    for (const WeightSlot& slot : layout.slots()) forms.push_back(slot.form);
    return forms;
  }

  [[nodiscard]] bool is_planned(std::span<const std::uint8_t> values) const {
    return !plan_.steps.empty() &&
           std::equal(values.begin(), values.end(), planned_values_.begin(), planned_values_.end());
  }

  Plan plan_, mixed_plan_;
  std::vector<std::uint8_t> planned_values_;
  Mixture planned_mixture_;
};

}  // namespace hwnas
