// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  GraphBatch: several graphs as what their convolutions sum, each different sum once.
///        Networks of one space, and the repeated cells of one network, have most neighbourhoods in common.  No torch here.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "hwnas/train/graph_features.hpp"

namespace hwnas {

/// Weighted sums of rows: sum i is over `rows` from offsets[i] to the next offset.
struct RowSums {
  std::vector<std::int64_t> rows{};
  std::vector<std::int64_t> offsets{};
  std::vector<float> weights{};

  void begin() { offsets.push_back(static_cast<std::int64_t>(rows.size())); }
  void add(int row, float weight) {
    rows.push_back(row);
    weights.push_back(weight);
  }
};

/// Nodes of all graphs level by level. A node of level 0 is its features; of level l + 1 the mean of itself and of those before
/// it in level l. Nodes with equal histories are one row.
struct GraphBatch {
  std::vector<GraphFeatures::Row> rows{};  ///< level 0
  std::vector<RowSums> means{};            ///< means[l]: the rows of level l + 1 from those of level l
  std::vector<RowSums> totals{};           ///< totals[l]: for each graph, its rows of level l, weighted by how often they occur

  /// `levels`: how many there are, at least 1.
  GraphBatch(std::span<const GraphFeatures* const> graphs, int levels) : nodes_(graphs.size()) {
    std::map<GraphFeatures::Row, int> known;
    for (std::size_t g = 0; g < graphs.size(); ++g) {
      for (const GraphFeatures::Row& row : graphs[g]->rows) {
        const auto [found, is_new] = known.try_emplace(row, static_cast<int>(known.size()));
        if (is_new) rows.push_back(row);
        nodes_[g].push_back(found->second);
      }
    }
    if (rows.empty()) rows.emplace_back();  // networks that run nothing
    add_totals();
    for (int level = 1; level < levels; ++level) {
      add_means(graphs);
      add_totals();
    }
  }

 private:
  void add_totals() {
    RowSums& sums = totals.emplace_back();
    for (const std::vector<int>& nodes : nodes_) {
      std::map<int, int> counts;
      for (const int row : nodes) ++counts[row];
      sums.begin();
      for (const auto& [row, count] : counts) sums.add(row, static_cast<float>(count));
    }
  }
  void add_means(std::span<const GraphFeatures* const> graphs) {
    RowSums& sums = means.emplace_back();
    std::map<std::vector<int>, int> known;
    for (std::size_t g = 0; g < graphs.size(); ++g) {
      std::vector<int> next;
      for (std::size_t n = 0; n < nodes_[g].size(); ++n) {
        std::vector<int> terms{nodes_[g][n]};
        for (const int before : graphs[g]->before[n]) terms.push_back(nodes_[g][static_cast<std::size_t>(before)]);
        std::sort(terms.begin(), terms.end());
        const auto [found, is_new] = known.try_emplace(terms, static_cast<int>(known.size()));
        if (is_new) add_mean(sums, terms);
        next.push_back(found->second);
      }
      nodes_[g] = std::move(next);
    }
    if (known.empty()) add_mean(sums, {0});
  }
  static void add_mean(RowSums& sums, const std::vector<int>& terms) {
    sums.begin();
    for (const int row : terms) sums.add(row, 1 / static_cast<float>(terms.size()));
  }

  std::vector<std::vector<int>> nodes_;  // of each graph: the row of each node in the last level
};

}  // namespace hwnas
