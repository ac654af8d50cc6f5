// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Learning-rate schedules by name. No LibTorch.
#pragma once

#include <string>
#include <vector>

#include "hwnas/train/schedule.hpp"

namespace programs {

[[nodiscard]] inline std::vector<std::string> schedule_names() {
  return {"cosine", "step", "linear", "one-cycle", "constant"};
}

/// One of schedule_names(), with this peak.
[[nodiscard]] inline hwnas::Schedule schedule_of(const std::string& name, double rate) {
  if (name == "step") return hwnas::StepRate{.rate = rate};
  if (name == "linear") return hwnas::LinearRate{.rate = rate};
  if (name == "one-cycle") return hwnas::OneCycleRate{.rate = rate};
  if (name == "constant") return hwnas::ConstantRate{.rate = rate};
  return hwnas::CosineRate{.rate = rate, .warmup = 0.1};
}

}  // namespace programs
