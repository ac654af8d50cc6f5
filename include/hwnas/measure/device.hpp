// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Device: what kernels and networks are measured on.
///        LibtorchCpu device{{.threads = 1}};
///        device.measure(key).value().minimum;   device.measure(std::make_shared<Subnet<Space>>(a)).value().median;
///        A device of one's own: copy measure/libtorch_cpu.hpp; docs/guides/devices.md
#pragma once

#include <chrono>
#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "hwnas/measure/conditions.hpp"
#include "hwnas/measure/kernel_network.hpp"
#include "hwnas/measure/rounds.hpp"

namespace hwnas {

/// Measures kernels and networks.
///   name()           "libtorch-cpu"
///   conditions()     what decides whether its measurements hold elsewhere: threads, library, processor, ...
///   measure(kernel)  the kernel by itself; measure(network): a whole one. One Error with a clear line where it cannot
///   Laws             every time is positive and finite; count > 0; minimum <= median; tests/laws/device_laws.hpp
template <class D>
concept Device = requires(D& device, const KernelKey& kernel, const std::shared_ptr<FixedNetwork>& network) {
  { device.name() } -> std::convertible_to<std::string>;
  { device.conditions() } -> std::convertible_to<Conditions>;
  { device.measure(kernel) } -> std::same_as<Result<Measurement>>;
  { device.measure(network) } -> std::same_as<Result<Measurement>>;
};

/// A device that can hold many networks ready and run each when asked: what rounds need.
///   prepare(network, batch)  a function that runs it once and says how long that took
///   options()                how it measures
///   hold()                   pins threads and processors while the returned object lives
template <class D>
concept RoundsDevice = requires(D& device, const std::shared_ptr<FixedNetwork>& network) {
  { device.prepare(network, 1) } -> std::same_as<Result<TimedRun>>;
  { device.options() } -> std::convertible_to<MeasureOptions>;
  { device.hold() } -> std::convertible_to<std::shared_ptr<void>>;
};

/// A network to measure, on images of its own shape.
struct Measurable {
  std::shared_ptr<FixedNetwork> network;
  int batch = 0;  ///< 0: the device's
};

/// The kernel whose drift tells a disturbed machine: a 3x3 convolution of some ten million multiply-adds.
[[nodiscard]] inline std::shared_ptr<FixedNetwork> reference_network() {
  Net net{{24, 28, 28}};
  net.conv({.out = 48, .kernel = 3}).norm().act(Activation::relu);
  return operator_network({24, 28, 28}, {net.nodes().data(), net.nodes().size()}, net.here().id);
}

/// Measures things round by round with the reference kernel between them, so that the machine's own drift touches all alike
/// and disturbed rounds are found and repeated.
///   Errors  interrupted, where options.stop asked for it; the device's
template <RoundsDevice D>
[[nodiscard]] Result<std::vector<Measurement>> measure_all(D& device, const std::vector<Measurable>& things,
                                                           const MeasureOptions& options) {
  std::vector<TimedRun> runs;
  const auto held = device.hold();
  for (const Measurable& thing : things) {
    auto run = device.prepare(thing.network, thing.batch > 0 ? thing.batch : options.batch);
    if (!run) return run.error();
    runs.push_back(std::move(*run));
  }
  TimedRun reference;
  if (options.max_drift > 0) {
    auto run = device.prepare(reference_network(), 1);
    if (!run) return run.error();
    reference = std::move(*run);
  }
  return Rounds{std::move(runs), std::move(reference), options}.measure();
}

template <RoundsDevice D>
[[nodiscard]] Result<std::vector<Measurement>> measure_all(D& device, const std::vector<Measurable>& things) {
  return measure_all(device, things, device.options());
}

/// What was measured, and how slow the machine was meanwhile.
struct CalmMeasurements {
  std::vector<Measurement> things{};
  double reference = 0;  ///< milliseconds of the reference kernel beside them
};

/// When measurements are calm enough.
struct CalmOptions {
  double slower = 0.15;  ///< the reference kernel may take longer than usual by so much; small networks suffer two to three times
                         ///< as much from what slows it down
  std::chrono::milliseconds patience{0};  ///< three times, and more often until so long has passed
};

/// measure_all, and all of it again a second later, while the machine is slower than it usually is: a slow phase may outlast the
/// rounds, and what it slows down it does not slow down alike. The calmest counts.
///   usual   milliseconds that the reference kernel usually takes; 0: not known
///   Errors  those of measure_all, the first time
template <RoundsDevice D>
[[nodiscard]] Result<CalmMeasurements> measure_calmly(D& device, std::vector<Measurable> things, double usual,
                                                      const CalmOptions& options = {}) {
  constexpr int tries = 3;
  const auto begin = std::chrono::steady_clock::now();
  const bool looks = usual > 0 && device.options().max_drift > 0;
  things.push_back({reference_network(), 1});
  CalmMeasurements calmest;
  for (int i = 0; i < tries || std::chrono::steady_clock::now() - begin < options.patience; ++i) {
    if (i > 0) std::this_thread::sleep_for(std::chrono::seconds{1});
    auto measured = measure_all(device, things);
    if (!measured && i > 0) break;  // what was measured stays measured
    if (!measured) return measured.error();
    const double reference = measured->back().minimum.value();
    measured->pop_back();
    if (i == 0 || reference < calmest.reference) calmest = {std::move(*measured), reference};
    if (!looks || reference <= usual * (1 + options.slower)) break;
  }
  return calmest;
}

/// Gives a device with prepare() the two measure().
template <class Self>
class MeasuresInRounds {
 public:
  [[nodiscard]] Result<Measurement> measure(const KernelKey& kernel) {
    return measure_one({kernel_network(kernel), kernel.batch > 1 ? kernel.batch : 0});
  }
  [[nodiscard]] Result<Measurement> measure(const std::shared_ptr<FixedNetwork>& network) {
    return measure_one({network});
  }

 private:
  [[nodiscard]] Result<Measurement> measure_one(const Measurable& thing) {
    auto measured = measure_all(static_cast<Self&>(*this), std::vector{thing});
    if (!measured) return measured.error();
    return measured->front();
  }
};

/// A device that is chosen at run time.
class AnyDevice : public MeasuresInRounds<AnyDevice> {
 public:
  template <class D>
    requires(Device<D> && RoundsDevice<D> && !std::same_as<D, AnyDevice>)
  AnyDevice(D device) {  // NOLINT: implicit by design
    auto shared = std::make_shared<D>(std::move(device));
    name_ = [shared] { return std::string{shared->name()}; };
    conditions_ = [shared] { return shared->conditions(); };
    prepare_ = [shared](const std::shared_ptr<FixedNetwork>& network, int batch) {
      return shared->prepare(network, batch);
    };
    options_ = [shared] { return shared->options(); };
    hold_ = [shared] { return shared->hold(); };
  }
  [[nodiscard]] std::string name() const { return name_(); }
  [[nodiscard]] Conditions conditions() const { return conditions_(); }
  [[nodiscard]] Result<TimedRun> prepare(const std::shared_ptr<FixedNetwork>& network, int batch) {
    return prepare_(network, batch);
  }
  [[nodiscard]] MeasureOptions options() const { return options_(); }
  [[nodiscard]] std::shared_ptr<void> hold() { return hold_(); }

 private:
  std::function<std::string()> name_;
  std::function<Conditions()> conditions_;
  std::function<Result<TimedRun>(const std::shared_ptr<FixedNetwork>&, int)> prepare_;
  std::function<MeasureOptions()> options_;
  std::function<std::shared_ptr<void>()> hold_;
};

}  // namespace hwnas
