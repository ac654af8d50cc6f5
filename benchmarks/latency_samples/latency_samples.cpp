// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How well predictors of whole networks rank networks they have not seen, by how many they were trained on:
///        NAS-Bench-201's networks on every device of a table of measured latencies. A plain table, and with --json the same as a file.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "hwnas/core.hpp"
#include "hwnas/core/atomic_file.hpp"
#include "hwnas/latency/error_statistics.hpp"
#include "hwnas/latency/linear_predictor.hpp"
#include "hwnas/latency/measured_latencies.hpp"
#include "hwnas/nn/torch.hpp"
#include "hwnas/train/gcn_predictor.hpp"
#include "hwnas/zoo/nasbench201_string.hpp"
#include "main_function.hpp"

namespace {

using namespace hwnas;
using Space = zoo::NasBench201;
using Sample = NetworkSample<Space>;

struct Arguments {
  std::string table;
  std::string json;
  std::vector<std::size_t> samples{10, 30, 100, 300, 900};
  std::vector<std::string> predictors{"linear", "gcn"};
  std::vector<std::string> devices;  // none: all
  int seeds = 10;
  int threads = 1;
  GcnOptions gcn;
};

// Measured networks of one device; failed measurements are left out.
std::vector<Sample> usable(const std::vector<Architecture<Space>>& networks, const std::vector<double>& column) {
  std::vector<Sample> result;
  for (std::size_t i = 0; i < networks.size(); ++i) {
    if (std::isfinite(column[i])) result.push_back({networks[i], Milliseconds{column[i]}});
  }
  return result;
}

// In milliseconds; what a predictor cannot say is 0, the fastest.
std::vector<double> predictions(const LinearPredictor<Space>& predictor,
                                const std::vector<Architecture<Space>>& networks) {
  std::vector<double> result;
  for (const auto& a : networks) {
    const auto latency = predictor.predict(a);
    result.push_back(latency ? latency->value() : 0);
  }
  return result;
}
std::vector<double> predictions(const GcnPredictor<Space>& predictor,
                                const std::vector<Architecture<Space>>& networks) {
  std::vector<double> result;
  for (const Milliseconds latency : predictor.predict_all(networks).value()) result.push_back(latency.value());
  return result;
}

// Trains on the first n of a shuffled list and ranks the rest.
template <class P, class... Options>
ErrorStatistics held_out(std::vector<Sample> all, std::size_t n, std::uint64_t seed, const Options&... options) {
  Rng rng{seed};
  for (std::size_t i = 0; i < n; ++i) std::swap(all[i], all[i + rng.below(all.size() - i)]);
  P predictor;
  predictor.fit(std::span<const Sample>{all}.first(n), options...).value();
  std::vector<Architecture<Space>> networks;
  std::vector<double> measured;
  for (const Sample& sample : std::span{all}.subspan(n)) {
    networks.push_back(sample.architecture);
    measured.push_back(sample.latency.value());
  }
  return error_statistics(predictions(predictor, networks), measured);
}

ErrorStatistics held_out_of(const std::string& predictor, const std::vector<Sample>& all, std::size_t n,
                            std::uint64_t seed, GcnOptions options) {
  options.seed = seed;
  return predictor == "linear" ? held_out<LinearPredictor<Space>>(all, n, seed)
                               : held_out<GcnPredictor<Space>>(all, n, seed, options);
}

struct Scores {
  double spearman = 0;
  double within_5 = 0;
  double within_10 = 0;
};
Scores mean_scores(const std::string& predictor, const std::vector<Sample>& all, std::size_t n,
                   const Arguments& arguments) {
  std::vector<double> ranks, fives, tens;
  for (int seed = 0; seed < arguments.seeds; ++seed) {
    const ErrorStatistics errors = held_out_of(predictor, all, n, static_cast<std::uint64_t>(seed), arguments.gcn);
    ranks.push_back(errors.spearman);
    fives.push_back(errors.within_5);
    tens.push_back(errors.within_10);
  }
  return {mean(ranks), mean(fives), mean(tens)};
}

nlohmann::json row_of(const std::string& device, const std::string& predictor, const std::vector<Sample>& all,
                      const Arguments& arguments) {
  nlohmann::json row;
  fmt::print("{:<24}{:<8}{:>8}", device, predictor, all.size());
  for (const std::size_t n : arguments.samples) {
    if (n < 2 || n + 2 > all.size()) {
      throw Error{Error::Code::bad_value,
                  fmt::format("{} training samples of {} networks leave too few of one kind", n, all.size())};
    }
    const Scores scores = mean_scores(predictor, all, n, arguments);
    row[fmt::format("{}", n)] = {
        {"spearman", scores.spearman}, {"within_5", scores.within_5}, {"within_10", scores.within_10}};
    fmt::print("{:>16}", fmt::format("{:.3f} ({:.0f} %)", scores.spearman, 100 * scores.within_10));
    std::fflush(stdout);
  }
  fmt::print("\n");
  return row;
}

void run(const Arguments& arguments) {
  at::set_num_threads(arguments.threads);
  const MeasuredLatencies table = read_measured_latencies(arguments.table).value();
  std::vector<Architecture<Space>> networks;
  for (const std::string& text : table.architectures) networks.push_back(from_nasbench201_string<Space>(text).value());
  for (const std::string& name : arguments.devices) {
    if (std::find(table.devices.begin(), table.devices.end(), name) != table.devices.end()) continue;
    throw Error{Error::Code::unknown_name, fmt::format("{}: there is no device '{}'", arguments.table, name)};
  }
  nlohmann::json rows = nlohmann::json::object();
  fmt::print("{:<32}{:>8}", "Spearman (within 10 %)", "networks");
  for (const std::size_t n : arguments.samples) fmt::print("{:>16}", n);
  fmt::print("\n");
  for (std::size_t d = 0; d < table.devices.size(); ++d) {
    const std::string& device = table.devices[d];
    const auto& wanted = arguments.devices;
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), device) == wanted.end()) continue;
    const auto all = usable(networks, table.columns[d]);
    for (const std::string& predictor : arguments.predictors) {
      rows[predictor][device] = row_of(device, predictor, all, arguments);
    }
  }
  if (arguments.json.empty()) return;
  nlohmann::json document = std::move(rows);
  document["table"] = std::filesystem::path{arguments.table}.filename().string();
  document["seeds"] = arguments.seeds;
  write_file_atomically(arguments.json, document.dump(1) + "\n").value();
}

}  // namespace

int main(int count, char** values) {
  Arguments arguments;
  CLI::App app{"Rank correlation of latency predictors on NAS-Bench-201 against their number of training samples",
               "latency_samples"};
  app.add_option("table", arguments.table, "CSV of measured latencies: arch,device,device,...")->required();
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
