// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How well a linear predictor ranks networks it has not seen, by how many it was trained on: NAS-Bench-201's networks on
///        every device of a table of measured latencies. A plain table, and with --json the same as a file.
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
#include "hwnas/zoo/measured_networks.hpp"

namespace {

using namespace hwnas;
using Space = zoo::NasBench201;
using Sample = NetworkSample<Space>;

struct Arguments {
  std::string table;
  std::string json;
  std::vector<std::size_t> samples{10, 30, 100, 300, 900};
  int seeds = 10;
};

// Measured networks of one device; failed measurements are left out.
std::vector<Sample> usable(const std::vector<Architecture<Space>>& networks, const std::vector<double>& column) {
  std::vector<Sample> result;
  for (std::size_t i = 0; i < networks.size(); ++i) {
    if (std::isfinite(column[i])) result.push_back({networks[i], Milliseconds{column[i]}});
  }
  return result;
}

// Trains on the first n of a shuffled list and ranks the rest.
ErrorStatistics held_out(std::vector<Sample> all, std::size_t n, std::uint64_t seed) {
  Rng rng{seed};
  for (std::size_t i = 0; i < n; ++i) std::swap(all[i], all[i + rng.below(all.size() - i)]);
  LinearPredictor<Space> predictor;
  predictor.fit(std::span{all}.first(n)).value();
  std::vector<double> predicted, measured;
  for (const Sample& sample : std::span{all}.subspan(n)) {
    const auto latency = predictor.predict(sample.architecture);
    predicted.push_back(latency ? latency->value() : 0);  // below 0: the fastest
    measured.push_back(sample.latency.value());
  }
  return error_statistics(predicted, measured);
}

struct Scores {
  double spearman = 0;
  double within_10 = 0;
};
Scores mean_scores(const std::vector<Sample>& all, std::size_t n, int seeds) {
  std::vector<double> ranks, shares;
  for (int seed = 0; seed < seeds; ++seed) {
    const ErrorStatistics errors = held_out(all, n, static_cast<std::uint64_t>(seed));
    ranks.push_back(errors.spearman);
    shares.push_back(errors.within_10);
  }
  return {mean(ranks), mean(shares)};
}

void run(const Arguments& arguments) {
  const MeasuredLatencies table = read_measured_latencies(arguments.table).value();
  std::vector<Architecture<Space>> networks;
  for (const std::string& text : table.architectures) networks.push_back(zoo::nasbench201_network(text).value());
  nlohmann::json rows = nlohmann::json::object();
  fmt::print("{:<28}{:>8}", "Spearman (within 10 %)", "networks");
  for (std::size_t n : arguments.samples) fmt::print("{:>16}", n);
  fmt::print("\n");
  for (std::size_t d = 0; d < table.devices.size(); ++d) {
    const auto all = usable(networks, table.columns[d]);
    fmt::print("{:<28}{:>8}", table.devices[d], all.size());
    for (std::size_t n : arguments.samples) {
      if (n < 2 || n + 2 > all.size()) {
        throw Error{Error::Code::bad_value, fmt::format("{} training samples of {} networks leave too few of one kind", n, all.size())};
      }
      const Scores scores = mean_scores(all, n, arguments.seeds);
      rows[table.devices[d]][fmt::format("{}", n)] = {{"spearman", scores.spearman}, {"within_10", scores.within_10}};
      fmt::print("{:>16}", fmt::format("{:.3f} ({:.0f} %)", scores.spearman, 100 * scores.within_10));
      std::fflush(stdout);
    }
    fmt::print("\n");
  }
  if (arguments.json.empty()) return;
  const nlohmann::json document{{"table", std::filesystem::path{arguments.table}.filename().string()}, {"seeds", arguments.seeds}, {"linear", rows}};
  write_file_atomically(arguments.json, document.dump(1) + "\n").value();
}

}  // namespace

int main(int count, char** values) {
  Arguments arguments;
  CLI::App app{"Rank correlation of the linear latency predictor on NAS-Bench-201 against its number of training samples"};
  app.add_option("table", arguments.table, "CSV of measured latencies: arch,device,device,...")->required();
  app.add_option("--samples", arguments.samples, "numbers of training samples")->delimiter(',')->capture_default_str();
  app.add_option("--seeds", arguments.seeds, "draws of the training samples that are averaged")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--json", arguments.json, "also write the figures here");
  try {
    app.parse(count, values);
    run(arguments);
    return 0;
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e);
    fmt::print(stderr, "latency_samples: {}\n", e.what());
  } catch (const std::exception& e) {
    fmt::print(stderr, "latency_samples: {}\n", e.what());
  }
  return 2;
}
