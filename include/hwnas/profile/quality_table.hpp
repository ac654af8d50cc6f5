// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  QualityTable: an additive proxy of quality, a number for each candidate of each decision.
///        Probabilities<S> gains;  gains["b1"][2] = 0.7;  ...
///        QualityTable<S> quality{gains, 70.0};   quality.profile(a);   best_within(quality, HardConstraint{flops, 300_MFLOPs})
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "hwnas/core/quantity.hpp"
#include "hwnas/profile/table_profiler.hpp"

namespace hwnas {

namespace unit_tag {
/// Predicted quality: accuracy in percent, a log-likelihood, anything of which more is better.
struct Quality {
  using rep = double;
  static constexpr std::int64_t ticks = 1'000'000'000;
  static constexpr std::string_view unit = "points";
};
}  // namespace unit_tag
using Quality = Quantity<unit_tag::Quality>;

/// Quality of an architecture: a constant, and for every decision it meets the number of the candidate it takes, as in
/// once-for-all's and ranking predictors that are linear. Numbers may be negative; each is rounded to 1e-9 once.
template <class Space>
class QualityTable : public TableProfiler<QualityTable<Space>, Space, Quality> {
 public:
  /// `gains[decision][candidate]`; a magnitude above 1e9 throws bad_value.
  explicit QualityTable(const Probabilities<Space>& gains, double constant = 0) {
    const TrellisShape shape = Compiled<Space>::shape();
    auto table = std::make_shared<Table>();
    table->gains.resize(shape.edges.size());
    table->gains.front() = ticks_of(constant);
    for (const TrellisState& state : shape.states) {
      const auto of_decision = gains[static_cast<std::size_t>(state.decision)];
      for (int v = 0; v < state.count; ++v) {
        table->gains[static_cast<std::size_t>(state.first_edge + v)] =
            ticks_of(of_decision[static_cast<std::size_t>(v)]);
      }
    }
    table->paths.resize(shape.edges.size());
    fill_path_table({shape, table->gains, Combine::sum}, table->paths);
    table_ = std::move(table);
  }

  [[nodiscard]] TrellisView view() const { return {Compiled<Space>::shape(), table_->gains, Combine::sum}; }
  [[nodiscard]] std::span<const PathEdge> path_table() const { return table_->paths; }

 private:
  struct Table {
    std::vector<std::int64_t> gains;
    std::vector<PathEdge> paths;
  };
  static std::int64_t ticks_of(double gain) {
    if (gain >= -1e9 && gain <= 1e9) return Quality{gain}.ticks();
    throw Error{Error::Code::bad_value,
                fmt::format("a candidate's quality is {}: expected a number from -1e9 to 1e9", gain)};
  }
  std::shared_ptr<const Table> table_;
};

}  // namespace hwnas
