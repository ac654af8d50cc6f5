// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  StepNotFinite: what a training step throws that has found a number of its own not finite.
#pragma once

#include "hwnas/core/result.hpp"

namespace hwnas {

/// A step's own loss or gradient is not finite, and nothing has moved yet. Of several ranks all must throw it in the same
/// step, as they do after averaging: Trainer then saves their state together.
struct StepNotFinite : Error {
  using Error::Error;
};

}  // namespace hwnas
