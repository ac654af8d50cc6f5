// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  ImageData: labelled images in memory, as the readers give them and the Loader takes them. No torch here.
///        Result<DataParts> parts = load_data("fashion-mnist");     // load_data.hpp
///        auto [train, validation] = split(parts->train, {.validation = 0.1}, rng).value();
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/core/shape.hpp"

namespace hwnas {

/// Images of one shape with a class each.
///   Shape    pixels holds size() images after one another, each (C, H, W), one byte a value
struct ImageData {
  std::string name{};                      ///< for messages: a file or folder, and the part
  Shape shape{};                           ///< of each image
  int classes = 0;                         ///< labels are 0 .. classes - 1
  std::vector<std::string> class_names{};  ///< empty where the format has none
  std::vector<std::uint8_t> pixels{};
  std::vector<std::int64_t> labels{};

  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(labels.size()); }
  [[nodiscard]] std::span<const std::uint8_t> image(std::int64_t index) const {
    const auto length = static_cast<std::size_t>(shape.elements());
    return std::span{pixels}.subspan(static_cast<std::size_t>(index) * length, length);
  }
};

/// What a data set on disk consists of. The test part is for the last number only: nothing in hwnas trains or selects
/// on it, and a validation part is split from train.
struct DataParts {
  ImageData train{};
  ImageData test{};
};

/// The images at `rows`, in that order.
[[nodiscard]] inline ImageData subset(const ImageData& data, std::span<const std::int64_t> rows) {
  ImageData result{.name = data.name, .shape = data.shape, .classes = data.classes, .class_names = data.class_names};
  result.pixels.reserve(rows.size() * static_cast<std::size_t>(data.shape.elements()));
  result.labels.reserve(rows.size());
  for (const std::int64_t row : rows) {
    const auto image = data.image(row);
    result.pixels.insert(result.pixels.end(), image.begin(), image.end());
    result.labels.push_back(data.labels[static_cast<std::size_t>(row)]);
  }
  return result;
}

/// Images of each class.
[[nodiscard]] inline std::vector<std::int64_t> class_counts(const ImageData& data) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(data.classes), 0);
  for (const std::int64_t label : data.labels) ++counts[static_cast<std::size_t>(label)];
  return counts;
}

/// Whether the parts of the structure fit together; readers end with it.
///   Errors   bad_format: labels and images of different number, or a label that is no class
[[nodiscard]] inline Result<void> check(const ImageData& data) {
  const auto length = static_cast<std::size_t>(data.shape.elements());
  if (data.labels.empty() || length == 0)
    return Error{Error::Code::bad_format, fmt::format("{}: no images", data.name)};
  if (data.pixels.size() != data.labels.size() * length) {
    return Error{
        Error::Code::bad_format,
        fmt::format("{}: expected as many images as labels, found {} labels and {} bytes of images of {} bytes",
                    data.name, data.labels.size(), data.pixels.size(), length)};
  }
  const auto wrong = std::find_if(data.labels.begin(), data.labels.end(),
                                  [&](std::int64_t label) { return label < 0 || label >= data.classes; });
  if (wrong != data.labels.end()) {
    return Error{Error::Code::bad_format,
                 fmt::format("{}: label {} at index {} is out of range; expected 0 to {}", data.name, *wrong,
                             wrong - data.labels.begin(), data.classes - 1)};
  }
  return {};
}

/// Whether a network can be trained on it.
///   Errors   bad_value: images of fewer than two classes
[[nodiscard]] inline Result<void> check_trainable(const ImageData& data) {
  const auto counts = class_counts(data);
  const auto present = std::count_if(counts.begin(), counts.end(), [](std::int64_t count) { return count > 0; });
  if (present >= 2) return {};
  return Error{Error::Code::bad_value,
               fmt::format("{}: expected images of at least two classes to train on, found {}", data.name, present)};
}

}  // namespace hwnas
