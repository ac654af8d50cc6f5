// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The command line of spos.
#include "options.hpp"

#include <string>

#include "common/command_line.hpp"
#include "main_function.hpp"
#include "spaces.hpp"

namespace spos {
namespace {

void add_space(CLI::App& app, Options& o) {
  const auto group = "Space and budgets (several at once; without any: latency in the lower 35 % of the range)";
  app.add_option("--space", o.space, "Search space: " + programs::help_of(spaces()))
      ->type_name("NAME")->check(CLI::IsMember(programs::names_of(spaces())))->capture_default_str()->group(group);
  app.add_option("--max-latency", o.max_latency, "Largest predicted latency, in milliseconds")
      ->type_name("MS")->check(programs::above_zero())->group(group);
  programs::add_predictor(app, o, group);
  programs::add_confidence(app, o, group);
  app.add_option("--max-flops", o.max_flops, "Largest number of multiply-adds (suffixes k, M, G)")
      ->type_name("N")->transform(programs::with_suffix())->group(group);
  app.add_option("--max-params", o.max_params, "Largest number of trainable parameters (suffixes k, M, G)")
      ->type_name("N")->transform(programs::with_suffix())->group(group);
  app.add_option("--max-memory", o.max_memory, "Largest peak of activation memory, in bytes (suffixes Ki, Mi, Gi)")
      ->type_name("BYTES")->transform(programs::with_suffix())->group(group);
  app.add_flag("--filter-training", o.filter_training,
               "Train the supernet only on networks inside the budgets (default off: on all)")->group(group);
  auto* two = app.add_flag("--two-stage", o.two_stage,
                           "Leave out candidates that are not worth their latency: another one of the same decision offers as "
                           "much capacity for less (default off)")->group(group);
  app.add_option("--candidates", o.candidates, "Search only the candidates in this JSON file of generate_space (default: all)")
      ->type_name("FILE")->excludes(two)->group(group);
}

void add_search(CLI::App& app, Options& o) {
  const auto group = "Evolution";
  app.add_option("--population", o.population, "Candidates a generation")
      ->type_name("N")->check(programs::between(1, 1e6))->capture_default_str()->group(group);
  app.add_option("--generations", o.generations, "Generations")
      ->type_name("N")->check(programs::between(1, 1e6))->capture_default_str()->group(group);
  app.add_option("--parents", o.parents, "Best candidates that are kept as parents")
      ->type_name("N")->check(programs::between(1, 1e6))->capture_default_str()->group(group);
  app.add_option("--mutation", o.mutation, "Probability that a mutated child draws a decision anew")
      ->type_name("P")->check(programs::between(0, 1))->capture_default_str()->group(group);
  app.add_option("--crossover", o.crossover, "Share of the children that are crossed; the others are mutated")
      ->type_name("P")->check(programs::between(0, 1))->capture_default_str()->group(group);
  app.add_option("--rank-check", o.rank_check,
                 "Train so many random candidates alone, too, and compare the order (Kendall's tau); 0: none")
      ->type_name("N")->check(programs::between(0, 1000))->capture_default_str()->group(group);
}

void add_random(CLI::App& app, Options& o) {
  app.add_flag("--random", o.random,
               "Skip the search: retrain a network drawn uniformly inside the budgets, to compare with (default off)")
      ->group("Retraining")->excludes(app.get_option("--no-retrain"))->excludes(app.get_option("--arch"));
}

void add_processes(CLI::App& app, Options& o) {
  programs::add_ranks(app, o);
  CLI::Option* norms = app.get_option("--sync-norms");
  app.add_flag("--own-paths", o.own_paths,
               "Each process draws paths of its own for the supernet's steps (default: the same on all)")
      ->group(norms->get_group())->excludes(norms);
}

}  // namespace

std::variant<Options, int> parse_options(int argc, char** argv) {
  Options options;
  CLI::App app{"Finds a network in a search space by Single Path One-Shot: trains one supernet, lets evolution choose\n"
               "among the networks inside the budgets, retrains the winner and measures it.", "spos"};
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);  // scripts append what differs
  programs::add_data(app, options);
  add_space(app, options);
  programs::add_training(app, options);
  add_search(app, options);
  programs::add_retraining(app, options);
  programs::add_distillation(app, options);
  add_random(app, options);
  programs::add_machine(app, options);
  add_processes(app, options);
  programs::add_files(app, options);
  if (const auto status = programs::parse(app, argc, argv, options)) return *status;
  const bool searches = options.arch_file.empty() && !options.random;
  if (const std::string complaint = programs::distillation_complaint(options, searches); !complaint.empty()) {
    return programs::fail("spos", complaint + "; see --help");
  }
  return options;
}

}  // namespace spos
