// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Parts of command lines that programs share.
#include "common/command_line.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <thread>

#include <fmt/format.h>

#include "common/schedules.hpp"
#include "main_function.hpp"

namespace programs {
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
  if (!(number > 0) || !std::isfinite(number) || factor == factors.end()) {
    return fmt::format("'{}' is no positive number such as 2500000, 2.5M or 64Ki", text);
  }
  text = fmt::format("{}", number * factor->second);
  return {};
}

}  // namespace

const CLI::Validator& with_suffix() {
  static const CLI::Validator suffix{[](std::string& text) { return scaled(text); }, "", "suffix"};
  return suffix;
}
void add_data(CLI::App& app, Options& o, const std::string& workers) {
  const auto group = "Data";
  app.add_option("--data", o.data, "fashion-mnist, a folder, or KIND:FOLDER with mnist, fashion-mnist, cifar10, folder")
      ->type_name("DATA")->capture_default_str()->group(group);
  app.add_option("--images", o.images, "Use only so many images of the training part; 0: all")
      ->type_name("N")->check(between(0, many))->capture_default_str()->group(group);
  app.add_option("--validation-images", o.validation_images,
                 "Images taken from the training part to judge candidates by; 0: half")
      ->type_name("N")
      ->check(between(0, many))
      ->capture_default_str()
      ->group(group);
  app.add_option("--judging-images", o.judging_images, "Validation images on which each candidate is judged, at most")
      ->type_name("N")->check(between(1, many))->capture_default_str()->group(group);
  app.add_option("--crop", o.crop, "Augmentation: random crop after padding with so many pixels; 0: none")
      ->type_name("PIXELS")->check(between(0, 64))->capture_default_str()->group(group);
  app.add_flag("--flip,!--no-flip", o.flip,
               "Augmentation: mirror half of the images (default on; digits want --no-flip)")
      ->group(group);
  app.add_option("--cutout", o.cutout, "Augmentation: erase a square with a side of so many pixels; 0: none")
      ->type_name("PIXELS")->check(between(0, 64))->capture_default_str()->group(group);
  app.add_option(workers, o.workers, "Threads that load and augment images; 0: none of their own")
      ->type_name("N")->check(between(0, 256))->capture_default_str()->group(group);
}

void add_training(CLI::App& app, Options& o) {
  const auto group = "Supernet training";
  app.add_option("--epochs", o.epochs, "Epochs of the supernet")
      ->type_name("N")->check(between(1, 1e6))->capture_default_str()->group(group);
  app.add_option("--batch-size", o.batch_size, "Images a step, for the supernet and for retraining; of several processes, each's")
      ->type_name("N")->check(between(2, 1e6))->capture_default_str()->group(group);
  app.add_option("--lr", o.lr, "Peak learning rate of the supernet (SGD)")
      ->type_name("RATE")->check(above_zero())->capture_default_str()->group(group);
  app.add_option("--weight-decay", o.weight_decay, "Weight decay, not of batch-norm and biases")
      ->type_name("X")->check(between(0, 1))->capture_default_str()->group(group);
  app.add_option("--label-smoothing", o.smoothing, "Label smoothing")
      ->type_name("X")->check(between(0, 0.9))->capture_default_str()->group(group);
  app.add_option("--schedule", o.schedule,
                 "Learning rate over a training, of the supernet and of retraining: cosine (after a warm-up of a tenth), "
                 "step (a tenth of it after half and after three quarters), linear (down to 0), one-cycle, constant")
      ->type_name("NAME")->check(CLI::IsMember(schedule_names()))->capture_default_str()->group(group);
  app.add_option("--clip-norm", o.clip_norm, "Largest norm of all of a step's gradients together; 0: not clipped")
      ->type_name("X")->check(between(0, many))->capture_default_str()->group(group);
  app.add_flag("--mixed-precision", o.mixed_precision,
               "Train in bfloat16 where LibTorch finds that safe; needs --device cuda (default off)")->group(group);
}

void add_distillation(CLI::App& app, Options& o) {
  const auto group = "Retraining";
  auto* distill =
      app.add_option("--distill", o.distill,
                     "A teacher, from whose output the retrained network learns beside the labels: supernet (of the search: its "
                     "path of most multiply-adds or the found one, whichever is right more often on validation images), or a "
                     "checkpoint of this space (search.state, supernet.state, retraining.state) (default: none)")
          ->type_name("supernet|FILE")->group(group);
  app.add_option("--distill-weight", o.distill_weight, "Weight of the loss against the teacher; the labels' has 1")
      ->type_name("X")->check(above_zero())->capture_default_str()->group(group)->needs(distill);
  app.add_option("--distill-temperature", o.distill_temperature,
                 "Softens the classes of both; higher says more of those that are not the first")
      ->type_name("T")->check(above_zero())->capture_default_str()->group(group)->needs(distill);
}

