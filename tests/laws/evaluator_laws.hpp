// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The laws of evaluators, for every model:
///          evaluator_laws<Space>(evaluator, architectures);    // returns how many could be evaluated
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/experiment/evaluator.hpp"

namespace laws {

/// The objective is among the metrics, and all are finite; a refusal is one line. Asked again in another order, an
/// architecture has the same answer (where `repeats`: not when it reads the clock).
template <class Space, class E>
std::size_t evaluator_laws(E& evaluator, const std::vector<hwnas::Architecture<Space>>& some, bool repeats = true) {
  static_assert(hwnas::Evaluator<E, Space>);
  std::vector<hwnas::Result<hwnas::Metrics>> answers;
  std::size_t evaluated = 0;
  for (const auto& a : some) {
    answers.push_back(evaluator.evaluate(a, hwnas::Budget{}));
    const auto& answer = answers.back();
    if (!answer) {
      EXPECT_FALSE(answer.error().message.empty());
      EXPECT_EQ(answer.error().message.find('\n'), std::string::npos) << answer.error().message;
      continue;
    }
    ++evaluated;
    EXPECT_TRUE(answer->find(answer->objective).has_value()) << "no " << answer->objective;
    for (const auto& [name, value] : answer->values) EXPECT_TRUE(std::isfinite(value)) << name;
  }
  for (std::size_t i = some.size(); repeats && i-- > 0;) {
    const auto again = evaluator.evaluate(some[i], hwnas::Budget{});
    EXPECT_EQ(again.has_value(), answers[i].has_value());
    if (!again || !answers[i]) continue;
    EXPECT_EQ(again->objective, answers[i]->objective);
    EXPECT_EQ(again->values, answers[i]->values);
  }
  return evaluated;
}

}  // namespace laws
