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

/// Kernels that do more than one thing an element: element-wise ones follow these, and counting them would count these again.
constexpr bool heavy(KernelOp op) {
  switch (op) {
    case KernelOp::bn:
    case KernelOp::relu:
    case KernelOp::hswish:
    case KernelOp::hsigmoid:
    case KernelOp::sigmoid:
    case KernelOp::swish:
    case KernelOp::tanh:
    case KernelOp::scale:
    case KernelOp::add:
    case KernelOp::none: return false;
    default: return true;
  }
}
constexpr bool weighted(KernelOp op) {
  return op == KernelOp::conv || op == KernelOp::dwconv || op == KernelOp::fc || op == KernelOp::matmul;
}

/// A kernel of one architecture.
struct PlacedKernel {
  KernelOp op = KernelOp::none;
  int window = 1;
  int pc = 0;            // the instruction that it belongs to
  double macs = 0;
  double weights = 0;
  double elements = 0;   // written
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
      const PrimitiveCosts costs = costs_of(node.primitive);
      kernel.macs += static_cast<double>(costs.flops);
      kernel.weights += static_cast<double>(costs.params);
      kernel.window = std::max(kernel.window, node.primitive.kernel);
    }
    for (const KernelOperand& operand : operands) {
      const bool made = operand.tag >= 0;
      if (made) kernel.operands.push_back(operand.tag / outputs);
      kernel.joined +=
          operand.tag == image_tag || (made && kernels_[static_cast<std::size_t>(operand.tag / outputs)].fed) ? 1 : 0;
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

/// Sums over one architecture's heavy kernels, how many of each kind and window there are, additions among them, and the
/// longest ways through all.
struct KernelSums {
  std::map<std::pair<KernelOp, int>, double> kinds{};
  std::array<double, 4> total{};      // multiply-adds, weights, elements, kernels
  std::array<double, 4> longest{};  // in weighted kernels, multiply-adds, heavy kernels, elements

  KernelSums(const std::vector<PlacedKernel>& all, bool only_live) {
    std::vector<std::array<double, 4>> ends(all.size());
    for (std::size_t k = 0; k < all.size(); ++k) {
      const PlacedKernel& kernel = all[k];
      if (only_live && !kernel.live) continue;
      if (kernel.op == KernelOp::add ? kernel.joined > 1 || !only_live : heavy(kernel.op)) {
        kinds[{kernel.op, kernel.window}] += 1;
      }
      const bool counts = heavy(kernel.op);
      const std::array<double, 4> sums{kernel.macs, kernel.weights, counts ? kernel.elements : 0.0, counts ? 1.0 : 0.0};
      for (std::size_t t = 0; t < sums.size(); ++t) total[t] += sums[t];
      const std::array<double, 4> own{weighted(kernel.op) ? 1.0 : 0.0, sums[0], sums[3], sums[2]};
      for (std::size_t w = 0; w < own.size(); ++w) {
        for (const int from : kernel.operands) {
          ends[k][w] = std::max(ends[k][w], ends[static_cast<std::size_t>(from)][w]);
        }
        ends[k][w] += own[w];
        longest[w] = std::max(longest[w], ends[k][w]);
      }
    }
  }
};

}  // namespace detail

/// Features of architectures, a row each.
///   as written   fine: a column for every decision and candidate, 1 where it is taken; coarse: multiply-adds, weights,
///                elements written by kernels that are more than element-wise, and how many of these there are
///   computed     the same without kernels that the image does not reach or that do not reach the result; coarse also has
///                how many there are of every kind and window, and the longest ways, in weighted kernels, multiply-adds,
///                kernels and elements, through what is left and through all
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
        for (const int d : hangs_on_[static_cast<std::size_t>(kernel.pc)]) {
          computed(row, column(d, a.values()[static_cast<std::size_t>(d)])) = 1;
        }
      }
    }
    result.views.push_back({"as written", columns_of(all, &detail::KernelSums::total), std::move(written)});
    result.flops = result.views.front().coarse.col(0);
    if (!lost) return result;
    const Eigen::MatrixXd sums = columns_of(live, &detail::KernelSums::total), kinds = kinds_of(live);
    const Eigen::MatrixXd ways = columns_of(live, &detail::KernelSums::longest),
                          all_ways = columns_of(all, &detail::KernelSums::longest);
    Eigen::MatrixXd coarse(rows, sums.cols() + kinds.cols() + ways.cols() + all_ways.cols());
    coarse << sums, kinds, ways, all_ways;
    result.views.push_back({"computed", std::move(coarse), std::move(computed)});
    return result;
  }

 private:
  [[nodiscard]] Eigen::Index column(int decision, int value) const {
    return first_column_[static_cast<std::size_t>(decision)] + value;
  }

  [[nodiscard]] std::vector<detail::PlacedKernel> kernels_of(const Architecture<Space>& a) const {
    detail::PlacedKernels handler;
    BasicWalk{program_, WalkOptions{}, detail::meetings_of<Space>,
              KernelSemantics<detail::PlacedKernels>{&operators_, &handler}}
        .path(a.values());
    return std::move(handler.all());
  }

  template <std::size_t N>
  static Eigen::MatrixXd columns_of(const std::vector<detail::KernelSums>& rows,
                                    std::array<double, N> detail::KernelSums::*which) {
    Eigen::MatrixXd result(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(N));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      result.row(static_cast<Eigen::Index>(i)) =
          Eigen::Map<const Eigen::RowVectorXd>((rows[i].*which).data(), static_cast<Eigen::Index>(N));
    }
    return result;
  }
  static Eigen::MatrixXd kinds_of(const std::vector<detail::KernelSums>& rows) {
    std::map<std::pair<KernelOp, int>, Eigen::Index> columns;
    for (const auto& row : rows) {
      for (const auto& [kind, count] : row.kinds) columns.try_emplace(kind, static_cast<Eigen::Index>(columns.size()));
    }
    Eigen::MatrixXd result =
        Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(columns.size()));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (const auto& [kind, count] : rows[i].kinds) result(static_cast<Eigen::Index>(i), columns.at(kind)) = count;
    }
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