std::string distillation_complaint(const Options& o, bool searches) {
  if (o.distill.empty()) return {};
  if (o.no_retrain) return "--distill teaches in retraining, which this run leaves out";
  if (o.distill != "supernet" || searches) return {};
  return "--distill supernet needs a search, which this run leaves out; give the search's checkpoint (search.state, "
         "supernet.state) instead";
}

void add_retraining(CLI::App& app, Options& o) {
  const auto group = "Retraining";
  app.add_option("--retrain-epochs", o.retrain_epochs, "Epochs for the found network, from scratch")
      ->type_name("N")->check(between(1, 1e6))->capture_default_str()->group(group);
  app.add_option("--retrain-lr", o.retrain_lr, "Peak learning rate of retraining")
      ->type_name("RATE")->check(above_zero())->capture_default_str()->group(group);
  auto* no =
      app.add_flag("--no-retrain", o.no_retrain,
                   "Stop after the search; the accuracy reported is then that of inherited weights (default off)")
          ->group(group);
  app.add_option("--arch", o.arch_file, "Skip the search: retrain the architecture in this JSON file")
      ->type_name("FILE")->group(group)->excludes(no);
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
                 "Latency is the sum over operators of this CSV file: read if it is there, measured and written if not "
                 "(default: a predictor of kernels instead; with --predictor operators, latency-SPACE.csv in ~/.cache/hwnas)")->type_name("FILE")->group(group);
  app.add_flag("--remeasure", o.remeasure, "Measure latencies even if they are kept from before (default off)")
      ->group(group);
}

void add_predictor(CLI::App& app, Options& o, const std::string& group) {
  app.add_option("--predictor", o.predictor,
                 "What predicts latency: cpu (a predictor of kernels, built on this machine within a minute and kept), "
                 "operators (the table of --latency-table), a predictor of build_predictor (JSON) or a latency table of "
                 "build_table (CSV), of any device")
      ->type_name("cpu|operators|FILE")->capture_default_str()->group(group);
}
void add_confidence(CLI::App& app, Options& o, const std::string& group) {
  app.add_option("--confidence", o.confidence,
                 "Probability with which a network keeps a latency budget, by a predictor's calibration on whole "
                 "networks; 0: budgets limit the prediction itself")
      ->type_name("P")->check(between(0, 0.999))->capture_default_str()->group(group);
}

void add_ranks(CLI::App& app, Options& o) {
  const auto group = "Several processes (torchrun, mpirun, srun: RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT)";
  app.add_option("--rank-timeout", o.rank_timeout,
                 "Seconds without an answer after which the others are given up; the first process also measures and "
                 "evaluates alone meanwhile")
      ->type_name("SECONDS")->check(above_zero())->capture_default_str()->group(group);
  app.add_flag("--sync-norms", o.synchronise_norms,
               "Batch-norm over the batches of all processes (default: over each's own)")->group(group);
}

void add_files(CLI::App& app, Options& o) {
  const auto group = "Files";
  auto* folder = app.add_option("--checkpoint", o.checkpoint,
                                "Keep the run's state in this folder (default: one in ~/.cache/hwnas/runs while it runs)")
                     ->type_name("DIR")->group(group);
  app.add_option("--checkpoint-every", o.checkpoint_every, "Steps between two checkpoints of a training")
      ->type_name("STEPS")->check(between(1, many))->capture_default_str()->group(group);
  app.add_flag("--resume", o.resume, "Go on with the run in the checkpoint folder (default off)")
      ->group(group)->needs(folder);
  app.add_option("--export", o.export_file, "Write the found architecture as JSON (default: nowhere)")
      ->type_name("FILE")->group(group);
  app.add_option("--json", o.json_file, "Write the results as JSON (default: nowhere)")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--report", o.report_file, "Write a page of charts and tables (default: nowhere)")
      ->type_name("FILE")->group(group);
  app.add_flag("--quiet", o.quiet, "Print the final table only (default off)")->group(group);
}

std::optional<int> parse(CLI::App& app, int argc, char** argv, Options& options) {
  options.program = app.get_name();
  for (int i = 1; i < argc; ++i) options.arguments += (i > 1 ? " " : "") + std::string{argv[i]};
  app.get_formatter()->column_width(34);
  app.set_help_flag("-h,--help", "Print this help")->group("Files");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    fmt::print("{}", app.help());
    return 0;
  } catch (const CLI::ParseError& error) {
    return fail(options.program, std::string{error.what()} + "; see --help");
  }
  // LibTorch 1.13 has no bfloat16 for some activations on a processor.
  if (options.mixed_precision && options.device != "cuda") {
    return fail(options.program, "--mixed-precision needs --device cuda; see --help");
  }
  if (options.threads == 0) options.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  return std::nullopt;
}

}  // namespace programs
