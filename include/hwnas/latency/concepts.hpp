// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The Predictor concept.
#pragma once

#include <concepts>

#include "hwnas/core/quantity.hpp"
#include "hwnas/core/result.hpp"

namespace hwnas {

/// Predicts the latency of one key: an OperatorKey, a KernelKey, or a whole Architecture<Space>.
///   key              what it is asked for
///   predict(key)     Milliseconds, or an Error naming the key it does not know
///   rules()          of kernels, optional: the fusion rules under which the space's kernels are made
///   Laws             the same key gives the same answer; tests/laws/predictor_laws.hpp
template <class P>
concept Predictor = requires(const P& p, const typename P::key& key) {
  { p.predict(key) } -> std::same_as<Result<Milliseconds>>;
};

}  // namespace hwnas
