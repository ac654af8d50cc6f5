// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  LookupTable: measured latencies of operators, as a CSV file that is cached and reused.
///        auto table = LookupTable::load("latency.csv").value();
///        table.belongs_to(space, conditions).value();
///        File format: docs/reference/latency_table.md
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "hwnas/core/atomic_file.hpp"
#include "hwnas/core/quantity.hpp"
#include "hwnas/core/result.hpp"
#include "hwnas/latency/measurement.hpp"
#include "hwnas/latency/operator_key.hpp"

namespace hwnas {

/// One measured operator. All times in milliseconds, batch and threads as the table's conditions say.
struct LatencyEntry {
  std::int64_t count = 0;   // timed runs
  double latency = 0;       // what predict() answers: the statistic, after the correction learnt on whole networks
  double minimum = 0;
  double median = 0;
  double mean = 0;
  double deviation = 0;     // sample standard deviation
  std::array<double, 4> quantiles{};  // 5 %, 25 %, 75 %, 95 %
};

/// The entry of a measurement, which answers the minimum.
[[nodiscard]] inline LatencyEntry entry_of(const Measurement& m) {
  return {m.count, m.minimum.value(), m.minimum.value(), m.median.value(), m.mean.value(), m.deviation.value(),
          {m.quantiles[0].value(), m.quantiles[1].value(), m.quantiles[2].value(), m.quantiles[3].value()}};
}

/// A measured operator.
struct OperatorSample {
  OperatorKey key;
  Milliseconds latency{};
};

/// Latencies by operator key, with the conditions they were measured under.
///   predict(key)   Milliseconds; an Error names a key the table does not have
class LookupTable {
 public:
  using key = OperatorKey;
  static constexpr std::string_view format = "hwnas latency table 2";

  /// Conditions as ordered names and values: device, cpu, threads, batch, library, space, ...
  std::map<std::string, std::string> conditions;

  void set(const std::string& key_text, const LatencyEntry& entry) { entries_[key_text] = entry; }
  [[nodiscard]] const std::map<std::string, LatencyEntry>& entries() const { return entries_; }

  /// Takes measured operators and forgets what it knew; one that is there several times answers the median.
  ///   Errors  bad_value for no samples, or a latency that is not finite and above 0, naming the operator
  [[nodiscard]] Result<void> fit(std::span<const OperatorSample> samples) {
    if (samples.empty()) {
      return Error{Error::Code::bad_value, "a latency table needs measured operators; there are none"};
    }
    std::map<std::string, std::vector<double>> of_key;
    for (const auto& [k, latency] : samples) {
      if (auto checked = check_measured(latency, k.text()); !checked) return checked;
      of_key[k.text()].push_back(latency.value());
    }
    entries_.clear();
    for (const auto& [name, all] : of_key) {
      LatencyEntry& entry = entries_[name] = entry_of(statistics_of(all));
      entry.latency = entry.median;
    }
    return {};
  }

  [[nodiscard]] Result<Milliseconds> predict(const OperatorKey& k) const {
    const auto found = entries_.find(k.text());
    if (found == entries_.end()) {
      return Error{Error::Code::unknown_name,
                   fmt::format("latency table: no entry for {}; measure it again", k.text())};
    }
    return Milliseconds{found->second.latency};
  }

  /// Whether every condition named here has this value in the table.
  ///   Errors  mismatch, naming the first that differs and both values
  [[nodiscard]] Result<void> matches(const std::map<std::string, std::string>& expected) const {
    for (const auto& [name, value] : expected) {
      const auto found = conditions.find(name);
      const std::string have = found == conditions.end() ? "nothing" : found->second;
      if (have == value) continue;
      return Error{Error::Code::mismatch,
                   fmt::format("latency table: measured for {} {}, expected {}", name, have, value)};
    }
    return {};
  }

  /// Writes the CSV file; nothing is left half-written.
  [[nodiscard]] Result<void> save(const std::filesystem::path& path) const {
    std::string text = fmt::format("# {}\n", format);
    for (const auto& [name, value] : conditions) text += fmt::format("# {}: {}\n", name, value);
    text += fmt::format("{}\n", head);
    for (const auto& [name, e] : entries_) {
      text += fmt::format("\"{}\",{},{},{},{},{},{},{}\n", name, e.count, e.latency, e.minimum, e.median, e.mean,
                          e.deviation, fmt::join(e.quantiles, ","));
    }
    return write_file_atomically(path, text);
  }

  /// Reads a table.
  ///   Errors  not_found, bad_format with file and line
  [[nodiscard]] static Result<LookupTable> load(const std::filesystem::path& path) {
    std::ifstream in{path};
    if (!in) return Error{Error::Code::not_found, fmt::format("{}: cannot be read", path.string())};
    LookupTable table;
    std::string line;
    for (int n = 1; std::getline(in, line); ++n) {
      if (auto read = table.read_line(line, n); !read) {
        return Error{read.error().code, fmt::format("{}:{}: {}", path.string(), n, read.error().message)};
      }
    }
    if (table.entries_.empty()) return Error{Error::Code::bad_format, fmt::format("{}: no entries", path.string())};
    return table;
  }

 private:
  static constexpr std::size_t columns = 10;  // beside the operator
  static constexpr std::string_view head =
      "operator,count,latency_ms,minimum_ms,median_ms,mean_ms,deviation_ms,q05_ms,q25_ms,q75_ms,q95_ms";

  Result<void> read_line(std::string_view line, int number) {
    if (number == 1) {
      if (line == fmt::format("# {}", format)) return {};
      return Error{Error::Code::bad_format, fmt::format("expected \"# {}\"", format)};
    }
    if (line.starts_with("# ")) {
      const auto colon = line.find(": ");
      if (colon == std::string_view::npos) return Error{Error::Code::bad_format, "expected \"# name: value\""};
      conditions[std::string{line.substr(2, colon - 2)}] = line.substr(colon + 2);
      return {};
    }
    if (line == head) return {};
    if (line.starts_with("operator,")) {  // other columns, or these in another unit
      return Error{Error::Code::bad_format, fmt::format("expected the columns {}", head)};
    }
    const auto end = line.rfind('"');
    if (!line.starts_with('"') || end == 0) return Error{Error::Code::bad_format, "expected an operator in quotes"};
    const auto numbers = read_numbers(line.substr(end + 1));
    if (numbers.size() != columns) {
      return Error{Error::Code::bad_format, fmt::format("expected {} columns of finite numbers, 0 or more, found {}",
                                                        columns + 1, numbers.size() + 1)};
    }
    set(std::string{line.substr(1, end - 1)}, {static_cast<std::int64_t>(numbers[0]), numbers[1], numbers[2],
                                               numbers[3], numbers[4], numbers[5],
                                               {numbers[6], numbers[7], numbers[8], numbers[9]}});
    return {};
  }
  // Numbers each after a comma; stops at the first that is none.
  static std::vector<double> read_numbers(std::string_view text) {
    std::vector<double> numbers;
    while (text.starts_with(',')) {
      double value = 0;
      const auto [end, code] = std::from_chars(text.data() + 1, text.data() + text.size(), value);
      if (code != std::errc{} || !std::isfinite(value) || value < 0) return {};
      numbers.push_back(value);
      text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    }
    return text.empty() ? numbers : std::vector<double>{};
  }

  std::map<std::string, LatencyEntry> entries_;
};

}  // namespace hwnas
