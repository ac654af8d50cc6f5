// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  SearchLog: the candidates a search has judged, kept on disk so that a killed search goes on.
///        SearchLog<S> log{{.path = "search.ckpt", .identity = "..."}};  log.load().value();
///        auto choice = log.run(evolution, rng, judge);      // replays what is there, then goes on
#pragma once

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "hwnas/oneshot/concepts.hpp"
#include "hwnas/train/state_record.hpp"

namespace hwnas {

/// Where a search's candidates are kept. Without a path nothing is written.
struct SearchLogOptions {
  std::filesystem::path path{};
  std::string identity{};         ///< space, weights and settings in words; another identity is refused
  std::function<bool()> stop{};   ///< asked after each candidate
};

/// The candidates of one search. A strategy that asks and tells is deterministic given its Rng and the results, so
/// that replaying the results brings back its state, whatever it consists of.
template <class Space> class SearchLog {
 public:
  using Seen = std::function<void(const Candidate<Space>&, bool replayed)>;

  explicit SearchLog(SearchLogOptions options) : options_{std::move(options)} {}

  /// Reads what an earlier run has judged.
  ///   Errors   not_found, io, bad_format for the file; mismatch where it belongs to another search
  [[nodiscard]] Result<void> load() {
    auto state = load_state(options_.path);
    if (!state) return state.error();
    auto identity = state->template get<std::string>("identity");
    if (!identity) return identity.error();
    if (*identity != options_.identity) {
      return Error{Error::Code::mismatch, fmt::format("{}: the search belongs to '{}', and this run is '{}'",
                                                      state->source(), *identity, options_.identity)};
    }
    return read(*state);
  }

  /// Runs a strategy to its end. `seen` is told each candidate.
  ///   Errors   interrupted when stopped; those of the judge and the disk; mismatch where the log does not fit the strategy
  template <class Strategy>
  [[nodiscard]] Result<Choice<Space>> run(Strategy& strategy, Rng& rng, const Judge<Space>& judge, const Seen& seen) {
    std::vector<Candidate<Space>> earlier = std::exchange(candidates_, {});
    while (const auto a = strategy.ask(rng)) {
      const bool replayed = candidates_.size() < earlier.size();
      Metrics metrics;
      if (replayed) {
        const Candidate<Space>& known = earlier[candidates_.size()];
        if (known.architecture != *a) return differs();
        metrics = known.metrics;
      } else {
        if (options_.stop && options_.stop()) return stopped();
        auto judged = judge(*a);
        if (!judged) return judged.error().code == Error::Code::interrupted ? stopped() : judged.error();
        metrics = std::move(*judged);
      }
      strategy.tell(*a, metrics);
      candidates_.push_back({*a, std::move(metrics), strategy.generation()});
      if (seen) seen(candidates_.back(), replayed);
      if (!replayed) {
        if (auto done = save(); !done) return done.error();
      }
    }
    return best();
  }

 private:
  static constexpr std::size_t decided = std::tuple_size_v<typename Architecture<Space>::values_type>;

  [[nodiscard]] Result<Choice<Space>> best() const {
    if (candidates_.empty()) return Error{Error::Code::infeasible, "the search found no candidate"};
    const auto better = [](const auto& a, const auto& b) { return a.score() < b.score(); };
    return Choice<Space>{*std::max_element(candidates_.begin(), candidates_.end(), better), candidates_};
  }
  [[nodiscard]] Error stopped() const {
    return Error{Error::Code::interrupted,
                 fmt::format("the search was stopped after {} candidates; {}", candidates_.size(),
                             options_.path.empty() ? std::string{"no checkpoint was asked for"}
                                                   : "its state is in " + options_.path.string())};
  }
  [[nodiscard]] Error differs() const {
    return Error{Error::Code::mismatch, fmt::format("{}: its candidates are not those of this search; the checkpoint "
                                                    "is of another version", options_.path.string())};
  }

  /// Rows of doubles, a column a metric, beside the architectures' bytes.
  [[nodiscard]] Result<void> save() const {
    if (options_.path.empty()) return {};
    std::string values, numbers;
    std::vector<std::string> names;
    for (const auto& [name, value] : candidates_.front().metrics.values) names.push_back(name);
    for (const auto& c : candidates_) {
      values.append(reinterpret_cast<const char*>(c.architecture.values().data()), decided);
      for (const std::string& name : names) {
        const double value = c.metrics.find(name).value_or(0);
        numbers.append(reinterpret_cast<const char*>(&value), sizeof value);
      }
    }
    StateRecord state;
    state.put("identity", options_.identity);
    state.put("objective", candidates_.front().metrics.objective);
    state.put("names", fmt::format("{}", fmt::join(names, "\n")));
    state.put("architectures", StateArray{.sizes = {size(), static_cast<std::int64_t>(decided)}, .bytes = values});
    state.put("metrics", StateArray{.sizes = {size(), static_cast<std::int64_t>(names.size())}, .bytes = numbers});
    return save_state(state, options_.path);
  }

  [[nodiscard]] Result<void> read(const StateRecord& state) {
    const auto architectures = state.get<StateArray>("architectures"), metrics = state.get<StateArray>("metrics");
    const auto names = state.get<std::string>("names"), objective = state.get<std::string>("objective");
    for (const auto* part : {&architectures, &metrics}) {
      if (!*part) return part->error();
    }
    if (!names || !objective) return (names ? objective : names).error();
    std::vector<std::string> columns(1);
    for (const char c : *names) {
      if (c == '\n') {
        columns.emplace_back();
      } else {
        columns.back() += c;
      }
    }
    const std::size_t rows = architectures->bytes.size() / decided;
    if (rows * decided != architectures->bytes.size() ||
        rows * columns.size() * sizeof(double) != metrics->bytes.size()) {
      return Error{Error::Code::mismatch, fmt::format("{}: its candidates are of another space", state.source())};
    }
    for (std::size_t row = 0; row < rows; ++row) {
      typename Architecture<Space>::values_type values{};
      std::memcpy(values.data(), architectures->bytes.data() + row * decided, decided);
      Metrics one{.values = {}, .objective = *objective};
      for (std::size_t k = 0; k < columns.size(); ++k) {
        std::memcpy(&one.values[columns[k]], metrics->bytes.data() + (row * columns.size() + k) * sizeof(double),
                    sizeof(double));
      }
      candidates_.push_back({Architecture<Space>::from_canonical(values), std::move(one), 0});
    }
    return {};
  }
  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(candidates_.size()); }

  SearchLogOptions options_;
  std::vector<Candidate<Space>> candidates_;
};

}  // namespace hwnas
