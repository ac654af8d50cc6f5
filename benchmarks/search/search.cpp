// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  How many proposals a second multi-trial search makes, and how long exact answers take.
///        scripts/run search            everything;  scripts/run search curve | table | exact    a part
///        scripts/run search curve PYTHON    and NNI's, where PYTHON has it
#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "../peer.hpp"
#include "../processor_time.hpp"
#include "../profile/budget_met_by.hpp"
#include "hwnas/core.hpp"
#include "hwnas/search.hpp"
#include "hwnas/zoo/nasbench201.hpp"
#include "hwnas/zoo/once_for_all.hpp"
#include "hwnas/zoo/proxylessnas.hpp"

namespace {

using namespace hwnas;

template <class F>
double time_of(F&& f) {
  const double begin = processor_seconds();
  f();
  return processor_seconds() - begin;
}
/// The least of five.
template <class F>
double best_of_five(F&& f) {
  double best = time_of(f);
  for (int i = 1; i < 5; ++i) best = std::min(best, time_of(f));
  return best;
}

/// A latency for every operator, with many digits; the same everywhere.
struct Formula {
  using key = OperatorKey;
  [[nodiscard]] Result<Milliseconds> predict(const OperatorKey& of) const {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : of.text()) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return Milliseconds{0.1 + static_cast<double>(hash % 1'000'003) / 3e5};
  }
};

struct Rate {
  double each_second = 0;
  std::size_t accepted = 0;
  std::size_t outside = 0;
};
/// Asks until `wanted` are accepted or the time is over; none at all counts as 0.
template <class Strategy, class Inside>
Rate accepted_by(Strategy& strategy, const Inside& inside, std::size_t wanted, double limit) {
  Rng rng{1};
  Rate rate;
  const double begin = processor_seconds();
  while (rate.accepted < wanted && (rate.accepted % 256 != 0 || processor_seconds() - begin < limit)) {
    const auto a = strategy.ask(rng);
    if (!a) break;
    rate.outside += inside(*a) ? 0 : 1;
    ++rate.accepted;
  }
  rate.each_second = static_cast<double>(rate.accepted) / (processor_seconds() - begin);
  return rate;
}

/// Random search under an upper budget met by a share of the space: exact draws beside rejected ones.
template <class P>
void curve(std::string_view space, const P& profiler, std::size_t draws) {
  using Space = typename P::space;
  fmt::print("\n{}: random search under a budget, accepted a second\n{:>10} {:>28} {:>12} {:>12} {:>12}\n", space,
             "met by", "budget", "Feasible", "made in s", "Filter");
  std::vector<std::pair<std::string, std::int64_t>> budgets;
  for (const double share : {1.0, 0.9, 0.5, 0.2, 0.1, 0.05, 0.01, 1e-3, 1e-4, 1e-5, 1e-6, 1e-9, 1e-12}) {
    budgets.emplace_back(fmt::format("{:g}", share), budget_met_by(profiler, share));
  }
  budgets.emplace_back("cheapest", profiler.range().min.ticks());
  for (const auto& [share, ticks] : budgets) {
    const auto budget = P::unit::from_ticks(ticks);
    const auto inside = [&profiler, most = ticks](const Architecture<Space>& a) { return profiler.ticks(a) <= most; };
    std::optional<Random<Space>> feasible;
    const double made = time_of([&] { feasible.emplace(Feasible{Within{profiler, typename P::unit{}, budget}}); });
    const Rate drawn = accepted_by(*feasible, inside, draws, 60);
    Chain filtered{Random<Space>{}, Filter{inside, 2'000'000}};
    const Rate rejected = accepted_by(filtered, inside, draws, 1);
    fmt::print("{:>10} {:>28} {:>12.0f} {:>12.3f} {:>12.0f}{}\n", share, fmt::format("{}", budget), drawn.each_second,
               made, rejected.each_second, drawn.outside + rejected.outside == 0 ? "" : "  OUTSIDE");
    std::fflush(stdout);
  }
}

