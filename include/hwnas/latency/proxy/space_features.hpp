// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What adapters see of the architectures of any space: which candidate at which decision, which kernels, what they cost,
///        and how much of it reaches the result. All of it is read off the walk that makes the trellis.
///        SpaceFeatures features = space_features<OnImages>(architectures);      // rows in their order
///        auto pool = ProxyPool::make(features.views, latencies).value();
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include "hwnas/latency/kernel.hpp"
#include "hwnas/latency/kernel_stepper.hpp"
#include "hwnas/latency/proxy/proxy_pool.hpp"
#include "hwnas/space/architecture.hpp"
#include "hwnas/space/compiled.hpp"
#include "hwnas/space/decisions.hpp"
#include "hwnas/space/walk.hpp"

namespace hwnas {

/// Architectures as rows of numbers.
struct SpaceFeatures {
  std::vector<FeatureView> views = {};  ///< "as written"; then "computed" where some architecture has kernels whose result is lost
  Eigen::VectorXd flops = {};           ///< multiply-adds as written
};

namespace detail {

/// A kernel of one architecture.
struct PlacedKernel {
  KernelOp op = KernelOp::none;
  int window = 1;
  int pc = 0;            // the instruction that it belongs to
  double macs = 0;
  double elements = 0;   // read and written
  std::vector<int> operands{};  // kernels; images and zeros are none
  bool fed = false;      // something of the image reaches it
  int joined = 0;        // operands that are fed
  bool live = false;     // fed, and the result depends on it
};

/// Handler of KernelStepper: writes every kernel down. A tag is a kernel's number times `outputs`, plus which output.
class PlacedKernels {
 public:
  [[nodiscard]] std::vector<PlacedKernel>& all() { return kernels_; }

  void begin(TrellisData&, int&, int pc) { pc_ = pc; }
  [[nodiscard]] int image() const { return image_tag; }
  int run(KernelOp op, std::span<const GraphNode> nodes, std::span<const KernelOperand> operands) {
    PlacedKernel kernel{.op = op, .pc = pc_};
    kernel.elements = static_cast<double>(nodes.back().primitive.out.elements()) * nodes.back().output_count;
    for (const GraphNode& node : nodes) {
      kernel.macs += static_cast<double>(costs_of(node.primitive).flops);
      kernel.window = std::max(kernel.window, node.primitive.kernel);
    }
    for (const KernelOperand& operand : operands) {
      kernel.elements += static_cast<double>(operand.shape.elements());
      const bool made = operand.tag >= 0;
      if (made) kernel.operands.push_back(operand.tag / outputs);
      kernel.joined += operand.tag == image_tag || (made && kernels_[static_cast<std::size_t>(operand.tag / outputs)].fed) ? 1 : 0;
    }
    kernel.fed = kernel.joined > 0;
    kernels_.push_back(std::move(kernel));
    return (static_cast<int>(kernels_.size()) - 1) * outputs;
  }
  int barrier(int tag) { return tag; }
  int leave(int tag) { return tag; }
  void drop(int) {}
  void finish(int tag) {
    if (tag >= 0) kernels_[static_cast<std::size_t>(tag / outputs)].live = true;
    for (std::size_t k = kernels_.size(); k-- > 0;) {
      if (!kernels_[k].live) continue;
      for (const int from : kernels_[k].operands) kernels_[static_cast<std::size_t>(from)].live = true;
    }
    for (PlacedKernel& kernel : kernels_) kernel.live = kernel.live && kernel.fed;
  }

 private:
  static constexpr int image_tag = -3;
  static constexpr int outputs = 64;
  std::vector<PlacedKernel> kernels_;
  int pc_ = 0;
};

/// The decisions that an instruction hangs on: those whose parts it stands in, and those that choose among its operators.
inline std::vector<std::vector<int>> decisions_of_instructions(const ProgramView& program) {
  std::vector<std::vector<int>> result(program.instructions.size());
  for (std::size_t pc = 0; pc < result.size(); ++pc) {
    const Instruction& i = program.instructions[pc];
    if (i.code == Opcode::apply) {
      for (int k = 0; k < i.c; ++k) result[pc].push_back(program.choice_labels[static_cast<std::size_t>(i.b + k)]);
    }
    if (i.code != Opcode::decide) continue;
    for (std::size_t inside = pc + 1; inside < static_cast<std::size_t>(i.end); ++inside) result[inside].push_back(i.a);
  }
  return result;
}

/// Element-wise kernels follow their convolution: counting them would count that one again.
constexpr bool counted(KernelOp op) {
  switch (op) {
    case KernelOp::bn:
    case KernelOp::relu:
    case KernelOp::hswish:
    case KernelOp::hsigmoid:
    case KernelOp::sigmoid:
    case KernelOp::swish:
    case KernelOp::tanh:
    case KernelOp::none: return false;
    default: return true;
  }
}
/// Kernels that work on more than one element at a time or hold weights.
constexpr bool heavy(KernelOp op) { return counted(op) && op != KernelOp::add && op != KernelOp::scale; }
constexpr bool weighted(KernelOp op) { return op == KernelOp::conv || op == KernelOp::dwconv || op == KernelOp::fc || op == KernelOp::matmul; }

/// Sums over one architecture's kernels: of each kind and window how many, and totals; and the longest ways through them.
struct KernelSums {
  std::map<std::pair<KernelOp, int>, double> kinds{};
  double macs = 0, elements = 0, kernels = 0, joins = 0;
  std::array<double, 4> longest{};  // in weighted kernels, multiply-adds, heavy kernels, elements

