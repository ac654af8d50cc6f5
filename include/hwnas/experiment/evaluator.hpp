// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Evaluators: what gives an architecture its metrics.
///        FunctionEvaluator{[](const auto& a) { return train(a); }}
#pragma once

#include <chrono>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <limits>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/search/metrics.hpp"
#include "hwnas/space/architecture.hpp"

namespace hwnas {

/// What one evaluation may spend; an evaluator that knows no cheaper version of itself may ignore it.
struct Budget {
  double share = 1.0;  ///< of the full evaluation: successive halving asks for less
  std::chrono::duration<double> time{std::numeric_limits<double>::infinity()};
  /// Evaluators that know how good an architecture is before they are done may say so after each step (epoch), counted
  /// from 1; false: end now, and return these metrics. Empty where nobody listens.
  std::function<bool(std::size_t step, const Metrics&)> report{};
};

/// Evaluates architectures. One that may hang must watch budget.time itself (CommandEvaluator ends its program, TrainEvaluator
/// stops between steps): a function that never returns cannot be ended from outside. It keeps its worker for good; its trial goes
/// to another one a lease or two after budget.time.
///   evaluate(a, budget)   Metrics, or an Error that says why not
///   Laws                  the objective is among the metrics and is no NaN; tests/laws/evaluator_laws.hpp
template <class E, class Space>
concept Evaluator = requires(E& e, const Architecture<Space>& a, const Budget& budget) {
  { e.evaluate(a, budget) } -> std::same_as<Result<Metrics>>;
};

/// An evaluator from a function of the architecture that returns Metrics, a Result of them, or the objective alone.
template <class F>
class FunctionEvaluator {
 public:
  explicit FunctionEvaluator(F f) : f_{std::move(f)} {}

  template <class Space>
  [[nodiscard]] Result<Metrics> evaluate(const Architecture<Space>& a, const Budget&) {
    using Answer = decltype(f_(a));
    if constexpr (std::is_convertible_v<Answer, double>) {
      Metrics metrics;
      metrics.values[metrics.objective] = f_(a);
      return metrics;
    } else {
      return f_(a);
    }
  }

 private:
  F f_;
};

/// One evaluation, whatever the evaluator does: if it throws, or its objective is missing or no number, an Error.
template <class Space, Evaluator<Space> E>
[[nodiscard]] Result<Metrics> evaluate_checked(E& evaluator, const Architecture<Space>& a, const Budget& budget = {}) {
  try {
    auto metrics = evaluator.evaluate(a, budget);
    if (!metrics) return metrics;
    const auto objective = metrics->find(metrics->objective);
    if (objective && std::isfinite(*objective)) return metrics;
    return Error{Error::Code::bad_value,
                 fmt::format("the evaluator gave {} for \"{}\": expected a finite number",
                             objective ? fmt::format("{}", *objective) : "nothing", metrics->objective)};
  } catch (const std::exception& error) {
    return Error{Error::Code::bad_value, fmt::format("the evaluator threw: {}", error.what())};
  } catch (...) {
    return Error{Error::Code::bad_value, "the evaluator threw something that is no std::exception"};
  }
}

}  // namespace hwnas
