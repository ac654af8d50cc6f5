// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How well predictors of whole networks rank networks they have not seen, by how many they were trained on:
///        the networks of a space on every device of a table of measured latencies. A plain table, and with --json the same as a file.
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "held_out.hpp"
#include "hwnas/core/atomic_file.hpp"
#include "hwnas/latency/measured_latencies.hpp"
#include "hwnas/nn/torch.hpp"
#include "hwnas/zoo/listed_spaces.hpp"
#include "main_function.hpp"

namespace {

using namespace hwnas;
using latency_samples::Networks, latency_samples::Scores, latency_samples::mean_scores;

struct Arguments {
  std::string table;
  std::string space = "nasbench201";
  std::string json;
  std::vector<std::size_t> samples{10, 30, 100, 300, 900};
  std::vector<std::string> predictors{"linear", "gcn"};
  std::vector<std::string> devices;  // none: all
  int seeds = 10;
  int threads = 1;
  GcnOptions gcn;
};

template <class Space>
nlohmann::json row_of(const std::string& device, const std::string& predictor,
                      const std::vector<NetworkSample<Space>>& all, const Arguments& arguments) {
  nlohmann::json row;
  fmt::print("{:<24}{:<8}{:>8}", device, predictor, all.size());
  for (const std::size_t n : arguments.samples) {
    if (n < 2 || n + 2 > all.size()) {
      throw Error{Error::Code::bad_value,
                  fmt::format("{} training samples of {} networks leave too few of one kind", n, all.size())};
    }
    const Scores scores = mean_scores(predictor, all, n, arguments.seeds, arguments.gcn);
    row[fmt::format("{}", n)] = {
        {"spearman", scores.spearman}, {"within_5", scores.within_5}, {"within_10", scores.within_10}};
    fmt::print("{:>16}", fmt::format("{:.3f} ({:.0f} %)", scores.spearman, 100 * scores.within_10));
    std::fflush(stdout);
  }
  fmt::print("\n");
  return row;
}

// A row for each predictor and device.
template <class Names>
Result<nlohmann::json> rows_of(const MeasuredLatencies& table, const Arguments& arguments) {
  const auto networks = Networks<Names>::read(table.architectures);
  if (!networks) return networks.error();
  nlohmann::json rows = nlohmann::json::object();
  fmt::print("{:<32}{:>8}", "Spearman (within 10 %)", "networks");
  for (const std::size_t n : arguments.samples) fmt::print("{:>16}", n);
  fmt::print("\n");
  for (std::size_t d = 0; d < table.devices.size(); ++d) {
    const std::string& device = table.devices[d];
    const auto& wanted = arguments.devices;
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), device) == wanted.end()) continue;
    const auto all = networks->measured(table.columns[d]);
    for (const std::string& predictor : arguments.predictors) {
      rows[predictor][device] = row_of(device, predictor, all, arguments);
    }
  }
  return rows;
}

void run(const Arguments& arguments) {
  at::set_num_threads(arguments.threads);
  const MeasuredLatencies table =
      read_measured_latencies(arguments.table, zoo::listed_key(arguments.space).value()).value();
  for (const std::string& name : arguments.devices) {
    if (std::find(table.devices.begin(), table.devices.end(), name) != table.devices.end()) continue;
    throw Error{Error::Code::unknown_name, fmt::format("{}: there is no device '{}'", arguments.table, name)};
  }
  nlohmann::json document =
      zoo::with_listed_space(arguments.space, [&]<class Names>(Names) { return rows_of<Names>(table, arguments); })
          .value();
  if (arguments.json.empty()) return;
  document["table"] = std::filesystem::path{arguments.table}.filename().string();
  document["seeds"] = arguments.seeds;
  write_file_atomically(arguments.json, document.dump(1) + "\n").value();
}

}  // namespace

int main(int count, char** values) {
  Arguments arguments;
  CLI::App app{"Rank correlation of latency predictors against their number of training samples",
               "latency_samples"};
  app.add_option("table", arguments.table, "CSV of measured latencies: arch,device,device,... (ofa: ks,e,d,r,device,...)")
      ->required();
  app.add_option("--space", arguments.space, "nasbench201, fbnet, or ofa (once-for-all: its networks at 224 pixels)")
      ->capture_default_str();
  app.add_option("--samples", arguments.samples, "numbers of training samples")->delimiter(',')->capture_default_str();
  app.add_option("--seeds", arguments.seeds, "draws of the training samples that are averaged")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--predictors", arguments.predictors, "linear, gcn")
      ->delimiter(',')
      ->check(CLI::IsMember({"linear", "gcn"}))
      ->capture_default_str();
  app.add_option("--devices", arguments.devices, "columns of the table; all where none is named")->delimiter(',');
  app.add_option("--epochs", arguments.gcn.epochs, "of the graph convolution")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--width", arguments.gcn.width, "of its layers (BRP-NAS: 600)")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--layers", arguments.gcn.layers, "how many")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--rate", arguments.gcn.rate, "its learning rate")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--batch", arguments.gcn.batch, "networks a step")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--threads", arguments.threads, "of LibTorch")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--json", arguments.json, "also write the figures here");
  return programs::guarded_main(app, count, values, [&] { run(arguments); });
}
