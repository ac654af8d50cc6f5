// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Session: what all phases of one run share, and what happens before anything is trained.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "common/data.hpp"
#include "common/files.hpp"
#include "hwnas/core/csv.hpp"
#include "hwnas/experiment/progress.hpp"
#include "hwnas/latency/latency_profiler.hpp"
#include "hwnas/measure/operator_table.hpp"
#include "hwnas/profile/profilers.hpp"
#include "hwnas/report/number.hpp"
#include "hwnas/space/fingerprint.hpp"
#include "hwnas/space/json.hpp"
#include "hwnas/train/stop_signal.hpp"
#include "common/join.hpp"
#include "common/latency.hpp"
#include "common/latency_on_ranks.hpp"
#include "common/latency_source.hpp"
#include "common/outcome.hpp"
#include "common/ranks.hpp"
#include "common/train_alone.hpp"

namespace programs {

using namespace hwnas;

/// Streams of a run's one seed.
enum Stream : std::uint64_t {
  supernet_order = 21,
  supernet_paths,
  choice,
  alone_order,
  alone_steps,
  rank_draws,
  random_network,
  judge_order
};

/// One run. Its functions throw Error.
template <class Space> struct Session {
  using Latency = AnyLatency<Space>;
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
  std::optional<Latency> latency{};  ///< predicted
  std::optional<Latency> bound{};    ///< what budgets limit: the same, or with --confidence what networks keep
  bool foreign = false;              ///< the latency is another device's

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
    if (options.device == "cuda" && !torch::cuda::is_available()) {
      throw Error{Error::Code::unavailable, "--device cuda: this LibTorch or this machine has no CUDA device"};
    }
    static_cast<void>(from_first([&] {
      check_outputs(options).value();
      check_checkpoint(options).value();
      return std::string{};
    }));
  }
  /// Whether this process decides, prints and writes for all.
  [[nodiscard]] bool leads() const { return programs::leads(options); }
  /// What rank 0's `work` makes, on all ranks (common/ranks.hpp).
  template <class Work> [[nodiscard]] std::string from_first(Work&& work) const {
    return programs::from_first(options.ranks, work);
  }
  [[nodiscard]] static Shape input_shape() { return program<Space>.shapes.front(); }

  [[nodiscard]] std::optional<Architecture<Space>> given_architecture() const {
    if (options.arch_file.empty()) return std::nullopt;
    const std::string text = from_first([&] { return read_text(options.arch_file).value(); });
    auto a = from_json<Space>(text);
    if (!a) throw Error{a.error().code, options.arch_file + ": " + a.error().message};
    return *a;
  }

  void read() {
    images = read_images(options, input_shape(), Compiled<Space>::output.c).value();
    outcome.images = images.text;
    say("{}", images.text);
  }

