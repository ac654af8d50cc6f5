// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A strategy's state as text, for runs that go on later.
///        StateWriter out{"local search", fingerprint<S>()};  out.number(3);  out.architecture(a);  return out.text();
///        StateReader in{text, "local search", fingerprint<S>()};  ...;  if (auto ok = in.finish(); !ok) return ok;
#pragma once

#include <bit>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/search/metrics.hpp"
#include "hwnas/space/architecture.hpp"

namespace hwnas {

/// Words separated by blanks; real numbers as their bits, so that nothing is rounded.
class StateWriter {
 public:
  StateWriter(std::string_view strategy, std::uint64_t space) {
    string(strategy);
    number(space);
  }
  void number(std::uint64_t value) { text_ += fmt::format("{} ", value); }
  void real(double value) { number(std::bit_cast<std::uint64_t>(value)); }
  void string(std::string_view value) { text_ += fmt::format("{} {} ", value.size(), value); }
  template <class Space>
  void architecture(const Architecture<Space>& a) {
    for (const std::uint8_t value : a.values()) number(value);
  }
  /// Any container of them, with their number.
  void architectures(const auto& all) {
    number(all.size());
    for (const auto& a : all) architecture(a);
  }
  void reals(const std::vector<double>& all) {
    number(all.size());
    for (const double x : all) real(x);
  }
  void metrics(const Metrics& metrics) {
    string(metrics.objective);
    number(metrics.values.size());
    for (const auto& [name, value] : metrics.values) {
      string(name);
      real(value);
    }
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// Reads back in the same order. After the first fault everything is 0 or empty, and finish() tells.
class StateReader {
 public:
  StateReader(std::string_view text, std::string_view strategy, std::uint64_t space)
      : rest_{text}, strategy_{strategy} {
    if (string() != strategy) fail("it is of another strategy");
    if (number() != space) fail("it is of another search space");
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    const auto [end, fault] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (fault != std::errc{} || end == rest_.data() + rest_.size() || *end != ' ') return fail("it is damaged"), 0;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()) + 1);
    return value;
  }
  /// How many entries follow; each takes at least two characters, so that a damaged count cannot ask for all memory.
  std::size_t count() {
    const std::uint64_t value = number();
    if (value > rest_.size() / 2) return fail("it is damaged"), 0;
    return static_cast<std::size_t>(value);
  }
  double real() { return std::bit_cast<double>(number()); }
  std::string string() {
    const std::uint64_t size = number();
    if (size >= rest_.size() || rest_[size] != ' ') return fail("it is damaged"), std::string{};
    std::string value{rest_.substr(0, size)};
    rest_.remove_prefix(size + 1);
    return value;
  }
  template <class Space>
  Architecture<Space> architecture() {
    typename Architecture<Space>::values_type values{};
    for (std::size_t d = 0; d < values.size(); ++d) {
      const std::uint64_t value = number();
      if (value >= static_cast<std::uint64_t>(decisions<Space>[d].count)) {
        return fail("it is damaged"), Architecture<Space>{};
      }
      values[d] = static_cast<std::uint8_t>(value);
    }
    const auto a = Architecture<Space>::from_values(values);
    if (a.values() != values) fail("it is damaged");
    return a;
  }
  template <class Space>
  std::vector<Architecture<Space>> architectures() {
    std::vector<Architecture<Space>> all;
    for (std::size_t n = count(); n > 0; --n) all.push_back(architecture<Space>());
    return all;
  }
  std::vector<double> reals() {
    std::vector<double> all;
    for (std::size_t n = count(); n > 0; --n) all.push_back(real());
    return all;
  }
  Metrics metrics() {
    Metrics result;
    result.objective = string();
    for (std::size_t n = count(); n > 0; --n) {
      std::string name = string();
      result.values[std::move(name)] = real();
    }
    return result;
  }
  /// For what only the strategy can see.
  void fail(std::string_view reason) {
    if (reason_.empty()) reason_ = reason;
    rest_ = {};
  }
  /// Errors  mismatch: the text is of another strategy or space, is damaged, or goes on
  [[nodiscard]] Result<void> finish() {
    if (reason_.empty() && !rest_.empty()) reason_ = "it is damaged";
    if (reason_.empty()) return {};
    return Error{Error::Code::mismatch,
                 fmt::format("the saved state cannot be that of this {}: {}", strategy_, reason_)};
  }

 private:
  std::string_view rest_;
  std::string strategy_;
  std::string reason_;
};

}  // namespace hwnas
