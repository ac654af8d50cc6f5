// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Progress: one line with a bar, the rate and the time left on a terminal; a few plain lines in a log.
///        Progress progress{stderr_console(), {.label = "supernet", .total = 4690}};
///        for (...) progress.advance(1, fmt::format("loss {:.3f}", loss));
///        progress.finish();
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iostream>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>

#include <fmt/format.h>

namespace hwnas {

/// Where progress is shown. Everything that depends on the machine is in here, so that tests need none of it.
struct Console {
  std::ostream* out = nullptr;        ///< nullptr: nothing is shown
  bool terminal = false;              ///< a person looks at it: the line is rewritten; otherwise lines are added
  std::function<double()> seconds{};  ///< a clock that only goes forward
  std::function<int()> width{};       ///< columns; asked at each drawing, since windows change
};

/// The clock of a real console.
[[nodiscard]] inline double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Standard error, so that a program's results on standard output stay clean.
[[nodiscard]] inline Console stderr_console() {
  const auto columns = [] {
    winsize size{};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? static_cast<int>(size.ws_col) : 80;
  };
  return {.out = &std::cerr, .terminal = isatty(STDERR_FILENO) == 1, .seconds = &steady_seconds, .width = columns};
}

/// "45 s", "3 min 05 s", "2 h 05 min".
[[nodiscard]] inline std::string duration_text(double seconds) {
  if (!std::isfinite(seconds) || seconds >= 3600.0 * 24 * 365) return "?";
  const auto whole = static_cast<std::int64_t>(std::lround(std::max(0.0, seconds)));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

/// What is counted and how often it is shown.
struct ProgressOptions {
  std::string label{};
  std::int64_t total = 0;  ///< 0: unknown; then there is no bar and no time left
  std::string unit = "steps";
  double redraw_seconds = 0.1;  ///< terminal: at most so often, or it flickers
  double log_share = 0.1;       ///< log: a line each tenth of the way,
  double log_least = 3;         ///< but not sooner than this many seconds after the last,
  double log_most = 60;         ///< nor later than this many
};

/// Progress of one counted task. From one thread.
class Progress {
 public:
  Progress(Console console, ProgressOptions options) : console_{std::move(console)}, options_{std::move(options)} {
    start(options_.total);
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { pause(); }

  /// Begins (again); `done` of `total` were done before, by a run that is resumed, and do not count for the rate.
  void start(std::int64_t total, std::int64_t done = 0) {
    options_.total = total;
    done_ = first_ = logged_ = measured_ = done;
    started_ = drawn_ = logged_at_ = measured_at_ = now();
    rate_ = weight_ = 0;
    finished_ = false;
  }

  void label(std::string text) { options_.label = std::move(text); }

  void advance(std::int64_t count, std::string_view text) {
    text_ = text;
    advance(count);
  }
  void advance(std::int64_t count = 1) {
    done_ += count;
    const double at = now();
    if (console_.out == nullptr) return;
    if (console_.terminal) {
      if (at - drawn_ >= options_.redraw_seconds) draw(at);
    } else if (log_is_due(at)) {
      log(at);
    }
  }

  /// A line of its own, without disturbing the bar.
  void message(std::string_view text) {
    if (console_.out == nullptr) return;
    *console_.out << (open_ ? "\r\x1b[K" : "") << text << '\n' << std::flush;
    if (open_) draw(now());
  }

  /// The last word: how many this run did, how long, how fast, and the last text.
  void finish() {
    if (finished_ || console_.out == nullptr) return;
    const double at = now();
    const double rate = static_cast<double>(done_ - first_) / std::max(at - started_, 1e-9);
    *console_.out << (open_ ? "\r\x1b[K" : "") << title() << done_ - first_ << ' ' << options_.unit << " in "
                  << duration_text(at - started_) << ", " << rate_text(rate) << tail() << '\n'
                  << std::flush;
    finished_ = true;
    open_ = false;
  }

  /// Leaves the line as it stands, so that what is printed next begins on its own; advance() goes on.
  void pause() {
    if (open_) *console_.out << '\n' << std::flush;
    open_ = false;
  }

 private:
  [[nodiscard]] double now() const { return console_.seconds ? console_.seconds() : 0.0; }
  [[nodiscard]] std::string title() const { return options_.label.empty() ? std::string{} : options_.label + ": "; }
  [[nodiscard]] std::string tail() const { return text_.empty() ? std::string{} : "  " + text_; }
  [[nodiscard]] double share() const {
    return options_.total > 0 ? std::clamp(static_cast<double>(done_) / static_cast<double>(options_.total), 0.0, 1.0)
                              : 0.0;
  }
  [[nodiscard]] std::string rate_text(double rate) const {
    return rate < 10 ? fmt::format("{:.2f} {}/s", rate, options_.unit)
                     : fmt::format("{:.0f} {}/s", rate, options_.unit);
  }

  /// The recent rate: an average whose weights fall by e in `memory` seconds, corrected for its empty beginning.
  void measure(double at) {
    constexpr double memory = 15;
    const double passed = at - measured_at_;
    if (passed <= 0) return;
    const double keep = std::exp(-passed / memory);
    rate_ = keep * rate_ + (1 - keep) * static_cast<double>(done_ - measured_) / passed;
    weight_ = keep * weight_ + (1 - keep);
    measured_ = done_;
    measured_at_ = at;
  }

  [[nodiscard]] std::string numbers() const {
    const double rate = weight_ > 0 ? rate_ / weight_ : 0;
    if (options_.total <= 0) return fmt::format("{} {}  {}", done_, options_.unit, rate_text(rate));
    const double left =
        rate > 0 ? static_cast<double>(options_.total - done_) / rate : std::numeric_limits<double>::infinity();
    // Rounded down: 100 % means done.
    return fmt::format("{:3.0f} %  {}/{}  {}  {} left", std::floor(100 * share()), done_, options_.total,
                       rate_text(rate), duration_text(left));
  }

  /// Characters of UTF-8 text; each is taken as one column wide.
  [[nodiscard]] static int columns(const std::string& text) {
    return static_cast<int>(std::count_if(text.begin(), text.end(),
                                          [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
  }

  /// As many whole characters as fit into `columns`.
  [[nodiscard]] static std::string cut(const std::string& text, int most) {
    std::size_t end = 0;
    int used = 0;
    while (end < text.size()) {
      const bool starts = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
      if (starts && used++ == most) break;
      ++end;
    }
    return text.substr(0, end);
  }

  void draw(double at) {
    measure(at);
    // The last column stays free: some terminals wrap when it is written.
    const int width = std::max(10, (console_.width ? console_.width() : 80) - 1);
    const std::string head = title(), rest = numbers() + tail();
    const int room = width - columns(head) - columns(rest) - 3;
    std::string bar;
    if (options_.total > 0 && room >= 6) {
      const auto cells = static_cast<std::size_t>(std::min(room, 30));
      const auto full = static_cast<std::size_t>(share() * static_cast<double>(cells));
      bar = "[" + std::string(full, '#') + std::string(cells - full, '-') + "] ";
    }
    // One write: the line is never seen half-empty.
    *console_.out << "\r" + cut(head + bar + rest, width) + "\x1b[K" << std::flush;
    open_ = true;
    drawn_ = at;
  }

  [[nodiscard]] bool log_is_due(double at) const {
    const double passed = at - logged_at_;
    if (passed >= options_.log_most) return true;
    const double gone =
        options_.total > 0 ? static_cast<double>(done_ - logged_) / static_cast<double>(options_.total) : 0.0;
    return passed >= options_.log_least && gone >= options_.log_share - 1e-9;
  }

  void log(double at) {
    measure(at);
    *console_.out << title() << numbers() << tail() << '\n' << std::flush;
    logged_ = done_;
    logged_at_ = at;
  }

  Console console_;
  ProgressOptions options_;
  std::string text_;
  std::int64_t done_ = 0, first_ = 0, logged_ = 0, measured_ = 0;
  double started_ = 0, drawn_ = 0, logged_at_ = 0, measured_at_ = 0;
  double rate_ = 0, weight_ = 0;
  bool open_ = false;  // a bar stands on the terminal's current line
  bool finished_ = false;
};

}  // namespace hwnas
