// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  PredictorBuilder: a KernelPredictor of a device within a time budget, from kernels and whole networks of some spaces.
///        auto log = MeasurementLog::open("device.csv", building_conditions(device, spaces, rules)).value();
///        PredictorBuilder builder{device, spaces, rules, std::move(log), {.minutes = 60}};
///        BuiltPredictor built = builder.build().value();   built.predictor.save("device.json").value();
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "hwnas/core/csv.hpp"
#include "hwnas/core/statistics.hpp"
#include "hwnas/latency/adaptive_sampling.hpp"
#include "hwnas/latency/any_space.hpp"
#include "hwnas/latency/confidence.hpp"
#include "hwnas/latency/measurement_log.hpp"
#include "hwnas/measure/any_network.hpp"
#include "hwnas/measure/device.hpp"
#include "hwnas/measure/part_size.hpp"
#include "hwnas/space/fingerprint.hpp"

namespace hwnas {

/// How a predictor is built.
struct BuilderOptions {
  double minutes = 60;              ///< of building in all, those of an interrupted one included
  SamplingOptions sampling{};
  double network_share = 0.4;       ///< of the time, for whole networks that the correction is learnt on
  std::size_t networks = 1000;      ///< no more of them
  std::size_t networks_at_once = 24;  ///< so that the rounds of one are seconds apart and outlast a slow moment
  int draws = 300;                  ///< networks of each space whose kernels are the pool
  TreeOptions trees{};
  std::uint64_t seed = 1;
  std::function<double()> clock{};  ///< seconds; by default the steady clock's
  std::function<void(double seconds, const std::string& text)> progress{};
  /// Networks not to be used: those that the predictor is to be judged by.
  std::function<bool(const AnySpace&, const AnySpace::Values&)> reserved{};
};

/// A predictor and what is known of its errors.
struct BuiltPredictor {
  KernelPredictor predictor{};
  std::map<std::string, ErrorStatistics> kernels{};  ///< by type and "all": of kernels alone that were held out
  ErrorStatistics networks{};                        ///< of networks that the correction was not learnt on
  std::optional<Calibration> calibration{};          ///< on the same networks; none where there were too few
  std::size_t kernel_count = 0, network_count = 0;
  double reference = 0;  ///< milliseconds that the reference kernel usually took: the speed to which all are brought
  std::string ended{};   ///< why building ended
};

/// A network of the building.
struct MeasuredNetwork {
  const AnySpace* space = nullptr;  ///< one of the builder's, while that lives
  AnySpace::Values values{};
  Milliseconds latency{};

  /// As logs have it: "space:0-3-1-...".
  [[nodiscard]] std::string name() const { return fmt::format("{}:{}", space->name, fmt::join(values, "-")); }
};

/// The spaces whose kernels were measured, as a condition: "small-spos 3686b74fd6da7f6f, ...".
[[nodiscard]] inline std::string spaces_text(std::span<const AnySpace> spaces) {
  std::string text;
  for (const AnySpace& space : spaces) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", space.name, space.fingerprint);
  }
  return text;
}

/// What decides whether measurements still hold: one word for a MeasurementLog.
template <Device D>
[[nodiscard]] std::string building_conditions(D& device, std::span<const AnySpace> spaces, const FusionRules& rules) {
  detail::Fingerprint f;
  for (const auto& [name, value] : device.conditions()) f.text(name), f.text(value);
  for (const AnySpace& space : spaces) f.text(space.name), f.text(space.fingerprint);
  f.text(to_json(rules).dump());
  return fmt::format("{:016x}", f.value);
}

/// A network drawn so that a space's extremes are met as well: each network has a share of decisions, itself drawn, that take the
/// network's favourite candidate.
[[nodiscard]] inline AnySpace::Values spread_draw(const AnySpace& space, Rng& rng) {
  AnySpace::Values values = space.draw(rng);
  const std::uint64_t favourite = rng();
  const double share = rng.uniform();
  for (std::size_t d = 0; d < values.size(); ++d) {
    const auto count = static_cast<std::uint64_t>(space.program.decisions[d].count);
    if (rng.uniform() < share) values[d] = static_cast<std::uint8_t>(favourite % count);
  }
  return space.read(space.json(values)).value_or(values);  // as the space writes it, whatever is inactive
}

