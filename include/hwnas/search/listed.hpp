// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Listed: moves among architectures that are listed one by one: a table's, or what meets a budget on a table of
///        whole networks, whose latencies are no sum.
///        Listed<S> inside{rows};   Tpe<S, Listed<S>> search{{}, inside};   ListedSearch<S> all{rows};
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hwnas/core/result.hpp"
#include "hwnas/search/concepts.hpp"
#include "hwnas/search/moves.hpp"
#include "hwnas/search/state.hpp"
#include "hwnas/space/fingerprint.hpp"

namespace hwnas {

/// A set of architectures, as Moves: draws are uniform. Copies share the list.
///   Errors  the constructor throws infeasible for an empty list
template <class Space>
class Listed {
 public:
  using space = Space;

  explicit Listed(std::vector<Architecture<Space>> all) {
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    if (all.empty()) throw Error{Error::Code::infeasible, "there is no architecture to choose from"};
    all_ = std::make_shared<const std::vector<Architecture<Space>>>(std::move(all));
  }

  [[nodiscard]] Architecture<Space> operator()(Rng& rng) const {
    return (*all_)[static_cast<std::size_t>(rng.below(all_->size()))];
  }
  [[nodiscard]] bool contains(const Architecture<Space>& a) const {
    return std::binary_search(all_->begin(), all_->end(), a);
  }
  /// How many of them have these indices in their first decisions (0 where inactive): for strategies that decide one
  /// decision after another.
  [[nodiscard]] std::size_t count_beginning(std::span<const std::uint8_t> first) const {
    const auto begin_of = [&](const Architecture<Space>& a) { return std::span{a.values()}.first(first.size()); };
    const auto before = [](auto x, auto y) { return std::ranges::lexicographical_compare(x, y); };
    const auto from = std::ranges::lower_bound(*all_, first, before, begin_of);
    const auto to = std::ranges::upper_bound(*all_, first, before, begin_of);
    return static_cast<std::size_t>(to - from);
  }
  /// In lexicographic order, each once.
  [[nodiscard]] const std::vector<Architecture<Space>>& all() const { return *all_; }

 private:
  std::shared_ptr<const std::vector<Architecture<Space>>> all_;
};

/// GridSearch over a list: each once, in lexicographic order.
template <class Space>
class ListedSearch {
 public:
  using space = Space;

  explicit ListedSearch(Listed<Space> list) : list_{std::move(list)} {}

  [[nodiscard]] std::optional<Architecture<Space>> ask(Rng&) {
    return proposed_ < list_.all().size() ? std::optional{list_.all()[proposed_++]} : std::nullopt;
  }
  void tell(const Architecture<Space>&, const Metrics&) {}

  [[nodiscard]] std::string save() const {
    StateWriter out{"listed search", fingerprint<Space>()};
    out.number(list_.all().size());
    out.number(proposed_);
    return out.text();
  }
  /// Errors  mismatch (see StateReader): also a state of a list of another length
  [[nodiscard]] Result<void> load(std::string_view text) {
    StateReader in{text, "listed search", fingerprint<Space>()};
    if (in.number() != list_.all().size()) in.fail("it has another list");
    const std::uint64_t proposed = in.number();
    if (proposed > list_.all().size()) in.fail("it is damaged");
    if (auto ok = in.finish(); !ok) return ok;
    proposed_ = static_cast<std::size_t>(proposed);
    return {};
  }

 private:
  Listed<Space> list_;
  std::size_t proposed_ = 0;
};

}  // namespace hwnas
