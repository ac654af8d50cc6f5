// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What one-shot searches find among 64 networks that have all been trained alone; README.md.
///        scripts/run golden_networks table --out table.csv      trains them; goes on with a table that is not finished
///        scripts/run golden_networks search                     regret of the searches against table.csv
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "hwnas/experiment/progress.hpp"
#include "hwnas/oneshot/darts.hpp"
#include "hwnas/oneshot/enas.hpp"
#include "hwnas/oneshot/gumbel_darts.hpp"
#include "hwnas/oneshot/proxylessnas.hpp"
#include "main_function.hpp"
#include "problem.hpp"

namespace {

using namespace golden;

void make_table(const std::filesystem::path& out) {
  const Data data = Data::load().value();
  GoldenTable table;
  if (std::filesystem::exists(out)) table = GoldenTable::read_some(out).value();
  else std::ofstream{out} << GoldenTable::head;
  for (std::size_t run = 0; run < runs; ++run) {
    for_each_architecture<Space>([&](const A& a) {
      if (table.count(a) > run) return;
      const double accuracy = train_alone(a, data, 1 + run).value();
      std::ofstream file{out, std::ios::app};
      file << fmt::format("{},{},{:.4f}\n", GoldenTable::key(a), run + 1, accuracy) << std::flush;
      if (!file) throw Error{Error::Code::io, fmt::format("{}: cannot be written", out.string())};
      fmt::print("{} run {}: {:.4f}\n", GoldenTable::key(a), run + 1, accuracy);
      std::fflush(stdout);
    });
  }
}

/// The seeds' searches of one strategy: a row.
void judge(const std::string& name, const GoldenTable& table, const Data& data, double alone, std::int64_t epochs,
           int seeds, auto&& strategy) {
  std::vector<double> regrets, costs;
  int within = 0;
  std::string each;
  Progress progress{stderr_console(), {.label = name, .unit = "searches"}};
  progress.start(seeds);
  for (int seed = 1; seed <= seeds; ++seed) {
    const Found found = search(data, strategy(), epochs, static_cast<std::uint64_t>(seed));
    if (flops.profile(found.architecture) > budget()) throw Error{Error::Code::infeasible, name + " left the budget"};
    regrets.push_back(100 * table.regret(found.architecture, budget()));
    costs.push_back(found.seconds / alone);
    within += regrets.back() <= 100 * table.deviation() ? 1 : 0;
    each += fmt::format("  {} {:.2f}", GoldenTable::key(found.architecture), regrets.back());
    progress.advance();
  }
  progress.finish();
  fmt::print("{:<14} {:>6} {:>6.2f} {:>8} {:>8.1f} {:>8.2f}  {}\n", name, epochs, mean(regrets),
             fmt::format("{} of {}", within, seeds), mean(costs), 100 * table.random_regret(mean(costs), budget()),
             each);
  std::fflush(stdout);
}

const std::vector<std::string> strategies{"spos", "fairnas", "proxylessnas", "reinforce", "darts", "gumbel_darts", "enas"};

void judge_all(const std::filesystem::path& file, const std::vector<std::string>& chosen,
               std::optional<std::int64_t> epochs, int seeds) {
  const GoldenTable table = GoldenTable::read(file).value();
  const Data data = Data::load().value();
  const double begin = processor_seconds();
  static_cast<void>(train_alone(table.inside(budget()).back(), data, 1).value());
  const double alone = processor_seconds() - begin;
  fmt::print("{} networks of 64 within {}; one training differs from its network's mean by {:.2f} points\n",
             table.inside(budget()).size(), budget(), 100 * table.deviation());
  fmt::print("{:<14} {:>6} {:>6} {:>8} {:>8} {:>8}  found and its regret\n", "", "epochs", "regret", "within", "cost", "random");
  const auto row = [&](const std::string& name, std::int64_t usual, auto&& strategy) {
    if (std::find(chosen.begin(), chosen.end(), name) == chosen.end()) return;
    judge(name, table, data, alone, epochs.value_or(usual), seeds, strategy);
  };
  const ArchitectureOptions fast{.rate = 0.01};
  row("spos", 24, [] { return chosen_by_evolution<Spos<Space>>(); });
  row("fairnas", 12, [] { return chosen_by_evolution<FairNas<Space>>(); });  // four paths a step
  row("proxylessnas", 24,
      [&] { return inside_the_budget(ProxylessNas<Gradient>{ProxylessNasOptions{.architecture = fast}}); });
  row("reinforce", 24, [&] { return inside_the_budget(ProxylessNas<Reinforce>{{.architecture = fast, .samples = 4}}); });
  row("darts", 24, [&] { return inside_the_budget(Darts{{.architecture = fast}}); });
  row("gumbel_darts", 24, [&] { return inside_the_budget(GumbelDarts{{.architecture = fast}}); });
  const ArchitectureOptions slow{.rate = 0.005, .beta1 = 0.9, .every = 2};  // of the controller's weights
  row("enas", 48, [&] { return inside_the_budget(Enas{{.architecture = slow, .samples = 8}}); });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"What one-shot searches find among 64 networks that have all been trained alone.", "golden_networks"};
  app.require_subcommand(1);
  std::string out, file = "benchmarks/golden_networks/table.csv";
  std::optional<std::int64_t> epochs{};
  int seeds = 5;
  std::vector<std::string> chosen = strategies;
  CLI::App& table = *app.add_subcommand("table", "train every network three times");
  table.add_option("--out", out, "CSV file, gone on with where it exists")->required();
  CLI::App& search = *app.add_subcommand("search", "regret of the searches");
  search.add_option("--table", file, "what the networks reach")->capture_default_str();
  search.add_option("--strategies", chosen, "of these")
      ->delimiter(',')
      ->check(CLI::IsMember(strategies))
      ->capture_default_str();
  search.add_option("--epochs", epochs, "of each supernet (24; fairnas 12, enas 48)")->check(CLI::Range(1, 1000));
  search.add_option("--seeds", seeds, "searches of each strategy")->check(CLI::Range(1, 1000))->capture_default_str();
  return programs::guarded_main(app, argc, argv, [&] {
    at::set_num_threads(1);
    if (table) make_table(out);
    else judge_all(file, chosen, epochs, seeds);
  });
}
