// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Session: what all phases of one run share, and what happens before anything is trained.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "data.hpp"
#include "files.hpp"
#include "hwnas/experiment/progress.hpp"
#include "hwnas/latency/latency_profiler.hpp"
#include "hwnas/measure/operator_table.hpp"
#include "hwnas/oneshot/budgets.hpp"
#include "hwnas/profile/profilers.hpp"
#include "hwnas/report/number.hpp"
#include "hwnas/space/fingerprint.hpp"
#include "hwnas/space/json.hpp"
#include "hwnas/train/stop_signal.hpp"
#include "latency.hpp"
#include "outcome.hpp"

namespace spos {

using namespace hwnas;

/// Streams of a run's one seed.
enum Stream : std::uint64_t { supernet_order = 21, supernet_paths, choice, alone_order, alone_steps, rank_draws, random_network };

/// One run. Its functions throw Error.
template <class Space> struct Session {
  using Latency = LatencyProfiler<Space, LookupTable>;
  static constexpr FlopsProfiler<Space> flops{};
  static constexpr ParamsProfiler<Space> params{};
  static constexpr MemoryProfiler<Space> memory{};

  const Options& options;
  const MeasureOptions measuring{};  ///< one thread, batch 1
  Console console;
  Rng rng;
  StopSignal stop{};
  Outcome outcome{};
  Images images{};
  std::optional<Latency> latency{};
  hwnas::detail::Fingerprint table_sum{};
  Budgets<Space> budgets{};
  typename Budgets<Space>::Draw draw{};

  Session(std::string name, const Options& given)
      : options{given}, console{given.quiet ? Console{} : stderr_console()}, rng{given.seed} {
    outcome.space = std::move(name);
  }

  template <class... Values> void say(fmt::format_string<Values...> text, Values&&... values) const {
    if (options.quiet) return;
    fmt::print("{}\n", fmt::format(text, std::forward<Values>(values)...));
    std::fflush(stdout);
  }

  void prepare() {
    torch::set_num_threads(options.threads);
    at::globalContext().setFlushDenormal(true);  // numbers near zero cost a hundred cycles each on some processors
    if (options.device == "cuda" && !torch::cuda::is_available())
      throw Error{Error::Code::unavailable, "--device cuda: this LibTorch or this machine has no CUDA device"};
    check_outputs(options).value();
    check_checkpoint(options).value();
  }
  [[nodiscard]] static Shape input_shape() { return program<Space>.shapes.front(); }

  [[nodiscard]] std::optional<Architecture<Space>> given_architecture() const {
    if (options.arch_file.empty()) return std::nullopt;
    const std::string text = read_text(options.arch_file).value();
    auto a = from_json<Space>(text);
    if (!a) throw Error{a.error().code, options.arch_file + ": " + a.error().message};
    return *a;
  }

  void read() {
    images = read_images(options, input_shape(), Compiled<Space>::output.c).value();
    outcome.images = images.text;
    say("{}", images.text);
  }

  void price_operators() {
    const std::filesystem::path path = table_path(options);
    const auto expected = measuring_conditions<Space>(measuring);
    LookupTable table;
    if (std::filesystem::exists(path) && !options.remeasure) {
      table = LookupTable::load(path).value();
      check_table(table, path.string(), expected).value();
      say("latency table: {} operators, read from {}", table.entries().size(), path.string());
    } else {
      const double before = steady_seconds();
      table = measure_all();
      outcome.measuring_seconds = steady_seconds() - before;
      if (options.latency_table.empty()) std::filesystem::create_directories(path.parent_path());
      table.save(path).value();
      say("latency table: {} operators measured in {}, written to {}", table.entries().size(),
          duration_text(outcome.measuring_seconds), path.string());
    }
    outcome.machine = fmt::format("{}, {} thread, batch {}, {}", table.conditions["cpu"], table.conditions["threads"],
                                   table.conditions["batch"], table.conditions["library"]);
    latency = Latency::make(table).value();
    for (const auto& [key, entry] : table.entries()) table_sum.text(fmt::format("{} {}", key, entry.latency));
  }
  [[nodiscard]] LookupTable measure_all() {
    Progress progress{console, {.label = "latency table", .unit = "timings"}};
    MeasureOptions how = measuring;
    how.stop = stop.asked();
    how.progress = [&](int done, int total) {
      if (done == 1) progress.start(total);
      progress.advance();
    };
    LookupTable table = measure_table<Space>(how).value();
    progress.finish();
    return table;
  }

  void set_budgets() {
    const auto range = latency->range();
    constexpr double default_share = 0.35;  // of the range: cheap enough that the budget decides
    const bool any = options.max_latency || options.max_flops || options.max_params || options.max_memory;
    std::optional<double> most = options.max_latency;
    if (!any) {   // in whole microseconds, so that a person can say it
      const double share = range.min.value() + default_share * (range.max - range.min).value();
      most = std::ceil(share * 1000) / 1000;
    }
    outcome.budget_latency_ms = most.value_or(range.max.value());
    const auto whole = [](double x) { return static_cast<std::int64_t>(std::min(x, 9e18)); };
    if (most) budgets.add("latency", *latency, Milliseconds{0}, Milliseconds{*most});
    if (options.max_flops) budgets.add("FLOPs", flops, Flops{0}, Flops{whole(*options.max_flops)});
    if (options.max_params) budgets.add("parameters", params, Params{0}, Params{whole(*options.max_params)});
    if (options.max_memory) budgets.add("activations", memory, Bytes{0}, Bytes{whole(*options.max_memory)});
    outcome.budgets = budgets.text();
    tell_range();
    draw = budgets.sampler().value();  // infeasible budgets are refused before anything is trained
    tell_budget(any);
  }
  void tell_range() {
    outcome.size = group_digits(to_string(space_size<Space>));
    const auto millions = [](auto value) { return static_cast<double>(value.value()) / 1e6; };
    const auto latencies = latency->range();
    say("space {}: {} networks; latency {:.3f} to {:.3f} ms, {:.2f} to {:.2f} M multiply-adds, {:.3f} to {:.3f} M "
        "parameters",
        outcome.space, outcome.size, latencies.min.value(), latencies.max.value(), millions(flops.range().min),
        millions(flops.range().max), millions(params.range().min), millions(params.range().max));
  }
  void tell_budget(bool given) {
    const Bounds count = budgets.count();
    const auto text = [](u128 number) { return group_digits(to_string(number)); };
    outcome.feasible =
        count.is_exact() ? text(count.lower) : fmt::format("{} to {}", text(count.lower), text(count.upper));
    say("budget{}: {}; {} networks keep it", given ? "" : " (35 % of the range)", outcome.budgets, outcome.feasible);
  }

  [[nodiscard]] Architecture<Space> drawn() const {
    Rng draws = rng.split(random_network);
    return draw(draws);
  }
  [[nodiscard]] std::string identity(const std::string& what) const {
    return fmt::format("{} of space {} {:016x}; {}; batch {}, lr {}, decay {}, smoothing {}, crop {}, flip {}, cutout {}, seed {}",
                       what, outcome.space, fingerprint<Space>(), images.text, options.batch_size, options.lr,
                       options.weight_decay, options.smoothing, options.crop, options.flip, options.cutout,
                       options.seed);
  }
  [[nodiscard]] std::string budget_identity() const {
    return fmt::format("{}, latency table {:016x}", outcome.budgets, table_sum.value);
  }
  [[nodiscard]] std::filesystem::path state_file(const std::string& name) const {
    return options.checkpoint.empty() ? std::filesystem::path{} : std::filesystem::path{options.checkpoint} / name;
  }
  [[nodiscard]] bool resumes(const std::filesystem::path& path) const {
    return options.resume && std::filesystem::exists(path);
  }

  [[nodiscard]] Costs costs(const Architecture<Space>& a) const {
    return {latency->profile(a).value(), flops.profile(a).value(), params.profile(a).value(), memory.profile(a).value()};
  }

  [[nodiscard]] double measured(const Architecture<Space>& a) const {
    LibtorchCpu cpu{measuring};
    return cpu.measure(std::make_shared<Subnet<Space>>(a)).value().minimum.value();
  }
  [[nodiscard]] torch::Device device() const { return options.device == "cuda" ? torch::kCUDA : torch::kCPU; }
};

}  // namespace spos
