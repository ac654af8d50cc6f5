// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  KernelTrellis: the trellis of a space rebuilt at run time under a device's fusion rules. The open kernel of a tensor is
///        part of the state, so that kernels which fuse across the borders of blocks are priced exactly.
///        auto trellis = kernel_trellis<OnImages>(rules).value();   trellis.kernels   // every kernel a network of it can run
///        for (const DetectedKernel& k : detected_kernels(a, rules)) ...              // those of one architecture
#pragma once

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/latency/detector.hpp"
#include "hwnas/latency/kernel_stepper.hpp"
#include "hwnas/space/architecture.hpp"
#include "hwnas/space/column.hpp"
#include "hwnas/space/decisions.hpp"
#include "hwnas/space/walk.hpp"

namespace hwnas {

/// Where kernels may fuse.
enum class FusionReach {
  network,    ///< wherever the graph allows
  operators,  ///< inside one operator only: an approximation for spaces whose shared labels leave no other trellis
};

/// Handler of KernelStepper: fuses as it goes. A tag is a kernel that its reader may still join.
class FusionHandler {
 public:
  FusionHandler(const FusionRules& rules, const OperatorKernels& operators, FusionReach reach)
      : rules_{rules}, operators_{operators}, reach_{reach} {}

  /// Every kernel that was emitted; items' fragments are its indices.
  [[nodiscard]] std::vector<KernelKey> take_kernels() { return std::move(kernels_); }

  void begin(TrellisData& out, int& list, int pc) {
    out_ = &out;
    list_ = &list;
    pc_ = pc;
  }
  [[nodiscard]] int image() const { return closed_tag; }

  int run(KernelOp op, std::span<const GraphNode> nodes, std::span<const KernelOperand> operands) {
    const int joined = joining(op, operands);
    for (int i = 0; i < static_cast<int>(operands.size()); ++i) {
      if (i != joined) drop(operands[static_cast<std::size_t>(i)].tag);
    }
    KernelKey key =
        joined < 0 ? KernelKey{} : open_[static_cast<std::size_t>(operands[static_cast<std::size_t>(joined)].tag)].key;
    append(key, op, nodes, operands, joined);
    const int tag = interned(std::move(key));
    if (nodes.back().output_count == 1 && open_[static_cast<std::size_t>(tag)].extensible) return tag;
    drop(tag);
    return closed_tag;
  }
  int barrier(int tag) {
    drop(tag);
    return tag < 0 ? tag : closed_tag;
  }
  int leave(int tag) { return reach_ == FusionReach::network ? tag : (drop(tag), closed_tag); }
  /// Nothing joins the kernel: it runs.
  void drop(int tag) {
    if (tag < 0) return;
    Open& open = open_[static_cast<std::size_t>(tag)];
    if (open.kernel < 0) {
      open.kernel = static_cast<int>(kernels_.size());
      kernels_.push_back(open.key);
    }
    *list_ = out_->met({.parent = *list_, .fragment = open.kernel, .place = pc_});
  }
  void finish(int tag) { drop(tag); }

 private:
  struct Open {
    KernelKey key;
    int kernel = -1;  // in kernels_, once it has run
    bool extensible = false;
  };

  [[nodiscard]] int joining(KernelOp op, std::span<const KernelOperand> operands) const {
    for (std::size_t i = operands.size(); i-- > 0;) {
      const int tag = operands[i].tag;
      if (tag >= 0 && rules_.fuses(open_[static_cast<std::size_t>(tag)].key.ops, op)) return static_cast<int>(i);
    }
    return -1;
  }
  int interned(KernelKey key) {
    const auto [found, is_new] = number_.try_emplace(key.text(), static_cast<int>(open_.size()));
    if (is_new) {
      // Nothing that could join occurs in the space: closing it now keeps states together.
      bool extensible = false;
      for (int op = 0; op < kernel_ops; ++op) {
        const auto reader = static_cast<KernelOp>(op);
        extensible = extensible || (operators_.occurs(reader) && rules_.fuses(key.ops, reader));
      }
      open_.push_back({std::move(key), -1, extensible});
    }
    return found->second;
  }

