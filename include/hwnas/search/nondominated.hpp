// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Ranks and crowding distances of points under several objectives.
///        Deb, Pratap, Agarwal, Meyarivan 2002, "A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II", section III.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

namespace hwnas {

/// One number an objective, lower is better.
using Point = std::vector<double>;

/// a is nowhere worse than b and somewhere better.
[[nodiscard]] inline bool dominates(const Point& a, const Point& b) {
  bool better = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] > b[i]) return false;
    better = better || a[i] < b[i];
  }
  return better;
}

/// The rank of each point: 0 where none dominates it, 1 where only points of rank 0 do, and so on.
///   Complexity  quadratic in the points
[[nodiscard]] inline std::vector<std::size_t> nondominated_ranks(std::span<const Point> points) {
  std::vector<std::vector<std::size_t>> worse(points.size());
  std::vector<std::size_t> dominators(points.size(), 0), ranks(points.size(), 0), front;
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t j = 0; j < points.size(); ++j) {
      if (dominates(points[i], points[j])) worse[i].push_back(j), ++dominators[j];
    }
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (dominators[i] == 0) front.push_back(i);
  }
  for (std::size_t rank = 0; !front.empty(); ++rank) {
    std::vector<std::size_t> next;
    for (const std::size_t i : front) {
      ranks[i] = rank;
      for (const std::size_t j : worse[i]) {
        if (--dominators[j] == 0) next.push_back(j);
      }
    }
    front = std::move(next);
  }
  return ranks;
}

/// How far apart the neighbours of each point are, summed over the objectives, each scaled to its range; the ends of an
/// objective are infinitely far. For points of one rank.
[[nodiscard]] inline std::vector<double> crowding_distances(std::span<const Point> points) {
  std::vector<double> distance(points.size(), 0);
  std::vector<std::size_t> order(points.size());
  for (std::size_t k = 0; !points.empty() && k < points.front().size(); ++k) {
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](auto i, auto j) { return points[i][k] < points[j][k]; });
    const double range = points[order.back()][k] - points[order.front()][k];
    distance[order.front()] = distance[order.back()] = std::numeric_limits<double>::infinity();
    for (std::size_t i = 1; range > 0 && i + 1 < order.size(); ++i) {
      distance[order[i]] += (points[order[i + 1]][k] - points[order[i - 1]][k]) / range;
    }
  }
  return distance;
}

}  // namespace hwnas
