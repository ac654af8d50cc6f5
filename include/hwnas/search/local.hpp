// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  LocalSearch: climbs from the best of some draws over one-decision changes, and begins again at every summit.
///        LocalSearch<OnImages> search;   LocalSearch<OnImages, decltype(inside)> search{inside};
///        White, Nolen, Savani 2021, "Exploring the Loss Landscape in Neural Architecture Search".
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "hwnas/search/concepts.hpp"
#include "hwnas/search/moves.hpp"
#include "hwnas/search/state.hpp"
#include "hwnas/space/fingerprint.hpp"

namespace hwnas {

/// Settings.
struct LocalSearchOptions {
  /// Draws before each climb, which begins at the best of them: ten, as in the authors' program. A single one is often a
  /// network without a live path, whose neighbours have none either.
  std::size_t initial = 10;
};

/// Proposes the neighbours of the best architecture of the current climb, in random order, and moves as soon as one is
/// better. Proposes nothing twice and never waits: neighbours whose results are late may still move it. Finished when
/// many draws in a row were proposed before.
template <class Space, Moves<Space> M = Anywhere<Space>>
class LocalSearch {
 public:
  using space = Space;

  explicit LocalSearch(LocalSearchOptions options = {})
    requires std::default_initializable<M>
      : LocalSearch{options, M{}} {}
  explicit LocalSearch(M moves) : LocalSearch{{}, std::move(moves)} {}
  LocalSearch(LocalSearchOptions options, M moves) : options_{options}, moves_{std::move(moves)} {}

  [[nodiscard]] std::optional<Architecture<Space>> ask(Rng& rng) {
    while (centre_ && drawn_ >= options_.initial) {
      if (!listed_) list(rng);
      if (!open_.empty()) {
        const auto next = open_.back();
        open_.pop_back();
        if (!seen_.insert(next).second) continue;  // expected since it was listed
        return next;
      }
      if (listed_) {  // a summit
        centre_.reset();
        drawn_ = 0;
      }
    }
    for (int i = 0; i < attempts; ++i) {
      const auto a = moves_(rng);
      if (!seen_.insert(a).second) continue;
      ++drawn_;
      return a;
    }
    return std::nullopt;
  }

  void tell(const Architecture<Space>& a, const Metrics& metrics) {
    const double score = metrics.score();
    scores_.insert_or_assign(a, score);
    if (!centre_ || score > centre_->second) move_to(a, score);
  }

  /// It is not proposed any more.
  void expect(const Architecture<Space>& a) { seen_.insert(a); }

  [[nodiscard]] std::string save() const {
    StateWriter out{"local search", fingerprint<Space>()};
    out.number(centre_ ? 1 : 0);
    out.architecture(centre_ ? centre_->first : Architecture<Space>{});
    out.real(centre_ ? centre_->second : 0);
    out.number(drawn_);
    out.number(listed_ ? 1 : 0);
    out.number(open_.size());
    for (const auto& a : open_) out.architecture(a);
    out.number(seen_.size());
    for (const auto& a : seen_) out.architecture(a);
    out.number(scores_.size());
    for (const auto& [a, score] : scores_) {
      out.architecture(a);
      out.real(score);
    }
    return out.text();
  }
  /// Errors  mismatch (see StateReader)
  [[nodiscard]] Result<void> load(std::string_view text) {
    StateReader in{text, "local search", fingerprint<Space>()};
    LocalSearch read{options_, moves_};
    const bool climbs = in.number() == 1;
    const auto centre = in.architecture<Space>();
    const double score = in.real();
    if (climbs) read.centre_.emplace(centre, score);
    read.drawn_ = static_cast<std::size_t>(in.number());
    read.listed_ = in.number() == 1;
    for (std::size_t n = in.count(); n > 0; --n) read.open_.push_back(in.architecture<Space>());
    for (std::size_t n = in.count(); n > 0; --n) read.seen_.insert(in.architecture<Space>());
    for (std::size_t n = in.count(); n > 0; --n) {
      const auto a = in.architecture<Space>();
      read.scores_[a] = in.real();
    }
    if (auto ok = in.finish(); !ok) return ok;
    *this = std::move(read);
    return {};
  }

 private:
  static constexpr int attempts = 1000;

  void move_to(const Architecture<Space>& a, double score) {
    centre_.emplace(a, score);
    open_.clear();
    listed_ = false;
  }
  // Neighbours that were proposed before are not proposed again; where one is known to be better, the climb goes there.
  void list(Rng& rng) {
    const auto all = neighbours(moves_, centre_->first, rng);
    auto best = *centre_;
    for (const auto& a : all) {
      const auto known = scores_.find(a);
      if (known != scores_.end() && known->second > best.second) best = {a, known->second};
    }
    if (best.second > centre_->second) return move_to(best.first, best.second);
    listed_ = true;
    for (const auto& a : all) {
      if (seen_.contains(a)) continue;
      open_.push_back(a);
      std::swap(open_.back(), open_[static_cast<std::size_t>(rng.below(open_.size()))]);
    }
  }

  LocalSearchOptions options_;
  M moves_;
  std::size_t drawn_ = 0;  // for this climb
  std::optional<std::pair<Architecture<Space>, double>> centre_;
  std::vector<Architecture<Space>> open_;  // the centre's neighbours that are still to be proposed
  bool listed_ = false;                    // open_ is that of the centre
  std::unordered_set<Architecture<Space>> seen_;
  std::unordered_map<Architecture<Space>, double> scores_;
};

}  // namespace hwnas
