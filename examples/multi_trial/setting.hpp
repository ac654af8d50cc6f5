// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Setting: what a run decides before the first trial: what may be tried, and what each architecture costs.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "common/latency_source.hpp"
#include "hwnas/experiment/tabular_evaluator.hpp"
#include "hwnas/latency/latency_profiler.hpp"
#include "hwnas/profile/count_within.hpp"
#include "hwnas/report/number.hpp"
#include "hwnas/search/feasible.hpp"
#include "hwnas/train/stop_signal.hpp"
#include "outcome.hpp"
#include "strategies.hpp"

namespace multi_trial {

/// Its functions throw Error.
template <class Space>
class Setting {
 public:
  using Parse = typename TabularEvaluator<Space>::Parse;
  using Table = TabularEvaluator<Space>;
  using Latency = programs::AnyLatency<Space>;

  Setting(const Options& given, Parse parse)
      : options{given}, console{given.quiet ? Console{} : stderr_console()}, parse_{std::move(parse)} {}

  void prepare() {
    if (options.tabular() || !options.latency_file.empty()) {
      read_tables();
    } else if (options.trains() || options.latency_threshold) {
      price();
    }
    say("budget: {}", budget);
  }

  template <class... Values>
  void say(fmt::format_string<Values...> text, Values&&... values) const {
    if (options.quiet) return;
    fmt::print("{}\n", fmt::format(text, std::forward<Values>(values)...));
    std::fflush(stdout);
  }

  /// Milliseconds of a whole network, where they are known.
  [[nodiscard]] std::optional<double> latency_of(const Architecture<Space>& a) const {
    if (priced_) return priced_->profile(a).value();
    return table && allowed.latency ? table->evaluate(a, {})->find("latency") : std::nullopt;
  }

  const Options& options;
  Console console;
  StopSignal stop{};
  Allowed<Space> allowed{};
  std::optional<Table> table{};
  std::string budget = "none";

 private:
  // ---- whole networks in tables: what meets the budget is listed --------------------------------------------------

  void read_tables() {
    std::vector<TableColumn> columns;
    if (options.tabular()) {
      columns.push_back({.metric = "accuracy", .path = options.accuracy_file, .column = options.accuracy_column});
    }
    allowed.latency = !options.latency_file.empty();
    if (allowed.latency) {
      columns.push_back(
          {.metric = "latency", .path = options.latency_file, .column = options.latency_column, .positive = true});
    } else if (options.latency_threshold) {
      throw Error{Error::Code::bad_value, "--latency-threshold needs --latency FILE and --latency-column for a table"};
    }
    table = Table::make(std::move(columns), parse_).value();
    const auto complete = table->complete();
    auto inside = complete;
    if (options.latency_threshold) {
      std::erase_if(inside, [&](const auto& a) { return *latency_of(a) > *options.latency_threshold; });
    }
    if (inside.empty()) throw too_tight(complete);
    allowed.list = Listed<Space>{inside};
    allowed.moves = AnyMoves<Space>{*allowed.list};
    allowed.everything = inside.size() == complete.size();
    const auto count = [](std::size_t n) { return group_digits(fmt::format("{}", n)); };
    budget = fmt::format("{}{} of the {} networks with a value in every column keep it", threshold_text(),
                         count(inside.size()), count(complete.size()));
  }
  [[nodiscard]] std::string threshold_text() const {
    return options.latency_threshold ? fmt::format("latency at most {} ms; ", *options.latency_threshold)
                                     : std::string{"none; "};
  }
  [[nodiscard]] Error too_tight(const std::vector<Architecture<Space>>& complete) const {
    double least = *latency_of(complete.front());
    for (const auto& a : complete) least = std::min(least, *latency_of(a));
    return Error{Error::Code::infeasible,
                 fmt::format("no network has latency at most {} ms; the least of the table is {} ms",
                             *options.latency_threshold, least)};
  }

  // ---- a sum over operators: draws and changes stay inside, exactly -----------------------------------------------

  void price() {
    predict();
    allowed.latency = true;
    const auto range = bound_->range();
    std::optional<double> most = options.latency_threshold;
    if (!most) {  // in whole microseconds, so that a person can say it
      constexpr double share = 0.35;  // of the range: cheap enough that the budget decides
      most = std::ceil((range.min.value() + share * (range.max - range.min).value()) * 1000) / 1000;
    }
    const Within<Latency> within{*bound_, Milliseconds{0}, Milliseconds{*most}};
    allowed.moves = AnyMoves<Space>{Feasible<Latency>{within}};
    allowed.everything = range.max <= Milliseconds{*most};
    const Bounds count = count_within(CountOptions{.memory = std::int64_t{64} << 20}, within);
    const auto text = [](u128 number) { return group_digits(to_string(number)); };
    budget = fmt::format("latency {}at most {} ms{}; {} of {} networks, of {:.3f} to {:.3f} ms, keep it",
                         options.confidence > 0 ? fmt::format("with probability {} ", options.confidence) : "", *most,
                         options.latency_threshold ? "" : " (35 % of the range)",
                         count.is_exact() ? text(count.lower) : text(count.lower) + " to " + text(count.upper),
                         text(space_size<Space>), range.min.value(), range.max.value());
  }
  void predict() {
    auto given = programs::latency_of<Space>(options, {.stop = stop.asked()}, console).value();
    say("{}: {}", given.kind, given.text);
    priced_ = std::move(given.latency);
    bound_ = programs::bounded(*priced_, given.calibration, options.confidence).value().latency;
  }

  Parse parse_;
  std::optional<Latency> priced_;  // predicted
  std::optional<Latency> bound_;   // what the budget limits
};

}  // namespace multi_trial