  KernelSums(const std::vector<PlacedKernel>& all, bool only_live) {
    std::vector<std::array<double, 4>> ends(all.size());
    for (std::size_t k = 0; k < all.size(); ++k) {
      const PlacedKernel& kernel = all[k];
      if (only_live && !kernel.live) continue;
      const bool joins_two = kernel.op != KernelOp::add || !only_live || kernel.joined > 1;
      if (joins_two) add(kernel);
      const std::array<double, 4> own{weighted(kernel.op) ? 1.0 : 0.0, kernel.macs, heavy(kernel.op) ? 1.0 : 0.0, kernel.elements};
      for (std::size_t w = 0; w < own.size(); ++w) {
        for (const int from : kernel.operands) ends[k][w] = std::max(ends[k][w], ends[static_cast<std::size_t>(from)][w]);
        ends[k][w] += own[w];
        longest[w] = std::max(longest[w], ends[k][w]);
      }
    }
  }

 private:
  void add(const PlacedKernel& kernel) {
    if (counted(kernel.op)) kinds[{kernel.op, kernel.window}] += 1;
    macs += kernel.macs, elements += kernel.elements, kernels += 1;
  }
};

}  // namespace detail

/// Features of architectures, a row each.
///   as written   fine: a column for every decision and candidate, 1 where it is taken; coarse: how many kernels of every kind
///                and window, multiply-adds, elements read and written, kernels
///   computed     the same without kernels that the image does not reach or that do not reach the result; coarse also has
///                the longest ways from image to result, in weighted kernels, multiply-adds, kernels and elements
template <class Space>
class SpaceFeatureReader {
 public:
  SpaceFeatureReader() : operators_{Compiled<Space>::lists()}, hangs_on_{detail::decisions_of_instructions(program_)} {
    for (const DecisionRecord& decision : program_.decisions) {
      first_column_.push_back(columns_);
      columns_ += decision.count;
    }
  }

  [[nodiscard]] SpaceFeatures read(std::span<const Architecture<Space>> architectures) {
    const auto rows = static_cast<Eigen::Index>(architectures.size());
    SpaceFeatures result;
    Eigen::MatrixXd written = Eigen::MatrixXd::Zero(rows, columns_), computed = written;
    std::vector<detail::KernelSums> all, live;
    bool lost = false;
    for (Eigen::Index row = 0; row < rows; ++row) {
      const auto& a = architectures[static_cast<std::size_t>(row)];
      const auto kernels = kernels_of(a);
      all.emplace_back(kernels, false), live.emplace_back(kernels, true);
      for_each_active_choice(a, [&](std::size_t d, int v) { written(row, column(static_cast<int>(d), v)) = 1; });
      for (const detail::PlacedKernel& kernel : kernels) {
        lost = lost || !kernel.live;
        if (!kernel.live) continue;
        for (const int d : hangs_on_[static_cast<std::size_t>(kernel.pc)]) computed(row, column(d, a.values()[static_cast<std::size_t>(d)])) = 1;
      }
    }
    const Eigen::MatrixXd counts = totals(all);
    result.flops = counts.col(0);
    result.views.push_back({"as written", counts, std::move(written)});
    if (!lost) return result;
    Eigen::MatrixXd coarse(rows, 0);
    for (const Eigen::MatrixXd& part : {totals(live), ways(live), ways(all)}) {
      Eigen::MatrixXd joined(rows, coarse.cols() + part.cols());
      joined << coarse, part;
      coarse = std::move(joined);
    }
    result.views.push_back({"computed", std::move(coarse), std::move(computed)});
    return result;
  }

 private:
  [[nodiscard]] Eigen::Index column(int decision, int value) const { return first_column_[static_cast<std::size_t>(decision)] + value; }

  [[nodiscard]] std::vector<detail::PlacedKernel> kernels_of(const Architecture<Space>& a) const {
    detail::PlacedKernels handler;
    BasicWalk{program_, WalkOptions{}, detail::meetings_of<Space>, KernelSemantics<detail::PlacedKernels>{&operators_, &handler}}.path(a.values());
    return std::move(handler.all());
  }

  static Eigen::MatrixXd totals(const std::vector<detail::KernelSums>& rows) {
    std::map<std::pair<KernelOp, int>, Eigen::Index> columns;
    constexpr Eigen::Index sums = 3;
    for (const auto& row : rows) {
      for (const auto& [kind, count] : row.kinds) columns.try_emplace(kind, sums + static_cast<Eigen::Index>(columns.size()));
    }
    Eigen::MatrixXd result = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(rows.size()), sums + static_cast<Eigen::Index>(columns.size()));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto row = static_cast<Eigen::Index>(i);
      result.row(row).head(sums) << rows[i].macs, rows[i].elements, rows[i].kernels;
      for (const auto& [kind, count] : rows[i].kinds) result(row, columns.at(kind)) = count;
    }
    return result;
  }
  static Eigen::MatrixXd ways(const std::vector<detail::KernelSums>& rows) {
    Eigen::MatrixXd result(static_cast<Eigen::Index>(rows.size()), 4);
    for (std::size_t i = 0; i < rows.size(); ++i) result.row(static_cast<Eigen::Index>(i)) = Eigen::Map<const Eigen::RowVector4d>(rows[i].longest.data());
    return result;
  }

  ProgramView program_ = RunTimeProgram<Space>::view();
  OperatorKernels operators_;
  std::vector<std::vector<int>> hangs_on_;
  std::vector<Eigen::Index> first_column_;
  Eigen::Index columns_ = 0;
};

template <class Space>
[[nodiscard]] SpaceFeatures space_features(std::span<const Architecture<Space>> architectures) {
  return SpaceFeatureReader<Space>{}.read(architectures);
}

}  // namespace hwnas
