// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Asha: asynchronous successive halving (Li, Jamieson, Rostamizadeh, Gonina, Hardt, Recht, Talwalkar 2020, "A System
///        for Massively Parallel Hyperparameter Tuning", Algorithm 2) over evaluators that know budgets.
///        Asha<OnImages> search{{.reduction = 4, .rungs = 3}};     // 1/16, 1/4 and all of an evaluation
///        auto a = search.ask(rng);   evaluator.evaluate(*a, {.share = search.fidelity(*a)});
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hwnas/search/concepts.hpp"
#include "hwnas/search/moves.hpp"
#include "hwnas/search/state.hpp"
#include "hwnas/space/fingerprint.hpp"

namespace hwnas {

/// Settings; the defaults are the paper's reduction factor and four fidelities. Below 2 and 1 they are taken as 2 and 1.
struct AshaOptions {
  double reduction = 4;   ///< one in so many of a rung is promoted: the paper's eta
  std::size_t rungs = 4;  ///< the first gets reduction^(1 - rungs) of an evaluation, the last all of it
};

/// Proposes the best of the highest rung that has any among its first 1/eta that were not promoted; where there is none, a
/// new draw for the first rung. A late result may therefore promote what an earlier ask could not. Never waits; finished
/// when many draws in a row were proposed before and nothing can be promoted. What failed is not promoted.
template <class Space, Moves<Space> M = Anywhere<Space>>
class Asha {
 public:
  using space = Space;
  /// A result of one fidelity.
  struct Scored {
    double score = 0;
    Architecture<Space> architecture{};
    bool promoted = false;
  };

  explicit Asha(AshaOptions options = {})
    requires std::default_initializable<M>
      : Asha{options, M{}} {}
  Asha(AshaOptions options, M moves)
      : options_{std::max(2.0, options.reduction), std::max<std::size_t>(1, options.rungs)},
        moves_{std::move(moves)},
        rungs_(options_.rungs) {}

  [[nodiscard]] std::optional<Architecture<Space>> ask(Rng& rng) {
    for (std::size_t k = rungs_.size() - 1; k-- > 0;) {
      if (Scored* best = promotable(k)) {
        best->promoted = true;
        places_[best->architecture] = {k + 1, Standing::waits};
        return best->architecture;
      }
    }
    for (int i = 0; i < attempts; ++i) {
      const auto a = moves_(rng);
      if (places_.try_emplace(a).second) return a;
    }
    return std::nullopt;
  }
  /// Of the fidelity for which it was proposed last. Of what nobody waits for, nothing is learnt.
  void tell(const Architecture<Space>& a, const Metrics& metrics) {
    const auto place = places_.find(a);
    if (place == places_.end() || place->second.standing != Standing::waits) return;
    place->second.standing = Standing::told;
    auto& rung = rungs_[place->second.rung];
    const double score = metrics.score();
    const auto at =
        std::upper_bound(rung.begin(), rung.end(), score, [](double s, const Scored& r) { return s > r.score; });
    rung.insert(at, {score, a, false});
  }
  void fail(const Architecture<Space>& a) {
    const auto place = places_.find(a);
    if (place != places_.end()) place->second.standing = Standing::failed;
  }

  /// Share of a full evaluation for which an architecture was proposed last; 1 if it never was.
  [[nodiscard]] double fidelity(const Architecture<Space>& a) const {
    const auto place = places_.find(a);
    return place == places_.end() ? 1.0 : share(place->second.rung);
  }
  [[nodiscard]] double share(std::size_t rung) const {
    return std::pow(options_.reduction, static_cast<double>(rung) - static_cast<double>(rungs_.size() - 1));
  }
  /// Results of each fidelity with their architectures, best first; equals as they came.
  [[nodiscard]] const std::vector<std::vector<Scored>>& rungs() const { return rungs_; }

  [[nodiscard]] std::string save() const {
    StateWriter out{"successive halving", fingerprint<Space>()};
    out.real(options_.reduction);
    out.number(rungs_.size());
    for (const auto& rung : rungs_) {
      out.number(rung.size());
      for (const Scored& result : rung) {
        out.real(result.score);
        out.architecture(result.architecture);
        out.number(result.promoted ? 1 : 0);
      }
    }
    out.number(places_.size());
    for (const auto& [a, place] : places_) {
      out.architecture(a);
      out.number(place.rung);
      out.number(static_cast<std::uint64_t>(place.standing));
    }
    return out.text();
  }
  /// Errors  mismatch (see StateReader): also a state of other rungs
  [[nodiscard]] Result<void> load(std::string_view text) {
    StateReader in{text, "successive halving", fingerprint<Space>()};
    Asha read{options_, moves_};
    if (in.real() != options_.reduction || in.number() != rungs_.size()) in.fail("it has other rungs");
    for (auto& rung : read.rungs_) {
      for (std::size_t n = in.count(); n > 0; --n) {
        const double score = in.real();
        const auto a = in.template architecture<Space>();
        rung.push_back({score, a, in.number() == 1});
      }
    }
    for (std::size_t n = in.count(); n > 0; --n) {
      const auto a = in.template architecture<Space>();
      const std::uint64_t rung = in.number(), standing = in.number();
      if (rung >= rungs_.size() || standing > static_cast<std::uint64_t>(Standing::failed)) in.fail("it is damaged");
      read.places_[a] = {static_cast<std::size_t>(rung), static_cast<Standing>(standing)};
    }
    if (auto ok = in.finish(); !ok) return ok;
    *this = std::move(read);
    return {};
  }

 private:
  static constexpr int attempts = 1000;
  enum class Standing : std::uint8_t { waits, told, failed };
  /// Where an architecture was proposed last.
  struct Place {
    std::size_t rung = 0;
    Standing standing = Standing::waits;
  };

  [[nodiscard]] Scored* promotable(std::size_t k) {
    auto& rung = rungs_[k];
    const auto best = static_cast<std::size_t>(static_cast<double>(rung.size()) / options_.reduction);
    for (std::size_t i = 0; i < best; ++i) {
      if (!rung[i].promoted) return &rung[i];
    }
    return nullptr;
  }

  AshaOptions options_;
  M moves_;
  std::vector<std::vector<Scored>> rungs_;
  std::unordered_map<Architecture<Space>, Place> places_;
};

}  // namespace hwnas