/// Measures kernels and networks in turn until the target or the deadline, then learns.
template <RoundsDevice D>
class PredictorBuilder {
 public:
  PredictorBuilder(D& device, std::vector<AnySpace> spaces, FusionRules rules, MeasurementLog log,
                   BuilderOptions options)
      : device_{device},
        spaces_{std::move(spaces)},
        rules_{std::move(rules)},
        log_{std::move(log)},
        options_{std::move(options)},
        rng_{options_.seed} {
    fill_pool();
  }

  /// Measures until the budget is spent (a batch is finished), then learns.
  ///   Errors  interrupted (everything measured is in the log); those of the device, the log and of learning
  [[nodiscard]] Result<BuiltPredictor> build() {
    if (auto read = replay(); !read) return read.error();
    const double begun = now() - log_.seconds();
    const auto spent = [&] { return now() - begun; };
    AdaptiveSampler sampler{pool_, options_.sampling};
    bool kernels_left = true;
    const auto networks_left = [&] { return networks_.size() < options_.networks; };
    std::string ended = "the budget is spent";
    while (spent() < 60 * options_.minutes || measured_.empty()) {
      const bool network =
          !kernels_left || (measured_.size() >= sampler.prior() && networks_left() &&
                            network_seconds_ < options_.network_share * (network_seconds_ + kernel_seconds_));
      if (network && !networks_left()) {
        ended = fmt::format("{:.1f} % of kernels are within {:g} %", 100 * sampler.good_share(),
                            100 * options_.sampling.bad);
        break;
      }
      const double before = spent();
      if (network) {
        if (auto done = measure_networks(spent); !done) return done.error();
        network_seconds_ += spent() - before;
      } else {
        auto batch = sampler.ask(measured_);
        if (!batch) return batch.error();
        kernels_left = !batch->empty();
        if (auto done = measure_kernels(*batch, spent); !done) return done.error();
        kernel_seconds_ += spent() - before;
      }
      if (options_.progress) {
        options_.progress(spent(), fmt::format("{} kernels, {} networks", measured_.size(), networks_.size()));
      }
    }
    auto built = learnt(log_.seconds());
    if (built) built->ended = std::move(ended);
    return built;
  }

  /// What the measurements of the first so many seconds of building teach: the curve of accuracy against time.
  [[nodiscard]] Result<BuiltPredictor> learnt(double seconds) const {
    BuiltPredictor built{.predictor = KernelPredictor{rules_}};
    std::vector<MeasuredVariant> variants;
    std::vector<KernelNetworkSample> networks;
    const double to_usual = to_usual_speed();
    for (std::size_t i = 0; i < measured_.size(); ++i) {
      if (measured_at_[i] > seconds) continue;
      variants.push_back(measured_[i]);
      variants.back().latency = Milliseconds{measured_[i].latency.value() * to_usual};
    }
    for (std::size_t i = 0; i < networks_.size(); ++i) {
      if (network_at_[i] > seconds) continue;
      const MeasuredNetwork& network = networks_[i];
      networks.push_back({running_kernels(network.space->kernels(network.values), rules_),
                          Milliseconds{network.latency.value() * to_usual}});
    }
    const std::vector<KernelSample> samples = distinct_samples(variants);
    if (auto fitted = built.predictor.fit(samples, options_.trees); !fitted) return fitted.error();
    auto errors = kernel_errors(samples, options_.sampling.folds, options_.sampling.trees);
    if (!errors) return errors.error();
    built.kernels = std::move(*errors);
    if (auto corrected = correct(built, networks); !corrected) return corrected.error();
    built.kernel_count = samples.size();
    built.network_count = networks.size();
    built.reference = usual_reference();
    built.predictor.conditions = device_.conditions();
    built.predictor.conditions["reference kernel"] = fmt::format("{:.4f} ms", built.reference);
    built.predictor.conditions["spaces"] = spaces_text(spaces_);
    built.predictor.conditions["measured"] = fmt::format("{} kernels, {} networks", samples.size(), networks.size());
    return built;
  }

