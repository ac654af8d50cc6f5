// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include <cctype>

#include <CLI/CLI.hpp>

#include "common/command_line.hpp"
#include "common/named.hpp"
#include "main_function.hpp"
#include "spaces.hpp"

namespace generate_space {

namespace {

/// The name goes into a header as it is.
std::string not_a_name(const std::string& text) {
  const auto letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  bool valid = !text.empty() && letter(text.front());
  for (const char c : text) valid = valid && (letter(c) || std::isdigit(static_cast<unsigned char>(c)) != 0);
  return valid ? "" : "expected a C++ name, found \"" + text + "\"";
}

}  // namespace

std::variant<Options, int> parse_options(int argc, char** argv) {
  Options o;
  o.space = "small-spos";
  CLI::App app{"Makes a space for a device: of each decision the candidates that are worth their latency there.",
               "generate_space"};
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.add_option("--space", o.space, "The space to begin with: " + programs::help_of(spaces()))
      ->type_name("NAME")->check(CLI::IsMember(programs::names_of(spaces())))->capture_default_str();
  programs::add_predictor(app, o, "Options");
  app.add_option("--latency-table", o.latency_table, "With --predictor operators: the table's file, measured if there is none")
      ->type_name("FILE");
  app.add_flag("--remeasure", o.remeasure, "Measure latencies even if they are kept from before (default off)");
  app.add_option("--name", o.name, "Name of the new space's type")
      ->type_name("NAME")->check(not_a_name)->capture_default_str();
  app.add_option("--header", o.header, "Write the C++ header of the new space here (default: printed)")->type_name("FILE");
  app.add_option("--mask", o.mask, "Write the kept candidates as JSON, for spos --candidates (default: nowhere)")
      ->type_name("FILE");
  app.add_flag("--quiet", o.quiet, "Print the header only");
  if (const auto status = programs::parse(app, argc, argv, o)) return *status;
  return o;
}

}  // namespace generate_space
