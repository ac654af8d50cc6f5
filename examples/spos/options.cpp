// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The command line of spos. The only file that includes CLI11, which is slow to compile.
#include "options.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "../common/command_line.hpp"
#include "spaces.hpp"

namespace spos {
namespace {

/// "2.5M" is 2,500,000; k, M, G are powers of 1000, Ki, Mi, Gi of 1024. Anything else is refused.
std::string scaled(std::string& text) {
  static const std::map<std::string, double> factors{{"", 1},     {"k", 1e3},   {"K", 1e3},       {"M", 1e6},
                                                     {"G", 1e9},  {"Ki", 1024}, {"Mi", 1048576.}, {"Gi", 1073741824.}};
  std::size_t end = 0;
  double number = -1;
  try {
    number = std::stod(text, &end);
  } catch (const std::exception&) {
  }
  const auto factor = factors.find(text.substr(end));
  if (!(number > 0) || !std::isfinite(number) || factor == factors.end())
    return fmt::format("'{}' is no positive number such as 2500000, 2.5M or 64Ki", text);
  text = fmt::format("{}", number * factor->second);
  return {};
}

const CLI::Validator with_suffix{[](std::string& text) { return scaled(text); }, "", "suffix"};

using examples::above_zero, examples::between, examples::many;

void add_loading(CLI::App& app, Options& o) {
  examples::add_data(app, o);
  app.add_option("--workers", o.loaders, "Threads that load and augment images; 0: none of their own")
      ->type_name("N")->check(between(0, 256))->capture_default_str()->group("Data");
}

void add_space(CLI::App& app, Options& o) {
  const auto group = "Space and budgets (several at once; without any: latency in the lower 35 % of the range)";
  app.add_option("--space", o.space, "Search space: " + space_help())
      ->type_name("NAME")->check(CLI::IsMember(space_names()))->capture_default_str()->group(group);
  app.add_option("--max-latency", o.max_latency, "Largest predicted latency, in milliseconds")
      ->type_name("MS")->check(above_zero())->group(group);
  app.add_option("--max-flops", o.max_flops, "Largest number of multiply-adds (suffixes k, M, G)")
      ->type_name("N")->transform(with_suffix)->group(group);
  app.add_option("--max-params", o.max_params, "Largest number of trainable parameters (suffixes k, M, G)")
      ->type_name("N")->transform(with_suffix)->group(group);
  app.add_option("--max-memory", o.max_memory, "Largest peak of activation memory, in bytes (suffixes Ki, Mi, Gi)")
      ->type_name("BYTES")->transform(with_suffix)->group(group);
  app.add_flag("--filter-training", o.filter_training,
               "Train the supernet only on networks inside the budgets (default off: on all)")->group(group);
}

void add_training(CLI::App& app, Options& o) {
  const auto group = "Supernet training";
  app.add_option("--epochs", o.epochs, "Epochs of the supernet")
      ->type_name("N")->check(between(1, 1e6))->capture_default_str()->group(group);
  app.add_option("--batch-size", o.batch_size, "Images a step, for the supernet and for retraining")
      ->type_name("N")->check(between(2, 1e6))->capture_default_str()->group(group);
  app.add_option("--lr", o.lr, "Peak learning rate of the supernet (SGD, one cosine)")
      ->type_name("RATE")->check(above_zero())->capture_default_str()->group(group);
  app.add_option("--weight-decay", o.weight_decay, "Weight decay, not of batch-norm and biases")
      ->type_name("X")->check(between(0, 1))->capture_default_str()->group(group);
  app.add_option("--label-smoothing", o.smoothing, "Label smoothing")
      ->type_name("X")->check(between(0, 0.9))->capture_default_str()->group(group);
}

void add_search(CLI::App& app, Options& o) {
  const auto group = "Evolution";
  app.add_option("--population", o.population, "Candidates a generation")
      ->type_name("N")->check(between(1, 1e6))->capture_default_str()->group(group);
  app.add_option("--generations", o.generations, "Generations")
      ->type_name("N")->check(between(1, 1e6))->capture_default_str()->group(group);
  app.add_option("--parents", o.parents, "Best candidates that are kept as parents")
      ->type_name("N")->check(between(1, 1e6))->capture_default_str()->group(group);
  app.add_option("--mutation", o.mutation, "Probability that a mutated child draws a decision anew")
      ->type_name("P")->check(between(0, 1))->capture_default_str()->group(group);
  app.add_option("--crossover", o.crossover, "Share of the children that are crossed; the others are mutated")
      ->type_name("P")->check(between(0, 1))->capture_default_str()->group(group);
  app.add_option("--rank-check", o.rank_check,
                 "Train so many random candidates alone, too, and compare the order (Kendall's tau); 0: none")
      ->type_name("N")->check(between(0, 1000))->capture_default_str()->group(group);
}

void add_retraining(CLI::App& app, Options& o) {
  const auto group = "Retraining";
  app.add_option("--retrain-epochs", o.retrain_epochs, "Epochs for the found network, from scratch")
      ->type_name("N")->check(between(1, 1e6))->capture_default_str()->group(group);
  app.add_option("--retrain-lr", o.retrain_lr, "Peak learning rate of retraining")
      ->type_name("RATE")->check(above_zero())->capture_default_str()->group(group);
  auto* no = app.add_flag("--no-retrain", o.no_retrain,
                          "Stop after the search; the accuracy reported is then that of inherited weights (default off)")
                 ->group(group);
  auto* arch = app.add_option("--arch", o.arch_file, "Skip the search: retrain the architecture in this JSON file")
                   ->type_name("FILE")->group(group)->excludes(no);
  app.add_flag("--random", o.random,
               "Skip the search: retrain a network drawn uniformly inside the budgets, to compare with (default off)")
      ->group(group)->excludes(no)->excludes(arch);
}

void add_machine(CLI::App& app, Options& o) {
  const auto group = "Machine";
  app.add_option("--seed", o.seed, "Seed of everything random; with --threads 1 a run repeats bit for bit")
      ->type_name("N")->capture_default_str()->group(group);
  app.add_option("--threads", o.threads, "Threads of LibTorch; 0: one for each core")
      ->type_name("N")->check(between(0, 1024))->capture_default_str()->group(group);
  app.add_option("--device", o.device, "Where networks are trained; latency is always that of this machine's CPU")
      ->check(CLI::IsMember({"cpu", "cuda"}))->type_name("cpu|cuda")->capture_default_str()->group(group);
  app.add_option("--latency-table", o.latency_table,
                 "CSV file of measured latencies: read if it is there, measured and written if not "
                 "(default: latency-SPACE.csv in ~/.cache/hwnas)")->type_name("FILE")->group(group);
  app.add_flag("--remeasure", o.remeasure, "Measure the latency table even if there is one (default off)")->group(group);
}

void add_files(CLI::App& app, Options& o) {
  const auto group = "Files";
  auto* folder = app.add_option("--checkpoint", o.checkpoint, "Keep the run's state in this folder (default: nowhere)")
                     ->type_name("DIR")->group(group);
  app.add_option("--checkpoint-every", o.checkpoint_every, "Steps between two checkpoints of a training")
      ->type_name("STEPS")->check(between(1, many))->capture_default_str()->group(group);
  app.add_flag("--resume", o.resume, "Go on with the run in the checkpoint folder (default off)")
      ->group(group)->needs(folder);
  app.add_option("--export", o.export_file, "Write the found architecture as JSON (default: nowhere)")
      ->type_name("FILE")->group(group);
  app.add_option("--json", o.json_file, "Write the results as JSON (default: nowhere)")->type_name("FILE")->group(group);
  app.add_option("--report", o.report_file, "Write a page of charts and tables (default: nowhere)")
      ->type_name("FILE")->group(group);
  app.add_flag("--quiet", o.quiet, "Print the final table only (default off)")->group(group);
}

}  // namespace

std::variant<Options, int> parse_options(int argc, char** argv) {
  Options options;
  CLI::App app{"Finds a network in a search space by Single Path One-Shot: trains one supernet, lets evolution choose\n"
               "among the networks inside the budgets, retrains the winner and measures it.", "spos"};
  app.get_formatter()->column_width(34);
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);  // scripts append what differs
  app.set_help_flag("-h,--help", "Print this help")->group("Files");
  add_loading(app, options);
  add_space(app, options);
  add_training(app, options);
  add_search(app, options);
  add_retraining(app, options);
  add_machine(app, options);
  add_files(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    fmt::print("{}", app.help());
    return 0;
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "spos: {}; see --help\n", examples::one_line(error.what()));
    return 2;
  }
  if (options.threads == 0) options.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  return options;
}

}  // namespace spos
