// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Bytes that LibTorch's CPU allocator has handed out, and their peak, through its own reporting hook.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>

#include "hwnas/nn/torch.hpp"

#include <c10/util/ThreadLocalDebugInfo.h>
#include <torch/version.h>

/// Counts allocations of this thread. What oneDNN takes for itself within one call is not seen.
class MemoryMeter : public c10::MemoryReportingInfoBase {
 public:
#if TORCH_VERSION_MAJOR >= 2
  using Total = std::size_t;
#else
  using Total = std::int64_t;
#endif
  void reportMemoryUsage(void*, std::int64_t size, Total, Total, c10::Device) override {
    now_ += size;
    peak_ = std::max(peak_, now_);
  }
  [[nodiscard]] bool memoryProfilingEnabled() const override { return true; }

  /// Peak of what `body` allocates beyond what is there when it begins.
  std::int64_t peak_of(const std::function<void()>& body) {
    const std::int64_t before = now_;
    peak_ = now_;
    body();
    return peak_ - before;
  }

 private:
  std::int64_t now_ = 0;
  std::int64_t peak_ = 0;
};

/// Runs `body` with a meter that sees every allocation from its beginning on.
template <class Body>
void with_memory_meter(Body&& body) {
  const auto meter = std::make_shared<MemoryMeter>();
  const c10::DebugInfoGuard guard{c10::DebugInfoKind::PROFILER_STATE, meter};
  body(*meter);
}
