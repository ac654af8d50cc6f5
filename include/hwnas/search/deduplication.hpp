// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Deduplication: middleware that lets each architecture through once.
///        Chain{Random<S>{}, Deduplication<S>{}}                                        by decisions
///        Chain{Evolution<S>{...}, Deduplication<S, SameNetwork<S>>{{.replay = true}}}  by what they compute
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hwnas/search/concepts.hpp"
#include "hwnas/search/filter.hpp"
#include "hwnas/search/state.hpp"
#include "hwnas/space/computed_graph.hpp"
#include "hwnas/space/fingerprint.hpp"

namespace hwnas {

/// Two architectures are the same when all their choices are.
template <class Space>
struct SameDecisions {
  [[nodiscard]] Architecture<Space> operator()(const Architecture<Space>& a) const { return a; }
};

/// Two architectures are the same when they compute the same: dead edges, added zeros and the order of nodes do not count.
template <class Space>
struct SameNetwork {
  [[nodiscard]] std::uint64_t operator()(const Architecture<Space>& a) const { return computed_network(a); }
};

/// Settings.
struct DeduplicationOptions {
  int patience = default_patience;  ///< repetitions in a row before a strategy counts as finished
  bool replay = false;              ///< answer repetitions with the metrics known already
};

/// Repetitions are asked for again. To a strategy they count as failed, or are told with the known metrics; one whose
/// metrics are still outstanding counts as failed. What it was told of, or told to expect, is not let through either.
template <class Space, class Key = SameDecisions<Space>>
class Deduplication {
 public:
  explicit Deduplication(DeduplicationOptions options = {}) : options_{options} {}

  [[nodiscard]] std::optional<Architecture<Space>> ask(Rng& rng, auto&& next) {
    for (int refused = 0; refused < options_.patience; ++refused) {
      const std::optional<Architecture<Space>> a = next(rng);
      if (!a) return std::nullopt;
      const auto [seen, fresh] = seen_.try_emplace(Key{}(*a), Seen{*a});
      if (fresh) return a;
      if (options_.replay && seen->second.metrics) {
        next(*a, *seen->second.metrics);
      } else {
        next.fail(*a);
      }
    }
    return std::nullopt;
  }
  void tell(const Architecture<Space>& a, const Metrics& metrics, auto&& next) {
    Seen& seen = seen_.try_emplace(Key{}(a), Seen{a}).first->second;
    if (options_.replay) seen.metrics = metrics;
    next(a, metrics);
  }

  void expect(const Architecture<Space>& a) { seen_.try_emplace(Key{}(a), Seen{a}); }

  [[nodiscard]] std::string save() const {
    StateWriter out{"deduplication", fingerprint<Space>()};
    out.number(seen_.size());
    for (const auto& [key, seen] : seen_) {
      out.architecture(seen.first);
      out.number(seen.metrics ? 1 : 0);
      if (seen.metrics) out.metrics(*seen.metrics);
    }
    return out.text();
  }
  /// Errors  mismatch (see StateReader)
  [[nodiscard]] Result<void> load(std::string_view text) {
    StateReader in{text, "deduplication", fingerprint<Space>()};
    Deduplication read{options_};
    for (std::size_t n = in.count(); n > 0; --n) {
      Seen seen{in.template architecture<Space>()};
      if (in.number() == 1) seen.metrics = in.metrics();
      read.seen_.insert_or_assign(Key{}(seen.first), std::move(seen));
    }
    if (auto ok = in.finish(); !ok) return ok;
    *this = std::move(read);
    return {};
  }

 private:
  struct Seen {
    Architecture<Space> first{};
    std::optional<Metrics> metrics{};
  };
  using Value = decltype(Key{}(std::declval<const Architecture<Space>&>()));

  DeduplicationOptions options_;
  std::unordered_map<Value, Seen> seen_;
};

}  // namespace hwnas
