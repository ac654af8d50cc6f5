// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Peak memory of a network's tensors, measured: what LibTorch's CPU allocator hands out while it runs once.
///        Subnet<Space> net{a};   Bytes peak = measure_peak_memory(net).value();     // beside MemoryProfiler<Space>{}.profile(a)
///        How far both are apart: docs/guides/devices.md
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>
#include <fmt/format.h>

#include "hwnas/core/quantity.hpp"
#include "hwnas/core/result.hpp"
#include "hwnas/measure/torch_run.hpp"

namespace hwnas {
namespace detail {

// The type of the totals, which later LibTorch has without sign.
template <class Report>
struct ReportedTotal;
template <class Total>
struct ReportedTotal<void (c10::MemoryReportingInfoBase::*)(void*, std::int64_t, Total, Total, c10::Device)> {
  using type = Total;
};
using ReportedTotalOf = ReportedTotal<decltype(&c10::MemoryReportingInfoBase::reportMemoryUsage)>::type;

}  // namespace detail

/// Counts what the calling thread allocates and frees on the CPU while a c10::DebugInfoGuard holds it.
class AllocationCounter : public c10::MemoryReportingInfoBase {
 public:
  void reportMemoryUsage(void*, std::int64_t size, detail::ReportedTotalOf, detail::ReportedTotalOf,
                         c10::Device device) override {
    if (!device.is_cpu()) return;
    live_ += size;
    peak_ = std::max(peak_, live_);
  }
  [[nodiscard]] bool memoryProfilingEnabled() const override { return true; }

  [[nodiscard]] Bytes live() const { return Bytes{live_}; }
  [[nodiscard]] Bytes peak() const { return Bytes{peak_}; }

 private:
  std::int64_t live_ = 0;
  std::int64_t peak_ = 0;
};

/// The most that the tensors of one inference need at once, the images' included, weights not. The images are let go after their
/// last reader, and there is one thread, as MemoryProfiler has it; libraries that do not use LibTorch's allocator are not seen.
///   Errors  LibTorch's
[[nodiscard]] inline Result<Bytes> measure_peak_memory(FixedNetwork& network, int batch = 1) {
  const TorchThreads held{MeasureOptions{.threads = 1}};
  const torch::NoGradGuard no_grad;
  const auto run = [&] {
    std::vector<torch::Tensor> images = random_inputs(network, batch);
    PlanRun once{network.plan(), network.weights(), images};
    images.clear();
    static_cast<void>(once.run());
  };
  const bool training = network.is_training();
  network.eval();
  const auto counter = std::make_shared<AllocationCounter>();
  try {
    run();  // what is made once and kept is not the network's
    const c10::DebugInfoGuard guard{c10::DebugInfoKind::PROFILER_STATE, counter};
    run();
  } catch (const c10::Error& error) {
    network.train(training);
    return Error{Error::Code::unavailable, fmt::format("peak memory: {}", error.what_without_backtrace())};
  }
  network.train(training);
  return counter->peak();
}

}  // namespace hwnas