  [[nodiscard]] const KernelPool& pool() const { return pool_; }
  [[nodiscard]] double seconds() const { return log_.seconds(); }
  /// The networks that were measured, at the machine's usual speed.
  [[nodiscard]] std::vector<MeasuredNetwork> networks() const {
    std::vector<MeasuredNetwork> result = networks_;
    const double to_usual = to_usual_speed();
    for (MeasuredNetwork& network : result) network.latency = Milliseconds{network.latency.value() * to_usual};
    return result;
  }

 private:
  [[nodiscard]] double now() const {
    return options_.clock ? options_.clock()
                          : std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  }
  void fill_pool() {
    Rng rng{options_.seed};
    for (const AnySpace& space : spaces_) {
      for (int i = 0; i < options_.draws; ++i) {
        pool_.add(running_kernels(space.kernels(spread_draw(space, rng)), rules_));
      }
      makers_.push_back(std::make_unique<AnyNetworks>(space));
    }
  }

  // ---- the log ----
  Result<void> replay() {
    for (const LoggedMeasurement& row : log_.rows()) {
      auto taken = row.kind == "kernel" ? take_kernel(row) : take_network(row);
      if (!taken) return taken;
    }
    return {};
  }
  Result<void> take_kernel(const LoggedMeasurement& row) {
    const PooledKernel* base = pool_.find(row.name);
    auto variant = base == nullptr ? std::nullopt : variant_of(base->kernel, row.cin, row.cout);
    if (!variant) {
      return Error{Error::Code::mismatch,
                   fmt::format("measurements: the kernel \"{}\" is none of these spaces' under these rules", row.name)};
    }
    measured_.push_back({std::move(*variant), Milliseconds{row.minimum / scale(row.reference)}});
    measured_at_.push_back(row.seconds);
    return {};
  }
  Result<void> take_network(const LoggedMeasurement& row) {
    const auto colon = row.name.rfind(':');
    const auto space = std::find_if(spaces_.begin(), spaces_.end(),
                                    [&](const AnySpace& s) { return s.name == row.name.substr(0, colon); });
    AnySpace::Values values;
    for (const std::string_view part : split_text(std::string_view{row.name}.substr(colon + 1), '-')) {
      values.push_back(static_cast<std::uint8_t>(finite_number(part).value_or(255)));
    }
    bool valid = space != spaces_.end() && values.size() == space->program.decisions.size();
    for (std::size_t d = 0; valid && d < values.size(); ++d) valid = values[d] < space->program.decisions[d].count;
    if (!valid) {
      return Error{Error::Code::mismatch, fmt::format("measurements: \"{}\" is no network of these spaces", row.name)};
    }
    const Milliseconds latency{row.minimum / scale(row.reference)};
    networks_.push_back({&*space, std::move(values), latency});
    network_at_.push_back(row.seconds);
    return {};
  }
  // How fast the machine usually was. At first it may not have been: a process begins cold.
  [[nodiscard]] double usual_reference() const { return references_.empty() ? 0 : median(references_); }
  // What brings latencies at the first speed to the usual one.
  [[nodiscard]] double to_usual_speed() const {
    return references_.empty() ? 1 : usual_reference() / references_.front();
  }
  // How much slower than at first the reference kernel was.
  double scale(double reference) {
    if (!(reference > 0)) return 1;
    references_.push_back(reference);
    return reference / references_.front();
  }