  /// What predicts latency: this file, or what --predictor or --latency-table say.
  void price(const std::string& file = {}) {
    MeasureOptions how = measuring;
    how.stop = stop.asked();
    auto given = latency_on_ranks<Space>(options.ranks, [&] {
      return file.empty() ? latency_of<Space>(options, how, console) : latency_from<Space>(file);
    });
    take(std::move(given).value());
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
  [[nodiscard]] std::string identity(const std::string& what) const {
    return fmt::format(
        "{} of space {} {:016x}; {}; batch {}, lr {}, decay {}, smoothing {}, crop {}, flip {}, cutout {}, seed {}{}",
        what, outcome.space, fingerprint<Space>(), images.text, options.batch_size, options.lr, options.weight_decay,
        options.smoothing, options.crop, options.flip, options.cutout, options.seed, training_identity(options));
  }
  /// Which latencies decided.
  [[nodiscard]] std::string latency_identity() const { return fmt::format("latencies {:016x}", latency_sum_); }
  [[nodiscard]] std::filesystem::path state_file(const std::string& name) const {
    return options.checkpoint.empty() ? std::filesystem::path{} : std::filesystem::path{options.checkpoint} / name;
  }
  /// Whether this process has a state file to go on from.
  [[nodiscard]] bool kept(const std::filesystem::path& path) const {
    return options.resume && std::filesystem::exists(path);
  }
  /// The same for all ranks, who ask together: rank 0 reads for them.
  [[nodiscard]] bool resumes(const std::filesystem::path& path) const {
    return from_first([&] { return std::string{kept(path) ? "1" : "0"}; }) == "1";
  }

  [[nodiscard]] Costs costs(const Architecture<Space>& a) const {
    return {latency->profile(a).value(), flops.profile(a).value(), params.profile(a).value(),
            memory.profile(a).value()};
  }

  /// Networks timed here, in the same rounds; again and again where the machine is slower than when the predictor was built.
  /// Slow moments last tenths of a second and more, so this takes a while: a fiftieth of what the program has taken, a quarter
  /// while the machine is slow, two and thirty seconds at most.
  [[nodiscard]] CalmMeasurements measured(const std::vector<Architecture<Space>>& networks) const {
    const Milliseconds ran = milliseconds_since(begin_);
    MeasureOptions how = measuring;
    how.least_time = std::min(Milliseconds{2000}, Milliseconds{ran.value() / 50});
    LibtorchCpu cpu{how};
    std::vector<Measurable> things;
    for (const Architecture<Space>& a : networks) things.push_back({std::make_shared<Subnet<Space>>(a)});
    const auto patience = static_cast<int>(std::min(30000.0, ran.value() / 4));
    return measure_calmly(cpu, std::move(things), usual_reference_,
                          {.slower = calm_drift, .patience = std::chrono::milliseconds{patience}}).value();
  }
  /// How much slower the machine was then than while the predictor was built; 1 where it was not, or where that is not known.
  [[nodiscard]] double slowdown(const CalmMeasurements& then) const {
    const double times = usual_reference_ > 0 ? then.reference / usual_reference_ : 1;
    return times > 1 + calm_drift ? times : 1;
  }
  [[nodiscard]] torch::Device device() const { return device_of(options); }

 private:
  void take(GivenLatency<Space> given) {
    std::map<std::string, std::string> here = LibtorchCpu{measuring}.conditions();
    const auto said = [&](const char* name) { return given.conditions[name]; };
    // Nothing measured here is compared with another device's latency.
    for (const char* name : {"device", "cpu", "threads"}) foreign = foreign || said(name) != here[name];
    outcome.machine = foreign ? fmt::format("{} ({})", said("device"), given.kind)
                              : fmt::format("{}, {} thread, batch {}, {} ({})", said("cpu"), said("threads"),
                                            said("batch"), said("library"), given.kind);
    outcome.measuring_seconds = given.seconds;
    const std::string reference = said("reference kernel");  // "0.1234 ms"
    usual_reference_ = finite_number(reference.substr(0, reference.find(' '))).value_or(0);
    say("{}: {}{}", given.kind, given.text, foreign ? "; of another device, so that nothing is measured here" : "");
    latency = std::move(given.latency);
    latency_sum_ = given.identity;
    set_bound(given.calibration);
  }
  void set_bound(const Result<Calibration>& calibration) {
    BoundLatency<Space> limited = bounded(*latency, calibration, options.confidence).value();
    bound = std::move(limited.latency);
    outcome.confidence = options.confidence;
    if (options.confidence == 0) return;
    outcome.bound_factor = limited.factor;
    say("a network keeps {:.3f} times its predicted latency with probability {}: that is what budgets limit",
        outcome.bound_factor, options.confidence);
  }
  std::uint64_t latency_sum_ = 0;
  static constexpr double calm_drift = 0.05;  // the reference kernel's minimum varies by 1 to 2 % while the machine is calm
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  double usual_reference_ = 0;  // milliseconds of the reference kernel while the predictor was built; 0: not known
};

}  // namespace programs
