// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Splitting a validation part from the training part.
///        auto [train, validation] = split(parts.train, {.validation = 0.1}, rng).value();
///        One-shot strategies split again: weights learn on one half, the architecture on the other.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/core/rng.hpp"
#include "hwnas/train/image_data.hpp"

namespace hwnas {

/// How much to take and how.
struct SplitOptions {
  double validation = 0.1;  ///< share of the images, in (0, 1)
  bool stratified = true;   ///< the same share of each class; otherwise of all images together
};

/// The two parts of a split.
struct Split {
  ImageData train{};
  ImageData validation{};
};

/// Shuffles in place: a permutation that is the same everywhere, which std::shuffle does not promise.
template <class Value> void shuffle(std::span<Value> values, Rng& rng) {
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[rng.below(i)]);
}

/// Splits data in two without overlap, in random order.
///   Errors   bad_value where the share leaves one part empty
[[nodiscard]] inline Result<Split> split(const ImageData& data, const SplitOptions& options, Rng& rng) {
  if (!(options.validation > 0 && options.validation < 1)) {
    return Error{
        Error::Code::bad_value,
        fmt::format("a validation share must lie between 0 and 1, both excluded; found {}", options.validation)};
  }
  std::vector<std::vector<std::int64_t>> groups(options.stratified ? static_cast<std::size_t>(data.classes) : 1);
  for (std::int64_t row = 0; row < data.size(); ++row) {
    groups[options.stratified ? static_cast<std::size_t>(data.labels[static_cast<std::size_t>(row)]) : 0].push_back(
        row);
  }
  std::vector<std::int64_t> train, validation;
  double owed = 0;  // what rounding has kept back so far, so that many small classes still give the share asked for
  for (auto& group : groups) {
    shuffle(std::span{group}, rng);
    owed += options.validation * static_cast<double>(group.size());
    const auto take = std::clamp<std::int64_t>(std::llround(owed), 0, static_cast<std::int64_t>(group.size()));
    owed -= static_cast<double>(take);
    validation.insert(validation.end(), group.begin(), group.begin() + take);
    train.insert(train.end(), group.begin() + take, group.end());
  }
  if (train.empty() || validation.empty()) {
    return Error{Error::Code::bad_value, fmt::format("{}: a validation share of {} of {} images leaves one part empty",
                                                     data.name, options.validation, data.size())};
  }
  shuffle(std::span{train}, rng);
  shuffle(std::span{validation}, rng);
  Split result{.train = subset(data, train), .validation = subset(data, validation)};
  result.validation.name += " (validation part)";
  return result;
}

}  // namespace hwnas
