// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The device command: any program that can time an ONNX file. It is run for each measurement and prints milliseconds, and
///        before them, if it likes, lines "condition NAME: VALUE" that say where it measures.
///        CommandDevice phone{{.command = "adb push {model} /data/m.onnx >&2 && adb shell bench /data/m.onnx", .name = "phone"}};
///        examples/devices/onnxruntime_latency.py is such a program. Needs protozero.
#pragma once

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include <unistd.h>

#include <fmt/format.h>

#include "hwnas/core/run_command.hpp"
#include "hwnas/export/onnx.hpp"
#include "hwnas/latency/command_predictor.hpp"
#include "hwnas/measure/device.hpp"

namespace hwnas {

/// A program that measures. In `command`, {model} is the ONNX file (at the end where it is not named), {batch} and {threads}
/// are the numbers that are wanted.
struct CommandOptions {
  std::string command{};
  std::string name = "command";
  double seconds = 60;  ///< time limit of one run
};

/// Milliseconds from what a program printed: the last line that is not empty, a number with or without "ms".
///   Errors  those of read_milliseconds()
[[nodiscard]] inline Result<Milliseconds> last_milliseconds(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const auto trim = [&](std::string_view t) { return t.substr(0, t.find_last_not_of(space) + 1); };
  text = trim(text);
  if (const auto line = text.rfind('\n'); line != std::string_view::npos) text.remove_prefix(line + 1);
  return read_milliseconds(text.ends_with("ms") ? trim(text.substr(0, text.size() - 2)) : text);
}

/// The lines "condition NAME: VALUE" of what a program printed.
[[nodiscard]] inline Conditions said_conditions(const std::string& text) {
  constexpr std::string_view word = "condition ";
  Conditions said;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    const auto colon = line.find(": ");
    if (line.ends_with('\r')) line.pop_back();
    if (!line.starts_with(word) || colon == std::string::npos || colon <= word.size()) continue;
    said[line.substr(word.size(), colon - word.size())] = line.substr(colon + 2);
  }
  return said;
}

/// A word for a shell command, quoted.
[[nodiscard]] inline std::string shell_quoted(std::string_view word) {
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return text + "'";
}

/// Measures through a program. What it prints is a statistic already: by default no warm-up and three runs, and the reference
/// kernel, which costs as much as any other network there, only after each 16 of them.
class CommandDevice : public MeasuresInRounds<CommandDevice> {
 public:
  explicit CommandDevice(CommandOptions command, MeasureOptions options = usual_options())
      : command_{std::move(command)}, options_{std::move(options)} {}

  [[nodiscard]] static MeasureOptions usual_options() {
    return {.warmup = 0, .rounds = 3, .runs = 1, .reference_every = 16, .networks = 3};
  }
  [[nodiscard]] std::string name() const { return command_.name; }
  /// With what the program says, which is run once for it.
  ///   Errors  throws the command's
  [[nodiscard]] Conditions conditions() const {
    Conditions conditions = common_conditions(name(), options_);
    conditions["cpu"] = "not said by the command";  // it need not measure where it runs
    conditions["command"] = command_.command;
    for (const auto& [name, value] : said()) conditions[name] = value;
    conditions["device"] = name();
    return conditions;
  }
  [[nodiscard]] const MeasureOptions& options() const { return options_; }
  [[nodiscard]] std::shared_ptr<void> hold() const { return std::make_shared<AffinityGuard>(options_.cpus); }

  /// Writes the network as ONNX into a temporary folder that lives as long as the function.
  [[nodiscard]] Result<TimedRun> prepare(const std::shared_ptr<FixedNetwork>& network, int batch) const {
    auto program = program_on(*network, batch);
    if (!program) return program.error();
    return TimedRun{[program = std::move(*program)]() -> Result<Milliseconds> {
      const auto answer = program.run();
      if (!answer) return answer.error();
      return answer->time;
    }};
  }

 private:
  using Folder = std::shared_ptr<const std::filesystem::path>;

  struct Answer {
    Milliseconds time;
    std::string text;
  };
  // The command on one file.
  struct Program {
    std::string command;
    std::chrono::milliseconds limit;
    Folder kept;
    [[nodiscard]] Result<Answer> run() const {
      auto text = run_command({"/bin/sh", "-c", command}, limit);
      const auto time = text ? last_milliseconds(*text) : Result<Milliseconds>{text.error()};
      if (time) return Answer{*time, std::move(*text)};
      return Error{time.error().code, fmt::format("the device command \"{}\": {}", command, time.error().message)};
    }
  };
  [[nodiscard]] Result<Program> program_on(const FixedNetwork& network, int batch) const {
    const auto folder = temporary_folder();
    if (!folder) return folder.error();
    const std::filesystem::path model = **folder / "model.onnx";
    if (auto done = save_onnx(network, model); !done) return done.error();
    const auto limit = std::chrono::duration<double>{command_.seconds};
    return Program{text_for(model, batch), std::chrono::duration_cast<std::chrono::milliseconds>(limit), *folder};
  }
  // What the program says of where it measures, asked once.
  [[nodiscard]] const Conditions& said() const {
    if (!*said_) *said_ = said_conditions(program_on(*reference_network(), options_.batch).value().run().value().text);
    return **said_;
  }
  static Result<Folder> temporary_folder() {
    std::string path = (std::filesystem::temp_directory_path() / "hwnas-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) {
      return Error{Error::Code::io, fmt::format("cannot create a folder like {}", path)};
    }
    return Folder{new std::filesystem::path{path}, [](const std::filesystem::path* folder) {
                    std::error_code ignored;
                    std::filesystem::remove_all(*folder, ignored);
                    delete folder;
                  }};
  }
  [[nodiscard]] std::string text_for(const std::filesystem::path& model, int batch) const {
    std::string text = command_.command;
    const bool named = replace(text, "{model}", shell_quoted(model.string()));
    if (!named) text += " " + shell_quoted(model.string());
    replace(text, "{batch}", std::to_string(batch));
    replace(text, "{threads}", std::to_string(options_.threads));
    return text;
  }
  static bool replace(std::string& text, std::string_view what, const std::string& by) {
    bool found = false;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
      text.replace(at, what.size(), by);
      found = true;
    }
    return found;
  }

  CommandOptions command_;
  MeasureOptions options_;
  std::shared_ptr<std::optional<Conditions>> said_ = std::make_shared<std::optional<Conditions>>();
};

}  // namespace hwnas
