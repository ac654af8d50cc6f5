// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The command line of proxyless: NNI's flags, and two recipes of defaults.
#include "options.hpp"

#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "common/command_line.hpp"
#include "main_function.hpp"
#include "spaces.hpp"

namespace proxyless {
namespace {

using programs::above_zero, programs::between, programs::many;

/// Defaults of a recipe. What is given on the command line overrides them.
void set_recipe(Options& o, const std::string& name) {
  o.recipe = name;
  o.space = "proxylessnas";
  o.judging_images = static_cast<std::int64_t>(many);
  if (name == "small") {
    o.epochs = 5;
    o.warmup_epochs = 1;
    o.retrain_epochs = 5;
    o.validation_images = 10'000;
    o.workers = 1;
    return;
  }
  // NNI's example and guide; its 50/50 split is of shuffled images here.
  o.epochs = 120;
  o.warmup_epochs = 0;
  o.workers = 4;
  o.lr = 0.05;
  o.retrain_lr = 0.05;
  o.retrain_epochs = 300;
  o.validation_images = 0;
  o.arc_learning_rate = 1e-3;
  o.penalty = Penalty::grad_reg;
  o.constrain_by_reference = false;
  o.train_mode = TrainMode::search;
  o.log_frequency = 10;
}

void add_search(CLI::App& app, Options& o) {
  const auto group = "Search";
  app.add_option("--recipe", o.recipe,
                 "Defaults: small (minutes on two cores) or nni (120 epochs and NNI's other defaults)")
      ->check(CLI::IsMember({"small", "nni"}))
      ->type_name("NAME")
      ->capture_default_str()
      ->group(group);
  app.add_option("--space", o.space, "Search space: " + programs::help_of(spaces()))
      ->type_name("NAME")->check(CLI::IsMember(programs::names_of(spaces())))->capture_default_str()->group(group);
  app.add_option("--strategy", o.strategy,
                 "proxylessnas (binary gates), reinforce, darts, darts2 (second order), gumbel, enas")
      ->check(CLI::IsMember(strategy_names()))
      ->type_name("NAME")
      ->capture_default_str()
      ->group(group);
  static const std::map<std::string, TrainMode> modes{
      {"all", TrainMode::all}, {"search", TrainMode::search}, {"retrain", TrainMode::retrain}};
  app.add_option("--train-mode", o.train_mode,
                 "search, retrain (needs --exported-arch-path), or all: both (default of the "
                 "recipe small; nni: search)")
      ->transform(CLI::CheckedTransformer(modes))
      ->type_name("MODE")
      ->group(group);
  app.add_option("--warmup-epochs", o.warmup_epochs, "First epochs, in which weights learn alone")
      ->type_name("N")->check(between(0, 1e6))->capture_default_str()->group(group);
  app.add_option("--arc-learning-rate", o.arc_learning_rate, "Learning rate of the architecture (Adam)")
      ->type_name("RATE")->check(above_zero())->capture_default_str()->group(group);
  app.add_option("--log-frequency", o.log_frequency, "Steps between two lines on the search; 0: none")
      ->type_name("STEPS")->check(between(0, many))->capture_default_str()->group(group);
  app.add_option("--history", o.history_file,
                 "Write losses, entropy and expected cost of every step as CSV (default: nowhere)")
      ->type_name("FILE")->group(group);
}

void add_hardware(CLI::App& app, Options& o) {
  const auto group = "Hardware (costs in ms; of flops and params in millions)";
  app.add_option(
         "--applied-hardware", o.applied_hardware,
         "What the search is aware of: libtorch-cpu (this machine: a predictor built within a minute and kept), the file of a predictor or a latency table, flops, params")
      ->type_name("NAME|FILE")
      ->capture_default_str()
      ->group(group);
  programs::add_confidence(app, o, group);
  app.add_option("--reference-latency", o.reference,
                 "The cost to aim at (default: 35 % into the space's range; nni: 65)")
      ->type_name("COST")
      ->check(above_zero())
      ->group(group);
  static const std::map<std::string, Penalty> penalties{{"grad-reg", Penalty::grad_reg},
                                                        {"dual-ascent", Penalty::dual_ascent},
                                                        {"absolute", Penalty::absolute},
                                                        {"none", Penalty::none}};
  app.add_option("--penalty", o.penalty,
                 "grad-reg (--grad-reg-loss-type; default of nni), dual-ascent (a multiplier that "
                 "drives the expected cost to the reference; default of small), absolute, none")
      ->transform(CLI::CheckedTransformer(penalties))
      ->type_name("NAME")
      ->group(group);
  static const std::map<std::string, GradReg> types{
      {"mul#log", GradReg::mul_log}, {"add#linear", GradReg::add_linear}, {"none", GradReg::none}};
  app.add_option("--grad-reg-loss-type", o.grad_reg,
                 "mul#log, add#linear or none (default add#linear, as NNI's); implies --penalty grad-reg")
      ->transform(CLI::CheckedTransformer(types))
      ->type_name("TYPE")
      ->group(group);
  app.add_option("--grad-reg-loss-lambda", o.lambda, "add#linear: loss + lambda (cost - reference) / reference")
      ->type_name("X")->check(between(0, many))->capture_default_str()->group(group);
  app.add_option("--grad-reg-loss-alpha", o.alpha, "mul#log: alpha of loss x alpha (log cost / log reference)^beta")
      ->type_name("X")->check(between(0, many))->capture_default_str()->group(group);
  app.add_option("--grad-reg-loss-beta", o.beta, "mul#log: beta")
      ->type_name("X")->check(between(0, many))->capture_default_str()->group(group);
  app.add_option("--absolute-beta", o.absolute_beta,
                 "absolute: loss + beta |cost / reference - 1|; where beta is small beside the loss, as TuNAS's 0.1 is "
                 "beside a cross entropy, the search stays above the reference")
      ->type_name("X")->check(above_zero())->capture_default_str()->group(group);
  app.add_option("--filter", o.filter,
                 "LO:HI: only architectures of costs in this range are drawn and chosen; an end may be "
                 "missing (default: none)")
      ->type_name("LO:HI")
      ->group(group);
  app.add_option("--hard-constraint", o.hard_constraint,
                 "Largest cost of anything drawn and chosen (default of small: the "
                 "reference; of nni: none)")
      ->type_name("COST")
      ->check(above_zero())
      ->group(group);
  app.add_flag("!--no-hard-constraint", o.constrain_by_reference, "Only the penalty, no constraint")->group(group);
  app.add_option("--dummy-input", o.dummy_input, "Shape the latency is for, as N,C,H,W; must be the space's "
                                                 "(default: that one)")->type_name("SHAPE")->group(group);
}

void add_retraining(CLI::App& app, Options& o) {
  const auto group = "Retraining";
  app.add_option("--exported-arch-path", o.arch_file,
                 "--train-mode retrain: the architecture's JSON file; otherwise the "
                 "same as --export")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--retrain-epochs", o.retrain_epochs, "Epochs for the found network, from scratch")
      ->type_name("N")->check(between(1, 1e6))->capture_default_str()->group(group);
  app.add_option("--retrain-lr", o.retrain_lr, "Peak learning rate of retraining")
      ->type_name("RATE")->check(above_zero())->capture_default_str()->group(group);
  programs::add_distillation(app, o);
}

/// The recipe decides defaults, so it is looked for before anything is parsed.
std::string recipe_of(int argc, char** argv) {
  std::string name = "small";
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--recipe" && i + 1 < argc) name = argv[i + 1];
    if (word.starts_with("--recipe=")) name = word.substr(word.find('=') + 1);
  }
  return name == "nni" ? name : "small";
}

/// What depends on several options. The complaint; empty when there is none.
std::string settle(CLI::App& app, Options& o) {
  if (app.count("--grad-reg-loss-type") > 0 && app.count("--penalty") == 0) o.penalty = Penalty::grad_reg;
  if (o.train_mode == TrainMode::retrain && o.arch_file.empty()) {
    return "--train-mode retrain needs --exported-arch-path FILE";
  }
  if (o.train_mode != TrainMode::retrain && !o.arch_file.empty()) {
    if (o.export_file.empty()) o.export_file = o.arch_file;
    o.arch_file.clear();
  }
  o.no_retrain = o.train_mode == TrainMode::search;
  const std::string complaint = programs::distillation_complaint(o, o.train_mode != TrainMode::retrain);
  if (!complaint.empty()) return complaint;
  if (o.warmup_epochs > o.epochs) {
    return fmt::format("--warmup-epochs {}: expected at most the {} of --epochs", o.warmup_epochs, o.epochs);
  }
  return {};
}

}  // namespace

std::variant<Options, int> parse_options(int argc, char** argv) {
  Options options;
  set_recipe(options, recipe_of(argc, argv));
  CLI::App app{
      "Finds a network by ProxylessNAS and its kin with a hardware term: weights and architecture learn in turn,\n"
      "the expected cost is driven to a reference, the most probable network inside the budget is retrained.",
      "proxyless"};
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  programs::add_data(app, options);
  add_search(app, options);
  add_hardware(app, options);
  programs::add_training(app, options);
  add_retraining(app, options);
  programs::add_machine(app, options);
  programs::add_ranks(app, options);
  programs::add_files(app, options);
  if (const auto status = programs::parse(app, argc, argv, options)) return *status;
  if (const std::string complaint = settle(app, options); !complaint.empty()) {
    return programs::fail("proxyless", complaint + "; see --help");
  }
  return options;
}

}  // namespace proxyless
