// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  NetworkSample: a measured network, what whole-network predictors learn from.
#pragma once

#include <cstddef>
#include <span>

#include <fmt/format.h>

#include "hwnas/core/quantity.hpp"
#include "hwnas/core/result.hpp"
#include "hwnas/latency/measurement.hpp"
#include "hwnas/space/architecture.hpp"

namespace hwnas {

/// An architecture and its measured latency.
template <class Space>
struct NetworkSample {
  Architecture<Space> architecture{};
  Milliseconds latency{};
};

/// Whether something can be learnt from samples.
///   Errors  bad_value for fewer than `least`, or a latency that is not finite and above 0
template <class Space>
[[nodiscard]] Result<void> check_samples(std::span<const NetworkSample<Space>> samples, std::size_t least) {
  if (samples.size() < least) {
    return Error{Error::Code::bad_value,
                 fmt::format("a predictor of networks needs at least {} measured ones, not {}", least, samples.size())};
  }
  for (const NetworkSample<Space>& sample : samples) {
    if (auto checked = check_measured(sample.latency, sample.architecture); !checked) return checked;
  }
  return {};
}

}  // namespace hwnas
