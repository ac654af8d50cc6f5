// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Conditioned<Space>: probabilities of candidates, conditioned on budgets. Exact draws, log-probabilities with
///        their gradients, and the most probable architecture inside.
///        auto inside = Conditioned<S>::make(HardConstraint{flops, 300_MFLOPs}).value();
///        inside.set(p);  auto a = inside.draw(rng);  inside.log_probability(a);  inside.most_probable();
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include "hwnas/core/result.hpp"
#include "hwnas/core/rng.hpp"
#include "hwnas/profile/constraints.hpp"
#include "hwnas/profile/feasible_paths.hpp"
#include "hwnas/profile/feasible_set.hpp"
#include "hwnas/profile/path_weights.hpp"
#include "hwnas/profile/probabilities.hpp"
#include "hwnas/profile/softmax.hpp"
#include "hwnas/space/compiled.hpp"

namespace hwnas {

/// Natural logarithm of a probability, bounded; equal ends where it is exact.
struct LogBounds {
  double lower = 0;
  double upper = 0;
  [[nodiscard]] bool is_exact() const { return lower == upper; }
};

/// The distribution over paths p(a) = product of the probabilities of what a chooses, given that a meets the budgets.
/// Draws are exact at any budget: the dynamic program leaves only a few on the border, each of which is drawn at most
/// once and then left out (so that drawing from one object is not for several threads). Sums are
/// exact where the costs' grid fits the memory or where few architectures may lie inside (they are listed then);
/// otherwise they take in the border, and is_exact() is false.
///   Formula  log p(a | inside) = log p(a) - log Z,  Z = sum of p over the architectures inside
///            d log p(a | inside) / d logit(d, v) = [a_d = v] - p(d, v)  where a meets d,  less  M(d, v) - p(d, v) M(d),
///            M(d, v): probability, inside, that d is met and v taken; M(d): that d is met
template <class Space> class Conditioned {
 public:
  /// On nothing.
  Conditioned() { set(Probabilities<Space>::uniform()); }

  /// On all of some constraints. Starts with uniform probabilities.
  ///   Errors  infeasible, as uniform_within
  template <Constraint... C>
    requires(sizeof...(C) > 0)
  [[nodiscard]] static Result<Conditioned> make(const C&... constraints) {
    return make(DrawOptions{}, constraints...);
  }
  template <Constraint... C>
    requires(sizeof...(C) > 0)
  [[nodiscard]] static Result<Conditioned> make(const DrawOptions& options, const C&... constraints) {
    auto draw = uniform_within(options, constraints.within()...);
    if (!draw) return draw.error();
    return Conditioned{draw->shared_set()};
  }

  /// Other probabilities.
  ///   Complexity  states x cells x candidates; where architectures are listed, their number x decisions
  ///   Errors      throws infeasible where everything inside has become too improbable to be told from 0
  void set(const Probabilities<Space>& p) {
    p_ = p;
    certain_.reset();
    members_.clear();
    if (listed()) {
      weigh_members();
    } else {
      weights_.fill(at());
      for (Outside& known : outside_) weigh(known);
    }
    if (!(total() > 0)) throw nothing_left();
  }
  [[nodiscard]] const Probabilities<Space>& probabilities() const { return p_; }
  /// Whether there are constraints at all.
  [[nodiscard]] bool is_constrained() const { return set_ != nullptr; }

  /// A draw from exactly the conditioned distribution.
  [[nodiscard]] Architecture<Space> draw(Rng& rng) const {
    if (listed()) {
      const long double rank = static_cast<long double>(rng.uniform()) * total();
      const auto found = std::upper_bound(members_.begin(), members_.end(), rank);
      return all()[static_cast<std::size_t>(std::min(found, members_.end() - 1) - members_.begin())];
    }
    Architecture<Space> result;
    while (!walk(rng, result)) {
    }
    return result;
  }

  /// What draws have found on the border, outside, in order: beside the probabilities and the random numbers all that further
  /// draws depend on.
  [[nodiscard]] std::vector<Architecture<Space>> known_outside() const {
    std::vector<Architecture<Space>> all;
    for (const Outside& known : outside_) all.push_back(Architecture<Space>::from_canonical(known.values));
    return all;
  }
  /// Takes it back, from another object of the same constraints.
  void set_known_outside(const std::vector<Architecture<Space>>& all) {
    outside_.clear();
    for (const Architecture<Space>& a : all) {
      Values values{};
      for (std::size_t d = 0; d < values.size(); ++d) values[d] = static_cast<std::uint8_t>(a[d]);
      weigh(outside_.emplace_back(Outside{values}));
    }
  }

  [[nodiscard]] bool is_exact() const { return set_ == nullptr || listed() || set_->exact(); }
  /// log Z.
  [[nodiscard]] LogBounds log_total() const {
    const auto upper = static_cast<double>(std::log(total()));
    if (is_exact()) return {upper, upper};
    if (!certain_) {
      certain_ = std::make_shared<PathWeights>(shape(), set_->grids());
      certain_->fill(at(), PathWeights::Ends::certain);
    }
    return {static_cast<double>(std::log(certain_->total())), upper};
  }
  /// log p(a | inside); -infinity for an architecture outside. Where it is not exact, the smaller bound.
  [[nodiscard]] double log_probability(const Architecture<Space>& a) const {
    return contains(a) ? log_unconditioned(a) - log_total().upper : -std::numeric_limits<double>::infinity();
  }
  /// Its gradient by the logits.
  [[nodiscard]] Probabilities<Space> score(const Architecture<Space>& a) const {
    Probabilities<Space> gradient = log_total_gradient();
    for (std::size_t d = 0; d < decision_total<Space>; ++d) {
      for (double& x : gradient[d]) x = -x;
    }
    for_each_active_choice(a, [&](std::size_t d, int chosen) {
      for (std::size_t v = 0; v < p_[d].size(); ++v) gradient[d][v] -= p_[d][v];
      gradient[d][static_cast<std::size_t>(chosen)] += 1;
    });
    return gradient;
  }
  /// d log Z / d logit; zero without constraints.
  [[nodiscard]] Probabilities<Space> log_total_gradient() const {
    if (set_ == nullptr) return {};
    Probabilities<Space> gradient = met();
    for (std::size_t d = 0; d < decision_total<Space>; ++d) {
      double any = 0;
      for (const double x : gradient[d]) any += x;
      for (std::size_t v = 0; v < p_[d].size(); ++v) gradient[d][v] -= any * p_[d][v];
    }
    return gradient;
  }
  /// How likely an architecture inside meets a decision and takes this candidate.
  [[nodiscard]] Probabilities<Space> met() const {
    Probabilities<Space> result;
    const auto add = [&](std::size_t d, int v, double probability) {
      result[d][static_cast<std::size_t>(v)] += probability;
    };
    if (!listed()) {
      weights_.for_each_edge(at(), [&](int d, int v, double x) { add(static_cast<std::size_t>(d), v, x); });
      return result;
    }
    for (std::size_t i = 0; i < members_.size(); ++i) {
      const long double share = (members_[i] - (i == 0 ? 0 : members_[i - 1])) / total();
      for_each_active_choice(all()[i], [&](std::size_t d, int v) { add(d, v, static_cast<double>(share)); });
    }
    return result;
  }

  /// The paths inside, for distributions that are no product of the decisions' probabilities. Copies share it.
  [[nodiscard]] const FeasiblePaths<Space>& paths() const {
    if (paths_ == nullptr) paths_ = std::make_shared<const FeasiblePaths<Space>>(set_);
    return *paths_;
  }

  [[nodiscard]] bool contains(const Architecture<Space>& a) const {
    if (set_ == nullptr) return true;
    for (const Window& window : set_->windows()) {
      if (!window.contains(cost_of(window.view(), a))) return false;
    }
    return true;
  }

  /// The most probable architecture inside, exactly; the first in order among equals.
  ///   Complexity  best-first search, whose bound knows the budgets up to the grid's rounding
  [[nodiscard]] Architecture<Space> most_probable() const;

 private:
  using Values = typename Architecture<Space>::values_type;
  static constexpr double least_probability = 1e-300;  // has a logarithm
  static constexpr long double rounding = 1e-15L;
  static constexpr std::size_t most_outside = 1024;

  explicit Conditioned(std::shared_ptr<const FeasibleSet<Space>> inside)
      : set_{std::move(inside)}, weights_{shape(), set_->grids()} {
    set(Probabilities<Space>::uniform());
  }
  // The budgets' trellis, which may have more states than the space's own.
  [[nodiscard]] TrellisShape shape() const {
    if (set_ == nullptr) return Compiled<Space>::shape();
    return set_->windows().front().view();
  }
  static const std::vector<Grid>& no_grids() {
    static const std::vector<Grid> none;
    return none;
  }

  [[nodiscard]] auto at() const {
    return [this](int d, int v) { return p_[static_cast<std::size_t>(d)][static_cast<std::size_t>(v)]; };
  }
  [[nodiscard]] std::span<const Architecture<Space>> all() const {
    return set_ == nullptr ? std::span<const Architecture<Space>>{} : set_->members();
  }
  [[nodiscard]] bool listed() const { return !all().empty(); }
  [[nodiscard]] long double total() const { return listed() ? members_.back() : weights_.total(); }

  void weigh_members() {
    long double sum = 0;
    members_.reserve(all().size());
    for (const Architecture<Space>& a : all()) {
      long double probability = 1;
      for_each_active_choice(a, [&](std::size_t d, int v) { probability *= p_[d][static_cast<std::size_t>(v)]; });
      members_.push_back(sum += probability);
    }
  }
  [[nodiscard]] double log_unconditioned(const Architecture<Space>& a) const {
    double sum = 0;
    for_each_active_choice(a, [&](std::size_t d, int v) { sum += std::log(p_[d][static_cast<std::size_t>(v)]); });
    return sum;
  }
  [[nodiscard]] static std::int64_t cost_of(const TrellisView& view, const Architecture<Space>& a) {
    std::int64_t cost = view.base();
    for (int s = view.start(); s != TrellisData::end;) {
      const TrellisState& state = view.states[static_cast<std::size_t>(s)];
      const int v = a[static_cast<std::size_t>(state.decision)];
      cost = view.combine(cost, view.cost(state, v));
      s = view.target(state, v);
    }
    return cost;
  }

  // A path that rounding took for inside, with how likely a path that meets a decision goes on as this one does.
  struct Outside {
    Values values{};
    std::array<long double, decision_total<Space>> from{};
  };
  void weigh(Outside& known) const { weigh_from(shape().start(), known); }
  long double weigh_from(int s, Outside& known) const {
    if (s == TrellisData::end) return 1;
    const TrellisState& state = shape().states[static_cast<std::size_t>(s)];
    const auto d = static_cast<std::size_t>(state.decision);
    const auto edge = static_cast<std::size_t>(state.first_edge + known.values[d]);
    return known.from[d] = at()(state.decision, known.values[d]) * weigh_from(shape().edges[edge].target, known);
  }

  // For each candidate of a state: how likely it is taken and leads inside, without those known to end outside.
  [[nodiscard]] std::vector<long double> ways(int s, std::int64_t cell,
                                              const std::vector<const Outside*>& outside) const {
    const TrellisState& state = shape().states[static_cast<std::size_t>(s)];
    std::vector<long double> through;
    for (int v = 0; v < state.count; ++v) {
      through.push_back(at()(state.decision, v) *
                        weights_.behind(static_cast<std::size_t>(state.first_edge + v), cell));
    }
    const std::vector<long double> before = through;
    const auto d = static_cast<std::size_t>(state.decision);
    for (const Outside* known : outside) through[known->values[d]] -= known->from[d];
    for (std::size_t v = 0; v < through.size(); ++v) {
      if (through[v] < rounding * before[v]) through[v] = 0;  // what differences of equals leave
    }
    return through;
  }

  // One path. False where it ended on the border, outside; that path is not taken again.
  bool walk(Rng& rng, Architecture<Space>& out) const {
    const TrellisShape trellis = shape();
    Values values{};
    std::vector<const Outside*> outside;
    for (const Outside& known : outside_) outside.push_back(&known);
    std::int64_t cell = weights_.at_start();
    for (int s = trellis.start(); s != TrellisData::end;) {
      const TrellisState& state = trellis.states[static_cast<std::size_t>(s)];
      const auto decision = static_cast<std::size_t>(state.decision);
      const auto through = ways(s, cell, outside);
      const int chosen = draw_among(through, rng);
      const auto e = static_cast<std::size_t>(state.first_edge + chosen);
      values[decision] = static_cast<std::uint8_t>(chosen);
      std::erase_if(outside, [&](const Outside* known) { return known->values[decision] != chosen; });
      cell = weights_.after(cell, e);
      s = trellis.edges[e].target;
    }
    out = Architecture<Space>::from_canonical(values);
    if (contains(out)) return true;
    if (outside_.size() < most_outside) weigh(outside_.emplace_back(Outside{values}));
    return false;
  }
  static int draw_among(const std::vector<long double>& weights, Rng& rng) {
    long double sum = 0;
    for (const long double weight : weights) sum += weight;
    if (!(sum > 0)) throw nothing_left();
    return draw_index(std::span<const long double>{weights}, rng);
  }
  static Error nothing_left() {
    return {Error::Code::infeasible, "hwnas: architectures inside the budgets must have probabilities above 0; the "
                                     "probabilities leave nothing inside"};
  }

  std::shared_ptr<const FeasibleSet<Space>> set_;
  PathWeights weights_{Compiled<Space>::shape(), no_grids()};
  Probabilities<Space> p_{};
  std::vector<long double> members_;  // cumulated probabilities of what is listed
  mutable std::shared_ptr<PathWeights> certain_;
  mutable std::shared_ptr<const FeasiblePaths<Space>> paths_;
  mutable std::vector<Outside> outside_;  // a search may come to prefer one of them to all that are inside
};

template <class Space> Architecture<Space> Conditioned<Space>::most_probable() const {
  struct Partial {
    double bound;    // log-probability that no completion inside exceeds
    double so_far;
    int state;
    std::int64_t cell;
    Values values;
  };
  const TrellisShape trellis = shape();
  const auto log_of = [&](int d, int v) { return std::log(std::max(at()(d, v), least_probability)); };
  PathWeights best{trellis, set_ == nullptr ? no_grids() : set_->grids()};
  best.fill_largest([&](int d, int v) { return std::max(at()(d, v), least_probability); });
  const auto later = [](const Partial& a, const Partial& b) {
    return a.bound != b.bound ? a.bound < b.bound : a.values > b.values;
  };
  std::vector<Partial> open{{static_cast<double>(std::log(best.total())), 0, trellis.start(), best.at_start(), {}}};
  while (!open.empty()) {
    std::pop_heap(open.begin(), open.end(), later);
    const Partial partial = open.back();
    open.pop_back();
    if (partial.state == TrellisData::end) {
      const auto a = Architecture<Space>::from_canonical(partial.values);
      if (contains(a)) return a;
      continue;
    }
    const TrellisState& state = trellis.states[static_cast<std::size_t>(partial.state)];
    for (int v = 0; v < state.count; ++v) {
      const auto e = static_cast<std::size_t>(state.first_edge + v);
      const long double rest = best.behind(e, partial.cell);
      if (!(rest > 0)) continue;
      Partial next = partial;
      next.so_far += log_of(state.decision, v);
      next.bound = next.so_far + static_cast<double>(std::log(rest));
      next.state = trellis.edges[e].target;
      next.cell = best.after(partial.cell, e);
      next.values[static_cast<std::size_t>(state.decision)] = static_cast<std::uint8_t>(v);
      open.push_back(next);
      std::push_heap(open.begin(), open.end(), later);
    }
  }
  throw Error{Error::Code::infeasible,
              "hwnas: the most probable architecture inside the budgets cannot be found; widen them"};
}

}  // namespace hwnas
