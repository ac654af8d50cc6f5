// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  MeasurementLog: measurements of a predictor's building as a CSV file that grows as they arrive, so that an interrupted
///        building goes on without losing one.
///        auto log = MeasurementLog::open("device.csv", conditions).value();   log.append(rows).value();   log.rows()
///        Columns: docs/reference/measurement_log.md
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>

#include <fmt/format.h>

#include "hwnas/core/atomic_file.hpp"
#include "hwnas/core/csv.hpp"
#include "hwnas/core/result.hpp"
#include "hwnas/latency/measurement.hpp"

namespace hwnas {

/// One measured kernel or network.
struct LoggedMeasurement {
  std::string kind;        ///< "kernel", "network"
  std::string name;        ///< a kernel of a space by its text; a network as "space:0-3-1-...", one index a decision
  int cin = 0;             ///< a kernel's other channels; 0: as in the space
  int cout = 0;
  double minimum = 0;      ///< milliseconds, as is the median
  double median = 0;
  double reference = 0;    ///< milliseconds of the reference kernel in the same rounds
  int count = 0;           ///< timed runs
  bool disturbed = false;  ///< the machine's speed moved in most rounds
  double seconds = 0;      ///< of building when it arrived

  /// Takes what a measurement found beside a reference kernel of so many milliseconds.
  void take(const Measurement& found, double reference_kernel) {
    minimum = found.minimum.value();
    median = found.median.value();
    reference = reference_kernel;
    count = static_cast<int>(found.count);
    disturbed = found.disturbed;
  }
};

/// The file. Empty path: nothing is kept.
class MeasurementLog {
 public:
  static constexpr std::string_view header =
      "kind,name,cin,cout,minimum_ms,median_ms,reference_ms,count,disturbed,seconds,conditions";

  MeasurementLog() = default;

  /// Reads what an earlier building left, without a line that it could not finish. `conditions`: one word that tells whether its
  /// measurements still hold.
  ///   Errors  mismatch for measurements under other conditions; bad_format with file and line; io
  [[nodiscard]] static Result<MeasurementLog> open(const std::filesystem::path& path, const std::string& conditions) {
    MeasurementLog log;
    log.path_ = path;
    log.conditions_ = conditions;
    if (!std::filesystem::exists(path)) {
      if (auto begun = write_file_atomically(path, fmt::format("{}\n", header)); !begun) return begun.error();
      return log;
    }
    if (auto whole = drop_unfinished(path); !whole) return whole.error();
    const auto lines = line_count(path);
    if (lines <= 1) {
      if (auto checked = check_header(path); !checked) return checked.error();
      return log;
    }
    const auto csv = Csv::read(path.string());
    if (!csv) return csv.error();
    if (auto checked = check_header(path); !checked) return checked.error();
    for (const Csv::Row& row : csv->rows()) {
      auto read = log.parsed(*csv, row);
      if (!read) return read.error();
      log.rows_.push_back(std::move(*read));
    }
    return log;
  }

  [[nodiscard]] const std::vector<LoggedMeasurement>& rows() const { return rows_; }
  /// Seconds of building so far.
  [[nodiscard]] double seconds() const { return rows_.empty() ? 0 : rows_.back().seconds; }

  /// Adds rows; they are on the disk when it returns.
  ///   Errors  io
  [[nodiscard]] Result<void> append(std::span<const LoggedMeasurement> rows) {
    std::string text;
    for (const LoggedMeasurement& row : rows) {
      text += fmt::format("{},{},{},{},{},{},{},{},{},{:.3f},{}\n", row.kind, row.name, row.cin, row.cout, row.minimum,
                          row.median, row.reference, row.count, row.disturbed ? 1 : 0, row.seconds, conditions_);
      rows_.push_back(row);
    }
    if (path_.empty()) return {};
    const int descriptor = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    const int code = descriptor < 0 ? errno : detail::write_and_close(descriptor, text);
    if (code != 0) return detail::cannot_write(path_, code);
    return {};
  }

 private:
  static std::string content(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
  static std::ptrdiff_t line_count(const std::filesystem::path& path) {
    const std::string text = content(path);
    return std::count(text.begin(), text.end(), '\n');
  }
  // A building that was killed may leave half a line.
  static Result<void> drop_unfinished(const std::filesystem::path& path) {
    const std::string text = content(path);
    if (text.empty() || text.back() == '\n') return {};
    const auto end = text.rfind('\n');
    std::error_code failed;
    if (end != std::string::npos) std::filesystem::resize_file(path, end + 1, failed);
    if (failed) return detail::cannot_write(path, failed.value());
    return {};
  }
  static Result<void> check_header(const std::filesystem::path& path) {
    const std::string text = content(path);
    if (text.substr(0, text.find('\n')) == header) return {};
    return Error{Error::Code::bad_format,
                 fmt::format("{}:1: no file of measurements: expected \"{}\"", path.string(), header)};
  }
  Result<LoggedMeasurement> parsed(const Csv& csv, const Csv::Row& row) const {
    const auto& f = row.fields;
    if (f[10] != conditions_) {
      return Error{Error::Code::mismatch,
                   fmt::format("{}:{}: measured under other conditions (device, options, rules or spaces); "
                               "remove the file or name another",
                               csv.path(), row.line)};
    }
    double numbers[8];
    for (std::size_t i = 0; i < 8; ++i) {
      const auto number = finite_number(f[i + 2]);
      if (!number || *number < 0) {
        return csv.fault(row, fmt::format("expected a number of 0 or more as {}", csv.head()[i + 2]));
      }
      numbers[i] = *number;
    }
    if (f[0] != "kernel" && f[0] != "network") return csv.fault(row, "expected kernel or network");
    if (!(numbers[2] > 0 && numbers[4] > 0)) return csv.fault(row, "expected latencies above 0");
    return LoggedMeasurement{std::string{f[0]},
                             std::string{f[1]},
                             static_cast<int>(numbers[0]),
                             static_cast<int>(numbers[1]),
                             numbers[2],
                             numbers[3],
                             numbers[4],
                             static_cast<int>(numbers[5]),
                             numbers[6] > 0,
                             numbers[7]};
  }

  std::filesystem::path path_;
  std::string conditions_;
  std::vector<LoggedMeasurement> rows_;
};

}  // namespace hwnas
