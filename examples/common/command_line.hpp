// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Parts of command lines that programs share. Includes CLI11, which is slow to compile: for options.cpp only.
#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "common/options.hpp"
#include "number_checks.hpp"

namespace programs {

/// Numbers with suffixes: "2.5M" becomes 2500000; k, M, G are powers of 1000, Ki, Mi, Gi of 1024.
[[nodiscard]] const CLI::Validator& with_suffix();
inline constexpr double many = 1e9;

void add_data(CLI::App& app, Options& o, const std::string& workers = "--workers");
void add_training(CLI::App& app, Options& o);
void add_retraining(CLI::App& app, Options& o);
void add_distillation(CLI::App& app, Options& o);
void add_machine(CLI::App& app, Options& o);
void add_predictor(CLI::App& app, Options& o, const std::string& group);
void add_confidence(CLI::App& app, Options& o, const std::string& group);
/// What a run that a launcher starts in several processes needs.
void add_ranks(CLI::App& app, Options& o);
void add_files(CLI::App& app, Options& o);

/// Why --distill cannot do what was asked; empty where it can. `searches`: the run has a supernet of its own.
[[nodiscard]] std::string distillation_complaint(const Options& o, bool searches);

/// Reads the command line; the exit status where there is nothing to run (--help, bad input).
[[nodiscard]] std::optional<int> parse(CLI::App& app, int argc, char** argv, Options& options);

}  // namespace programs