  const FusionRules& rules_;
  const OperatorKernels& operators_;
  FusionReach reach_;
  std::vector<Open> open_;
  std::vector<KernelKey> kernels_;
  std::unordered_map<std::string, int> number_;
  TrellisData* out_ = nullptr;
  int* list_ = nullptr;
  int pc_ = 0;
};

/// Handler of KernelStepper: writes down the graph of one architecture. A tag is a value.
class GraphHandler {
 public:
  explicit GraphHandler(FusionReach reach) : reach_{reach} {}
  [[nodiscard]] KernelGraph take_graph() { return std::move(graph_); }

  void begin(TrellisData&, int&, int) {}
  [[nodiscard]] int image() const { return 0; }
  int run(KernelOp op, std::span<const GraphNode> nodes, std::span<const KernelOperand> operands) {
    KernelGraph::Node node{.op = op,
                           .nodes = {nodes.begin(), nodes.end()},
                           .operands = {operands.begin(), operands.end()},
                           .output_count = nodes.back().output_count};
    for (KernelOperand& operand : node.operands) operand.tag = std::max(operand.tag, KernelGraph::no_value);
    return graph_.add(std::move(node));
  }
  int barrier(int tag) {
    if (tag >= 0) graph_.barrier[static_cast<std::size_t>(tag)] = true;
    return tag;
  }
  int leave(int tag) { return reach_ == FusionReach::network ? tag : std::max(barrier(tag), 0); }
  void drop(int) {}
  void finish(int tag) { graph_.result = std::max(tag, 0); }

 private:
  FusionReach reach_;
  KernelGraph graph_;
};

/// A trellis whose items are kernels.
struct KernelTrellis {
  TrellisData data;
  std::vector<KernelKey> kernels;  // distinct ones of the whole space
  int decisions = 0;

  [[nodiscard]] TrellisShape shape() const { return {data.states, data.edges, decisions}; }
  /// What sum_column() reads: the items' fragments are kernels.
  [[nodiscard]] TrellisLists lists() const { return {shape(), data.items, {}, {}, {}}; }
};

/// The trellis of a space under fusion rules.
///   Errors   bad_value where open kernels would have to be remembered over too many shared decisions; FusionReach::operators
///            always works where the space's own trellis does
template <class Space>
[[nodiscard]] Result<KernelTrellis> kernel_trellis(const FusionRules& rules, FusionReach reach = FusionReach::network) {
  const OperatorKernels operators{Compiled<Space>::lists()};
  FusionHandler handler{rules, operators, reach};
  const ProgramView program = RunTimeProgram<Space>::view();
  KernelTrellis result{.decisions = static_cast<int>(program.decisions.size())};
  result.data = BasicWalk{program, WalkOptions{.remembering_limit = 1'000'000, .every_place = false},
                          KernelSemantics<FusionHandler>{&operators, &handler}}
                    .all();
  if (result.data.fault) {
    return Error{Error::Code::bad_value,
                 fmt::format("kernels that fuse across blocks: the decision \"{}\" would be remembered "
                             "too long; let kernels fuse inside operators only",
                             decisions<Space>[static_cast<std::size_t>(result.data.fault.label)].label)};
  }
  result.kernels = handler.take_kernels();
  return result;
}

/// One architecture as unfused kernels.
template <class Space>
[[nodiscard]] KernelGraph kernel_graph(const Architecture<Space>& a, FusionReach reach = FusionReach::network) {
  const OperatorKernels operators{Compiled<Space>::lists()};
  GraphHandler handler{reach};
  BasicWalk{RunTimeProgram<Space>::view(), WalkOptions{}, KernelSemantics<GraphHandler>{&operators, &handler}}.path(
      a.values());
  return handler.take_graph();
}

/// The kernels that a device with these rules runs for one architecture.
template <class Space>
[[nodiscard]] std::vector<DetectedKernel> detected_kernels(const Architecture<Space>& a, const FusionRules& rules,
                                                           FusionReach reach = FusionReach::network) {
  return detect(kernel_graph(a, reach), rules);
}

}  // namespace hwnas
