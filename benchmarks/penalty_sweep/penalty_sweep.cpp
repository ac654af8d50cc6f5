// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The cost that a search ends at, against the weight of its penalty: AddLinear's lambda over a planted problem.
///        scripts/run penalty_sweep [SEEDS]       3 by default; README.md
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/statistics.hpp"
#include "hwnas/oneshot/expectation_penalty.hpp"
#include "hwnas/oneshot/learned_search.hpp"
#include "hwnas/oneshot/planted_network.hpp"
#include "hwnas/oneshot/proxylessnas.hpp"
#include "hwnas/profile/profilers.hpp"
#include "hwnas/zoo/proxylessnas.hpp"

namespace {

using namespace hwnas;  // NOLINT
using Space = zoo::ProxylessNas;
constexpr FlopsProfiler<Space> flops;
constexpr int steps = 600;

Flops reference() { return Flops{(flops.range().min.value() + flops.range().max.value()) / 2}; }

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
  return 1e-6 * static_cast<double>(flops.profile(search.most_probable()).value());
}

}  // namespace

int main(int argc, char** argv) try {
  const int seeds = argc > 1 ? std::atoi(argv[1]) : 3;
  if (seeds < 1) throw Error{Error::Code::bad_value, "usage: penalty_sweep [SEEDS]"};
  at::set_num_threads(1);
  fmt::print("ProxylessNAS's space, {} to {}, reference {}; millions of multiply-adds found\n", flops.range().min,
             flops.range().max, reference());
  fmt::print("{:>8}  {}\n", "lambda", "by seed");
  std::vector<double> lambdas, costs;
  for (double lambda = 0.02; lambda < 3; lambda *= 2) {
    std::string row;
    for (int seed = 1; seed <= seeds; ++seed) {
      lambdas.push_back(lambda);
      costs.push_back(found(lambda, static_cast<std::uint64_t>(seed)));
      row += fmt::format("{:>9.1f}", costs.back());
    }
    fmt::print("{:>8.2f}  {}\n", lambda, row);
  }
  for (double& cost : costs) cost = -cost;
  fmt::print("Kendall's tau of lambda and less cost: {:.3f}\n", kendall_tau(lambdas, costs));
} catch (const std::exception& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 2;
}