/// A table of 15,625 accuracies, by the architecture's number.
struct Table {
  using Space = zoo::NasBench201;
  std::vector<double> accuracy = std::vector<double>(15'625);

  Table() {
    Rng rng{2};
    for (double& x : accuracy) x = 90 + 5 * rng.uniform();
  }
  [[nodiscard]] double of(const Architecture<Space>& a) const {
    std::size_t number = 0;
    for (const std::uint8_t v : a.values()) number = 5 * number + v;
    return accuracy[number];
  }
};

template <class Strategy>
void search_the_table(std::string_view name, const Table& table, Strategy make, int evaluations) {
  double best = 0;
  int asked = 0;
  const double time = time_of([&] {
    auto strategy = make();
    Rng rng{3};
    Metrics metrics{{{"accuracy", 0.0}}};
    for (; asked < evaluations; ++asked) {
      const auto a = strategy.ask(rng);
      if (!a) break;
      best = std::max(best, metrics.values.begin()->second = table.of(*a));
      strategy.tell(*a, metrics);
    }
  });
  fmt::print("{:<44} {:>8} evaluations {:>9.4f} s   best {:.4f}\n", name, asked, time, best);
  std::fflush(stdout);
}

void tables() {
  using Space = zoo::NasBench201;
  const Table table;
  const LatencyProfiler<Space, Formula> latency{Formula{}};
  const Milliseconds budget = Milliseconds::from_ticks(budget_met_by(latency, 0.3));
  fmt::print("\nNAS-Bench-201's 15,625 architectures\n");
  double best = 0;
  const double exhaustive = best_of_five([&] {
    best = 0;
    for_each_architecture<Space>([&](const auto& a) {
      if (latency.profile(a) <= budget) best = std::max(best, table.of(a));
    });
  });
  fmt::print("{:<44} {:>8} evaluations {:>9.4f} s   best {:.4f}\n", "every one, within a latency budget", 15'625,
             exhaustive, best);
  search_the_table("GridSearch, LatencyFilter", table,
                   [&] { return Chain{GridSearch<Space>{}, LatencyFilter{budget, latency, 20'000}}; }, 15'625);
  search_the_table("RegularizedEvolution", table, [] { return RegularizedEvolution<Space>{}; }, 100'000);
  const Feasible inside{Within{latency, Milliseconds{}, budget}};
  using M = std::remove_const_t<decltype(inside)>;
  search_the_table(
      "RegularizedEvolution inside the budget", table,
      [&] {
        return RegularizedEvolution<Space, M>{{}, inside};
      },
      100'000);
  search_the_table("Asha", table, [] { return Asha<Space>{}; }, 100'000);
}

template <class Space>
void exact(std::string_view name) {
  const FlopsProfiler<Space> flops;
  const ParamsProfiler<Space> params;
  const LatencyProfiler<Space, Formula> latency{Formula{}};
  fmt::print("\n{}, {:.3g} architectures\n", name, space_size<Space>.to_double());
  const auto front = [&](std::string_view costs, const auto& first, const auto& second) {
    std::size_t points = 0;
    const double time = best_of_five([&] { points = pareto_front(first, second).value().size(); });
    fmt::print("{:<44} {:>8} points {:>9.6f} s\n", costs, points, time);
  };
  front("front of FLOPs and latency", flops, latency);
  front("front of parameters and latency", params, latency);
  Probabilities<Space> gains;
  Rng rng{4};
  for (double& x : gains.all()) x = rng.uniform();
  const QualityTable<Space> quality{gains};
  const HardConstraint fast{latency, Milliseconds::from_ticks(budget_met_by(latency, 0.01))};
  const HardConstraint small{params, Params{budget_met_by(params, 0.2)}};
  const auto optimum = [&](std::string_view budgets, const auto&... limits) {
    double value = 0;
    const double time = best_of_five([&] { value = best_within(quality, limits...).value().quality.value(); });
    fmt::print("{:<44} {:>8.4f} points {:>9.6f} s\n", budgets, value, time);
  };
  optimum("optimum under a latency", fast);
  optimum("optimum under a latency and parameters", fast, small);
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string_view part = argc > 1 ? argv[1] : "all";
  const bool known = part == "all" || part == "curve" || part == "table" || part == "exact";
  if (!known || argc > 3 || (argc == 3 && part != "curve")) {
    fmt::print(stderr, "usage: search [curve [PYTHON] | table | exact]\n");
    return 2;
  }
  if (part == "all" || part == "curve") {
    curve("ProxylessNAS, FLOPs", FlopsProfiler<zoo::ProxylessNas>{}, 1'000'000);
    curve("once-for-all's MobileNetV3, FLOPs", FlopsProfiler<zoo::MobileNetV3Ofa>{}, 1'000'000);
  }
  if (argc == 3) {
    fmt::print("\nNNI 3.0, its ProxylessNAS: Random and Filter, an engine that does nothing\n");
    run_peer(argv[2], "search/peer/nni_filter.py");
  }
  if (part == "all" || part == "table") tables();
  if (part == "all" || part == "exact") {
    exact<zoo::ProxylessNas>("ProxylessNAS");
    exact<zoo::MobileNetV3Ofa>("once-for-all's MobileNetV3");
  }
  return 0;
} catch (const hwnas::Error& error) {
  fmt::print(stderr, "search: {}\n", error.message);
  return 2;
}
