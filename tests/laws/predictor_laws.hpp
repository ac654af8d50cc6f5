// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The laws of predictors, for every model:
///          predictor_laws(predictor, keys);
#pragma once

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/latency/concepts.hpp"

namespace laws {

/// The same key has the same answer, from every copy, in whatever order keys are asked; a latency is finite and not negative.
template <hwnas::Predictor P>
void predictor_laws(const P& predictor, const std::vector<typename P::key>& keys) {
  const P copy = predictor;
  std::vector<hwnas::Result<hwnas::Milliseconds>> forwards;
  for (const auto& key : keys) forwards.push_back(predictor.predict(key));
  for (std::size_t i = keys.size(); i-- > 0;) {
    const auto again = copy.predict(keys[i]);
    ASSERT_EQ(again.has_value(), forwards[i].has_value());
    if (!again) {
      EXPECT_FALSE(again.error().message.empty());
      continue;
    }
    EXPECT_EQ(again->ticks(), forwards[i]->ticks());
    EXPECT_TRUE(std::isfinite(again->value()) && again->value() >= 0);
  }
}

}  // namespace laws
