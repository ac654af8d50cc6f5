// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The phases of spos, for one space type. Each space's .cpp compiles this once.
#pragma once

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "data.hpp"
#include "files.hpp"
#include "hwnas/experiment/progress.hpp"
#include "hwnas/latency/latency_profiler.hpp"
#include "hwnas/measure/libtorch_cpu.hpp"
#include "hwnas/oneshot/one_shot.hpp"
#include "hwnas/oneshot/spos.hpp"
#include "hwnas/profile/profilers.hpp"
#include "hwnas/report/number.hpp"
#include "hwnas/space/fingerprint.hpp"
#include "hwnas/space/json.hpp"
#include "hwnas/train/evaluate.hpp"
#include "hwnas/train/stop_signal.hpp"
#include "latency.hpp"
#include "outcome.hpp"
#include "train_alone.hpp"

namespace spos {

using namespace hwnas;

/// One run. Its phases throw Error; run() returns it.
template <class Space> class Program {
 public:
  Program(std::string name, const Options& options)
      : options_{options}, console_{options.quiet ? Console{} : stderr_console()}, rng_{options.seed} {
    outcome_.space = std::move(name);
  }

  [[nodiscard]] Result<Outcome> run() {
    return guarded("spos", [&]() -> Result<Outcome> {
      prepare();
      const std::optional<Architecture<Space>> given = given_architecture();
      images_ = read_images(options_, input_shape(), Compiled<Space>::output.c).value();
      outcome_.images = images_.text;
      say("{}", images_.text);
      price_operators();
      set_budgets();
      const Architecture<Space> found = given ? *given : options_.random ? drawn() : search();
      describe(found);
      finish(found);
      return std::move(outcome_);
    });
  }

 private:
  using Latency = LatencyProfiler<Space, LookupTable>;
  static constexpr FlopsProfiler<Space> flops{};
  static constexpr ParamsProfiler<Space> params{};
  static constexpr MemoryProfiler<Space> memory{};
  enum Stream : std::uint64_t { supernet_order = 21, supernet_paths, choice, alone_order, alone_steps, rank_draws, random_network };

  template <class... Values> void say(fmt::format_string<Values...> text, Values&&... values) const {
    if (options_.quiet) return;
    fmt::print("{}\n", fmt::format(text, std::forward<Values>(values)...));
    std::fflush(stdout);
  }

  // ---- before anything is trained --------------------------------------------------------------------------------
  void prepare() {
    torch::set_num_threads(options_.threads);
    at::globalContext().setFlushDenormal(true);  // numbers near zero cost a hundred cycles each on some processors
    if (options_.device == "cuda" && !torch::cuda::is_available())
      throw Error{Error::Code::unavailable, "--device cuda: this LibTorch or this machine has no CUDA device"};
    check_outputs(options_).value();
    check_checkpoint(options_).value();
  }
  [[nodiscard]] static Shape input_shape() { return program<Space>.shapes.front(); }

  [[nodiscard]] std::optional<Architecture<Space>> given_architecture() const {
    if (options_.arch_file.empty()) return std::nullopt;
    const std::string text = read_text(options_.arch_file).value();
    auto a = from_json<Space>(text);
    if (!a) throw Error{a.error().code, options_.arch_file + ": " + a.error().message};
    return *a;
  }

  void price_operators() {
    const std::filesystem::path path = table_path(options_);
    const auto expected = measuring_conditions<Space>(measuring_);
    LookupTable table;
    if (std::filesystem::exists(path) && !options_.remeasure) {
      table = LookupTable::load(path).value();
      check_table(table, path.string(), expected).value();
      say("latency table: {} operators, read from {}", table.entries().size(), path.string());
    } else {
      const double before = steady_seconds();
      table = measure_all();
      outcome_.measuring_seconds = steady_seconds() - before;
      if (options_.latency_table.empty()) std::filesystem::create_directories(path.parent_path());
      table.save(path).value();
      say("latency table: {} operators measured in {}, written to {}", table.entries().size(),
          duration_text(outcome_.measuring_seconds), path.string());
    }
    outcome_.machine = fmt::format("{}, {} thread, batch {}, {}", table.conditions["cpu"], table.conditions["threads"],
                                   table.conditions["batch"], table.conditions["library"]);
    latency_ = Latency::make(table).value();
    for (const auto& [key, entry] : table.entries()) table_sum_.text(fmt::format("{} {}", key, entry.latency));
  }
  [[nodiscard]] LookupTable measure_all() {
    Progress progress{console_, {.label = "latency table", .unit = "timings"}};
    MeasureOptions how = measuring_;
    how.stop = stop_.asked();
    how.progress = [&](int done, int total) {
      if (done == 1) progress.start(total);
      progress.advance();
    };
    LookupTable table = measure_table<Space>(how).value();
    progress.finish();
    return table;
  }

  void set_budgets() {
    const auto range = latency_->range();
    constexpr double default_share = 0.35;  // of the range: cheap enough that the budget decides
    const bool any = options_.max_latency || options_.max_flops || options_.max_params || options_.max_memory;
    std::optional<double> most = options_.max_latency;
    if (!any) most = range.min.value() + default_share * (range.max - range.min).value();
    outcome_.budget_latency_ms = most.value_or(range.max.value());
    const auto whole = [](double x) { return static_cast<std::int64_t>(std::min(x, 9e18)); };
    if (most) budgets_.add("latency", *latency_, Milliseconds{0}, Milliseconds{*most});
    if (options_.max_flops) budgets_.add("FLOPs", flops, Flops{0}, Flops{whole(*options_.max_flops)});
    if (options_.max_params) budgets_.add("parameters", params, Params{0}, Params{whole(*options_.max_params)});
    if (options_.max_memory) budgets_.add("activations", memory, Bytes{0}, Bytes{whole(*options_.max_memory)});
    outcome_.budgets = budgets_.text();
    outcome_.size = group_digits(to_string(space_size<Space>));
    const Bounds count = budgets_.count();
    outcome_.feasible = count.is_exact() ? group_digits(to_string(count.lower))
                                         : fmt::format("{} to {}", group_digits(to_string(count.lower)),
                                                       group_digits(to_string(count.upper)));
    say("space {}: {} networks; latency {:.3f} to {:.3f} ms, {:.2f} to {:.2f} M multiply-adds, {:.0f} to {:.0f} k "
        "parameters", outcome_.space, outcome_.size, range.min.value(), range.max.value(), millions(flops.range().min),
        millions(flops.range().max), 1e3 * millions(params.range().min), 1e3 * millions(params.range().max));
    draw_ = budgets_.sampler().value();  // infeasible budgets are refused before anything is trained
    say("budget {}{}: {} networks keep it", any ? "" : "(chosen) ", outcome_.budgets, outcome_.feasible);
  }
  [[nodiscard]] Architecture<Space> drawn() const {
    Rng rng = rng_.split(random_network);
    return draw_(rng);
  }
  template <class Unit> [[nodiscard]] static double millions(Unit value) {
    return static_cast<double>(value.value()) / 1e6;
  }

  // ---- search ----------------------------------------------------------------------------------------------------
  [[nodiscard]] std::string identity(const std::string& what) const {
    return fmt::format("{} of space {} {:016x} on {} images, batch {}, lr {}, decay {}, smoothing {}, crop {} flip {} cutout {}, seed {}",
                       what, outcome_.space, fingerprint<Space>(), images_.text, options_.batch_size, options_.lr,
                       options_.weight_decay, options_.smoothing, options_.crop, options_.flip, options_.cutout,
                       options_.seed);
  }
  [[nodiscard]] std::string budget_identity() const {
    return fmt::format("{}, latency table {:016x}", outcome_.budgets, table_sum_.value);
  }
  [[nodiscard]] std::filesystem::path state_file(const std::string& name) const {
    return options_.checkpoint.empty() ? std::filesystem::path{} : std::filesystem::path{options_.checkpoint} / name;
  }
  [[nodiscard]] bool resumes(const std::filesystem::path& path) const {
    return options_.resume && std::filesystem::exists(path);
  }

  [[nodiscard]] Architecture<Space> search() {
    torch::manual_seed(options_.seed);
    supernet_ = std::make_unique<Supernet<Space>>();
    OneShot<Spos<Space>> search{*supernet_, make_strategy()};
    OneShotOptions how{.train = recipe(options_.epochs, options_.lr, options_)};
    how.train.stop = stop_.asked();
    how.train.checkpoint.path = state_file("supernet.state");
    how.train.checkpoint.identity = identity("supernet") + (options_.filter_training ? ", " + budget_identity() : "");
    how.resume = resumes(how.train.checkpoint.path);
    const Loader train = learning_loader(images_.train, images_, options_, rng_.split(supernet_order));
    const Loader validation = plain_loader(images_.validation, images_, options_);
    train_supernet(search, train, how);
    return evolve(search, {train, validation}, how);
  }

  [[nodiscard]] Spos<Space> make_strategy() {
    SposOptions how{.evolution = {.population = options_.population,
                                  .generations = options_.generations,
                                  .parents = options_.parents,
                                  .crossover = options_.crossover,
                                  .mutation = options_.mutation},
                    .log = {.path = state_file("search.state"), .stop = stop_.asked()},
                    .label_smoothing = options_.smoothing,
                    .filter_training = options_.filter_training};
    how.log.identity = fmt::format("{}; epochs {}, {}, population {}, generations {}, parents {}, mutation {}, crossover {}",
                                   identity("search"), options_.epochs, budget_identity(), options_.population,
                                   options_.generations, options_.parents, options_.mutation, options_.crossover);
    return Spos<Space>::make(how, budgets_, [this](const auto& c, bool replayed) { seen(c, replayed); }).value();
  }

  void train_supernet(OneShot<Spos<Space>>& search, const Loader& train, OneShotOptions& how) {
    Progress progress{console_, {.label = "supernet", .total = how.train.epochs * train.batches()}};
    how.train.progress = &progress;
    const TrainSummary summary = search.train(train, how, rng_.split(supernet_paths)).value();
    how.train.progress = nullptr;
    for (const EpochReport& e : summary.history) outcome_.supernet.push_back({e.loss, e.rate, e.seconds});
    outcome_.training_seconds = summary.seconds;
  }

  [[nodiscard]] Architecture<Space> evolve(OneShot<Spos<Space>>& search, const OneShotData& data,
                                           const OneShotOptions& how) {
    if (resumes(state_file("search.state"))) search.strategy().resume().value();
    const double before = steady_seconds();
    Progress progress{console_, {.label = "evolution",
                                 .total = std::int64_t{options_.population} * options_.generations,
                                 .unit = "networks"}};
    progress_ = &progress;
    const Choice<Space> chosen = search.choose(data, how, rng_.split(choice)).value();
    progress_ = nullptr;
    progress.finish();
    outcome_.search_seconds = steady_seconds() - before;
    candidates_ = chosen.candidates;
    outcome_.inherited_accuracy = chosen.best.metrics.find("accuracy");
    return chosen.best.architecture;
  }

  void seen(const Candidate<Space>& c, bool) {
    const double accuracy = c.metrics.find("accuracy").value_or(0);
    best_ = std::max(best_, accuracy);
    outcome_.candidates.push_back(
        {to_json(c.architecture), c.generation, accuracy, c.metrics.find("loss").value_or(0), costs(c.architecture)});
    if (progress_ != nullptr)
      progress_->advance(1, fmt::format("generation {}/{}  best {:.2f} %", c.generation + 1, options_.generations, 100 * best_));
  }

  // ---- what was found --------------------------------------------------------------------------------------------
  [[nodiscard]] Costs costs(const Architecture<Space>& a) const {
    return {latency_->profile(a).value(), flops.profile(a).value(), params.profile(a).value(), memory.profile(a).value()};
  }

  void describe(const Architecture<Space>& found) {
    outcome_.found_json = to_json(found);
    outcome_.found = costs(found);
    stand("latency", "ms", *latency_, found);
    stand("FLOPs", "multiply-adds", flops, found);
    stand("parameters", "", params, found);
    stand("activations", "bytes", memory, found);
    say("found {}", outcome_.found_json);
  }
  template <class P>
  void stand(std::string cost, std::string unit, const P& profiler, const Architecture<Space>& found) {
    const auto range = profiler.range();
    const auto own = profiler.profile(found);
    const Bounds below = count_within(CountOptions{.memory = std::int64_t{32} << 20}, Within<P>{profiler, range.min, own});
    const double all = to_double(space_size<Space>);
    outcome_.standings.push_back({std::move(cost), std::move(unit), static_cast<double>(range.min.value()),
                                  static_cast<double>(range.max.value()), static_cast<double>(own.value()),
                                  to_double(below.lower) / all, to_double(below.upper) / all});
  }
  [[nodiscard]] static double to_double(u128 value) {
    return static_cast<double>(value.high()) * 18446744073709551616.0 + static_cast<double>(value.low());
  }

  void finish(const Architecture<Space>& found) {
    const Loader test = plain_loader(images_.test, images_, options_);
    outcome_.measured_ms = measured(found);
    time_candidates();
    if (options_.no_retrain) {
      inherit(found, test);
      return;
    }
    const Loader whole = learning_loader(images_.whole, images_, options_, rng_.split(alone_order));
    const auto trained = alone(found, whole, "retraining", state_file("retraining.state"), outcome_.found_json);
    for (const EpochReport& e : trained.summary.history) outcome_.retraining.push_back({e.loss, e.rate, e.seconds});
    outcome_.retraining_seconds = trained.summary.seconds;
    outcome_.retrained = true;
    check_ranks();
    outcome_.test_accuracy = accuracy_of(*trained.net, test);
  }

  /// Without retraining: the supernet's weights, recalibrated.
  void inherit(const Architecture<Space>& found, const Loader& test) {
    const auto forward = [&](const torch::Tensor& x) { return supernet_->forward(x, found); };
    const EvaluateOptions where{.device = device()};
    const Loader train = learning_loader(images_.train, images_, options_, rng_.split(supernet_order));
    recalibrate(*supernet_, forward, train, OneShotOptions{}.recalibration_batches, where).value();
    outcome_.test_accuracy = evaluate(*supernet_, forward, test, where).value().top1();
  }

  [[nodiscard]] torch::Device device() const { return options_.device == "cuda" ? torch::kCUDA : torch::kCPU; }

  [[nodiscard]] TrainedAlone<Space> alone(const Architecture<Space>& a, const Loader& loader, const std::string& label,
                                          const std::filesystem::path& path, const std::string& json) {
    AloneSettings how{.seed = options_.seed, .train = recipe(options_.retrain_epochs, options_.retrain_lr, options_),
                      .smoothing = options_.smoothing, .resume = resumes(path)};
    Progress progress{console_, {.label = label, .total = how.train.epochs * loader.batches()}};
    how.train.progress = &progress;
    how.train.stop = stop_.asked();
    how.train.checkpoint.path = path;
    how.train.checkpoint.identity =
        fmt::format("{}, {}, {} epochs at {}", identity("network"), json, options_.retrain_epochs, options_.retrain_lr);
    return train_alone(a, loader, how, rng_.split(alone_steps)).value();
  }
  [[nodiscard]] double accuracy_of(Subnet<Space>& net, const Loader& loader) const {
    return evaluate(net, [&](const torch::Tensor& x) { return net.forward(x); }, loader,
                    {.device = device(), .stop = stop_.asked()}).value().top1();
  }
  [[nodiscard]] double measured(const Architecture<Space>& a) const {
    return measure_network(std::make_shared<Subnet<Space>>(a), input_shape(), measuring_).value().minimum.value();
  }

  /// Times candidates from the fastest to the slowest: is the prediction right where the search looked?
  void time_candidates() {
    constexpr std::size_t most = 12;
    std::vector<CandidateRow> rows = outcome_.candidates;
    std::sort(rows.begin(), rows.end(),
              [](const auto& a, const auto& b) { return a.costs.latency_ms < b.costs.latency_ms; });
    const std::size_t count = std::min(most, rows.size());
    for (std::size_t i = 0; i < count; ++i) {
      const CandidateRow& row = rows[i * (rows.size() - 1) / std::max<std::size_t>(1, count - 1)];
      const auto a = from_json<Space>(row.architecture).value();
      outcome_.timed.push_back({row.architecture, row.costs.latency_ms, measured(a)});
    }
  }

  /// Trains some random candidates alone on the search's own data: does the inherited order hold?
  void check_ranks() {
    if (options_.rank_check == 0 || candidates_.empty()) return;
    const Loader train = learning_loader(images_.train, images_, options_, rng_.split(alone_order));
    const Loader validation = plain_loader(images_.validation, images_, options_);
    Rng rng = rng_.split(rank_draws);
    std::vector<Candidate<Space>> some = candidates_;
    shuffle(std::span{some}, rng);
    some.resize(std::min(some.size(), static_cast<std::size_t>(options_.rank_check)));
    for (std::size_t i = 0; i < some.size(); ++i) {
      const auto& a = some[i].architecture;
      const auto trained = alone(a, train, fmt::format("rank check {}/{}", i + 1, some.size()),
                                 state_file(fmt::format("rank-{}.state", i)), to_json(a));
      outcome_.ranks.push_back({to_json(a), some[i].metrics.find("accuracy").value_or(0),
                                accuracy_of(*trained.net, validation)});
    }
  }

  const Options& options_;
  const MeasureOptions measuring_{};  ///< one thread, batch 1
  Console console_;
  Rng rng_;
  StopSignal stop_;
  Outcome outcome_;
  Images images_;
  std::optional<Latency> latency_;
  hwnas::detail::Fingerprint table_sum_;
  Budgets<Space> budgets_;
  typename Budgets<Space>::Draw draw_;
  std::unique_ptr<Supernet<Space>> supernet_;
  std::vector<Candidate<Space>> candidates_;
  Progress* progress_ = nullptr;
  double best_ = 0;
};

}  // namespace spos
