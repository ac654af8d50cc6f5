// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Nsga2: evolution towards the Pareto front of several objectives.
///        Nsga2<OnImages> search{{.objectives = {{"accuracy", Goal::maximise}, {"latency", Goal::minimise}}}};
///        Deb, Pratap, Agarwal, Meyarivan 2002, "A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II".
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "hwnas/search/concepts.hpp"
#include "hwnas/search/moves.hpp"
#include "hwnas/search/nondominated.hpp"
#include "hwnas/search/state.hpp"
#include "hwnas/space/fingerprint.hpp"

namespace hwnas {

enum class Goal { maximise, minimise };

/// A metric that is to be as large, or as small, as possible. Missing or no number: the worst there is.
struct Objective {
  std::string metric;
  Goal goal = Goal::maximise;
};

/// Settings; the paper's population and crossover probability. A child is mutated in one decision.
struct Nsga2Options {
  std::vector<Objective> objectives{{"accuracy", Goal::maximise}};
  std::size_t population = 100;
  double crossover = 0.9;
};

/// Parents win binary tournaments by rank, then by crowding distance. When as many children are told as there are
/// parents, the best of both survive. Never waits: until a first generation is told, proposals are draws. Never finished;
/// may propose an architecture again.
template <class Space, Moves<Space> M = Anywhere<Space>>
class Nsga2 {
 public:
  using space = Space;
  struct Member {
    Architecture<Space> architecture{};
    Point point{};  ///< one number an objective, lower is better
  };

  explicit Nsga2(Nsga2Options options = {})
    requires std::default_initializable<M>
      : Nsga2{options, M{}} {}
  Nsga2(Nsga2Options options, M moves) : options_{std::move(options)}, moves_{std::move(moves)} {}

  [[nodiscard]] std::optional<Architecture<Space>> ask(Rng& rng) {
    if (parents_.empty()) return moves_(rng);
    const auto& mother = tournament(rng);
    const bool crosses = rng.uniform() < options_.crossover;
    const auto child = crosses ? crossed(moves_, mother, tournament(rng), rng) : mother;
    return mutated(moves_, child, rng);
  }
  void tell(const Architecture<Space>& a, const Metrics& metrics) {
    Point point;
    for (const Objective& objective : options_.objectives) {
      const double value = metrics.find(objective.metric).value_or(std::numeric_limits<double>::quiet_NaN());
      // Finite, because distances between infinite points are no numbers.
      point.push_back(!std::isfinite(value) ? worst : objective.goal == Goal::maximise ? -value : value);
    }
    children_.push_back({a, std::move(point)});
    if (children_.size() >= options_.population) select();
  }

  /// What no other parent or child dominates; equal points are all there.
  [[nodiscard]] std::vector<Member> front() const {
    std::vector<Member> all = parents_, result;
    all.insert(all.end(), children_.begin(), children_.end());
    const auto ranks = nondominated_ranks(points_of(all));
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (ranks[i] == 0) result.push_back(all[i]);
    }
    return result;
  }

  [[nodiscard]] std::string save() const {
    StateWriter out{"NSGA-II", fingerprint<Space>()};
    out.number(options_.objectives.size());
    for (const auto* members : {&parents_, &children_}) {
      out.number(members->size());
      for (const Member& member : *members) {
        out.architecture(member.architecture);
        for (const double x : member.point) out.real(x);
      }
    }
    return out.text();
  }
  /// Errors  mismatch (see StateReader): also a state of another number of objectives
  [[nodiscard]] Result<void> load(std::string_view text) {
    StateReader in{text, "NSGA-II", fingerprint<Space>()};
    Nsga2 read{options_, moves_};
    if (in.number() != options_.objectives.size()) in.fail("it has other objectives");
    for (auto* members : {&read.parents_, &read.children_}) {
      members->resize(in.count());
      for (Member& member : *members) {
        member.architecture = in.architecture<Space>();
        for (std::size_t k = 0; k < options_.objectives.size(); ++k) member.point.push_back(in.real());
      }
    }
    if (auto ok = in.finish(); !ok) return ok;
    read.rank_parents();
    *this = std::move(read);
    return {};
  }

 private:
  static constexpr double worst = 1e300;

  [[nodiscard]] static std::vector<Point> points_of(const std::vector<Member>& members) {
    std::vector<Point> points;
    for (const Member& member : members) points.push_back(member.point);
    return points;
  }
  // Ranks, and distances within each rank.
  static std::pair<std::vector<std::size_t>, std::vector<double>> standing(const std::vector<Member>& members) {
    const auto points = points_of(members);
    auto ranks = nondominated_ranks(points);
    std::vector<double> distances(members.size(), 0);
    const std::size_t last = members.empty() ? 0 : *std::max_element(ranks.begin(), ranks.end());
    for (std::size_t rank = 0; rank <= last; ++rank) {
      std::vector<std::size_t> which;
      std::vector<Point> of_rank;
      for (std::size_t i = 0; i < members.size(); ++i) {
        if (ranks[i] == rank) which.push_back(i), of_rank.push_back(points[i]);
      }
      const auto apart = crowding_distances(of_rank);
      for (std::size_t i = 0; i < which.size(); ++i) distances[which[i]] = apart[i];
    }
    return {std::move(ranks), std::move(distances)};
  }
  void rank_parents() { std::tie(ranks_, distances_) = standing(parents_); }

  void select() {
    parents_.insert(parents_.end(), children_.begin(), children_.end());
    children_.clear();
    rank_parents();
    std::vector<std::size_t> order(parents_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [this](auto i, auto j) { return better(i, j); });
    order.resize(std::min(order.size(), options_.population));
    std::vector<Member> kept;
    for (const std::size_t i : order) kept.push_back(std::move(parents_[i]));
    parents_ = std::move(kept);
    rank_parents();
  }
  // The paper's crowded-comparison operator.
  [[nodiscard]] bool better(std::size_t i, std::size_t j) const {
    return ranks_[i] != ranks_[j] ? ranks_[i] < ranks_[j] : distances_[i] > distances_[j];
  }
  [[nodiscard]] const Architecture<Space>& tournament(Rng& rng) const {
    const auto i = static_cast<std::size_t>(rng.below(parents_.size()));
    const auto j = static_cast<std::size_t>(rng.below(parents_.size()));
    return parents_[better(j, i) ? j : i].architecture;
  }

  Nsga2Options options_;
  M moves_;
  std::vector<Member> parents_;
  std::vector<Member> children_;  // told since the last selection
  std::vector<std::size_t> ranks_;
  std::vector<double> distances_;
};

}  // namespace hwnas