  // ---- measuring ----
  Result<void> measure_kernels(const std::vector<KernelVariant>& batch, const auto& spent) {
    if (batch.empty()) return {};
    std::vector<Measurable> things;
    std::vector<LoggedMeasurement> rows;
    for (const KernelVariant& variant : batch) {
      things.push_back({kernel_network(variant.kernel)});
      rows.push_back({.kind = "kernel", .name = variant.base, .cin = variant.cin, .cout = variant.cout});
    }
    return measure(things, rows, kernel_parts_, spent);
  }
  Result<void> measure_networks(const auto& spent) {
    std::vector<Measurable> things;
    std::vector<LoggedMeasurement> rows;
    // A stream of its own for each place in the list, so that a resumed building draws other networks than before.
    const std::size_t count = std::min(options_.networks_at_once, options_.networks - networks_.size());
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t s = (networks_.size() + k) % spaces_.size();
      Rng rng = rng_.split(networks_.size() + k);
      AnySpace::Values values = spread_draw(spaces_[s], rng);
      for (int tries = 0; options_.reserved && options_.reserved(spaces_[s], values) && tries < 100; ++tries) {
        values = spread_draw(spaces_[s], rng);
      }
      things.push_back({makers_[s]->make(values)});
      rows.push_back({.kind = "network", .name = MeasuredNetwork{&spaces_[s], std::move(values)}.name()});
    }
    return measure(things, rows, network_parts_, spent);
  }
  Result<void> measure(const std::vector<Measurable>& things, const std::vector<LoggedMeasurement>& rows, PartSize& parts,
                       const auto& spent) {
    for (std::size_t at = 0; at < things.size();) {
      const std::size_t count = parts.next(things.size() - at);
      const auto first = static_cast<std::ptrdiff_t>(at), last = static_cast<std::ptrdiff_t>(at + count);
      const auto begin = std::chrono::steady_clock::now();
      auto done = measure_part({things.begin() + first, things.begin() + last},
                               {rows.begin() + first, rows.begin() + last}, spent);
      if (!done) return done;
      parts.took(count, milliseconds_since(begin).value() / 1000);
      at += count;
    }
    return {};
  }
  Result<void> measure_part(std::vector<Measurable> things, std::vector<LoggedMeasurement> rows, const auto& spent) {
    const auto measured = measure_calmly(device_, std::move(things), usual_reference());
    if (!measured) return measured.error();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      rows[i].take(measured->things[i], measured->reference);
      rows[i].seconds = spent();
    }
    if (auto kept = log_.append(rows); !kept) return kept;
    for (const LoggedMeasurement& row : rows) {
      auto taken = row.kind == "kernel" ? take_kernel(row) : take_network(row);
      if (!taken) return taken;
    }
    return {};
  }

  // ---- learning ----
  // Each network is predicted with the correction learnt on the other folds; the last correction learns from all.
  Result<void> correct(BuiltPredictor& built, std::span<const KernelNetworkSample> networks) const {
    constexpr std::size_t folds = 5;
    if (networks.size() < 2 * folds) {
      return networks.size() < 2 ? Result<void>{} : built.predictor.correct(networks);
    }
    std::vector<double> predicted, measured;
    for (std::size_t fold = 0; fold < folds; ++fold) {
      std::vector<KernelNetworkSample> others;
      for (std::size_t i = 0; i < networks.size(); ++i) {
        if (i % folds != fold) others.push_back(networks[i]);
      }
      if (auto done = built.predictor.correct(others); !done) return done;
      for (std::size_t i = fold; i < networks.size(); i += folds) {
        const auto latency = built.predictor.predict_network(networks[i].kernels);
        if (!latency) return latency.error();
        predicted.push_back(latency->value());
        measured.push_back(networks[i].latency.value());
      }
    }
    built.networks = error_statistics(predicted, measured);
    auto calibration = Calibration::make(predicted, measured);
    if (!calibration) return calibration.error();
    built.calibration = std::move(*calibration);
    return built.predictor.correct(networks);
  }

  D& device_;
  std::vector<AnySpace> spaces_;
  FusionRules rules_;
  MeasurementLog log_;
  BuilderOptions options_;
  Rng rng_;
  KernelPool pool_;
  PartSize kernel_parts_{64}, network_parts_{options_.networks_at_once};
  std::vector<std::unique_ptr<AnyNetworks>> makers_;
  std::vector<MeasuredVariant> measured_;
  std::vector<double> measured_at_, network_at_;
  std::vector<MeasuredNetwork> networks_;
  std::vector<double> references_;  // of all measurements; while measuring, latencies are brought to the speed of the first
  double kernel_seconds_ = 0, network_seconds_ = 0;
};

}  // namespace hwnas
