// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The cost that a search ends at, against the weight of its penalty: AddLinear's lambda over a planted problem.
///        scripts/run penalty_sweep [--seeds N] [--svg FILE]       README.md
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "hwnas/core/atomic_file.hpp"
#include "hwnas/core/statistics.hpp"
#include "hwnas/oneshot/expectation_penalty.hpp"
#include "hwnas/oneshot/learned_search.hpp"
#include "hwnas/oneshot/planted_network.hpp"
#include "hwnas/oneshot/proxylessnas.hpp"
#include "hwnas/profile/profilers.hpp"
#include "hwnas/report/xy_chart.hpp"
#include "hwnas/zoo/proxylessnas.hpp"
#include "main_function.hpp"

namespace {

using namespace hwnas;  // NOLINT
using Space = zoo::ProxylessNas;
constexpr FlopsProfiler<Space> flops;
constexpr int steps = 600;

Flops reference() { return Flops{(flops.range().min.value() + flops.range().max.value()) / 2}; }

double millions(Flops cost) { return 1e-6 * static_cast<double>(cost.value()); }

/// Millions of multiply-adds of what a search ends at.
double found(double lambda, std::uint64_t seed) {
  auto network = PlantedNetwork<Space>::dearer_is_better(flops, 6, 0.06, Rng{seed});
  using Term = ExpectationPenalty<FlopsProfiler<Space>, AddLinear>;
  LearnedSearch<Space, ProxylessNas<Gradient>, Term> search{
      ProxylessNas<Gradient>{ProxylessNasOptions{.architecture = {.rate = 0.1}}},
      Term{flops, reference(), AddLinear{lambda}}};
  const Loader loader = network.loader();
  const Batch batch = keep_batches(loader).value().front();
  search.begin({.validation = loader, .steps = steps}, Rng{seed + 100});
  Rng rng{seed + 200};
  for (int i = 0; i < steps; ++i) static_cast<void>(search.step(network, batch, rng));
  return millions(flops.profile(search.most_probable()));
}

/// A row a seed: costs at each lambda.
struct Sweep {
  std::vector<double> lambdas{};
  std::vector<std::vector<double>> costs{};

  [[nodiscard]] double tau() const {
    std::vector<double> weights, savings;
    for (const auto& row : costs) {
      weights.insert(weights.end(), lambdas.begin(), lambdas.end());
      std::transform(row.begin(), row.end(), std::back_inserter(savings), [](double cost) { return -cost; });
    }
    return kendall_tau(weights, savings);
  }
};

Sweep run(int seeds) {
  Sweep sweep{.costs = std::vector<std::vector<double>>(static_cast<std::size_t>(seeds))};
  fmt::print("ProxylessNAS's space, {} to {}, reference {}; millions of multiply-adds found\n", flops.range().min,
             flops.range().max, reference());
  fmt::print("{:>8}  {}\n", "lambda", "by seed");
  for (double lambda = 0.02; lambda < 3; lambda *= 2) {
    sweep.lambdas.push_back(lambda);
    std::string row;
    for (int seed = 1; seed <= seeds; ++seed) {
      auto& costs = sweep.costs[static_cast<std::size_t>(seed) - 1];
      costs.push_back(found(lambda, static_cast<std::uint64_t>(seed)));
      row += fmt::format("{:>9.1f}", costs.back());
    }
    fmt::print("{:>8.2f}  {}\n", lambda, row);
  }
  fmt::print("Kendall's tau of lambda and less cost: {:.3f}\n", sweep.tau());
  return sweep;
}

Chart chart_of(const Sweep& sweep) {
  XyChart chart{.title = "Cost of the found network against lambda",
                .description = fmt::format("AddLinear over a planted problem; Kendall's tau {:.2f}.", sweep.tau()),
                .x = {.title = "lambda", .scale = AxisScale::logarithmic},
                .y = {.title = "found network", .unit = "million multiply-adds", .from_zero = true,
                      .lines = {{millions(reference()), "reference"}}}};
  for (std::size_t i = 0; i < sweep.costs.size(); ++i) {
    chart.series.push_back({.name = fmt::format("seed {}", i + 1), .x = sweep.lambdas, .y = sweep.costs[i],
                            .style = SeriesStyle::line_points});
  }
  return line_chart(chart);
}

}  // namespace

int main(int argc, char** argv) {
  int seeds = 3;
  std::string svg;
  CLI::App app{"The cost that a search ends at, against the weight of its penalty.", "penalty_sweep"};
  app.add_option("--seeds", seeds, "Searches at each weight")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--svg", svg, "Draw the chart into this file")->type_name("FILE");
  return programs::guarded_main(app, argc, argv, [&]() -> Result<void> {
    at::set_num_threads(1);
    const Sweep sweep = run(seeds);
    return svg.empty() ? Result<void>{} : write_file_atomically(svg, standalone_svg(chart_of(sweep)));
  });
}
