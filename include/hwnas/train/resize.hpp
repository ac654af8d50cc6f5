// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Resizing one image, without torch.
///        auto small = resize(pixels, {3, 480, 640}, 32, 32);
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "hwnas/core/shape.hpp"

namespace hwnas {

/// The source positions that make one target position, and their weights (which sum to 1).
struct ResizeTaps {
  int first = 0;
  std::vector<float> weights{};
};

/// Bilinear weights along one side; when shrinking, the triangle is as wide as the step, so that no pixel is skipped
/// (what Pillow and torchvision do with antialias).
[[nodiscard]] inline std::vector<ResizeTaps> resize_taps(int from, int to) {
  const double step = static_cast<double>(from) / to;
  const double reach = std::max(1.0, step);
  std::vector<ResizeTaps> taps;
  for (int i = 0; i < to; ++i) {
    const double centre = (i + 0.5) * step - 0.5;
    ResizeTaps tap{.first = std::max(0, static_cast<int>(std::ceil(centre - reach)))};
    const int last = std::min(from - 1, static_cast<int>(std::floor(centre + reach)));
    double sum = 0;
    for (int at = tap.first; at <= last; ++at) {
      const double weight = std::max(0.0, 1.0 - std::abs(at - centre) / reach);
      tap.weights.push_back(static_cast<float>(weight));
      sum += weight;
    }
    for (float& weight : tap.weights) weight = static_cast<float>(weight / sum);
    taps.push_back(std::move(tap));
  }
  return taps;
}

/// An image (C, H, W) of bytes at another height and width.
[[nodiscard]] inline std::vector<std::uint8_t> resize(std::span<const std::uint8_t> image, Shape shape, int height,
                                                      int width) {
  const auto columns = resize_taps(shape.w, width);
  const auto rows = resize_taps(shape.h, height);
  std::vector<float> wide(static_cast<std::size_t>(shape.c) * shape.h * width);
  for (std::size_t line = 0; line < static_cast<std::size_t>(shape.c) * shape.h; ++line) {
    for (int x = 0; x < width; ++x) {
      const ResizeTaps& tap = columns[x];
      float value = 0;
      for (std::size_t k = 0; k < tap.weights.size(); ++k)
        value += tap.weights[k] * image[line * shape.w + tap.first + k];
      wide[line * width + x] = value;
    }
  }
  std::vector<std::uint8_t> result;
  result.reserve(static_cast<std::size_t>(shape.c) * height * width);
  for (int c = 0; c < shape.c; ++c) {
    for (int y = 0; y < height; ++y) {
      const ResizeTaps& tap = rows[y];
      for (int x = 0; x < width; ++x) {
        float value = 0;
        for (std::size_t k = 0; k < tap.weights.size(); ++k) {
          value += tap.weights[k] * wide[(static_cast<std::size_t>(c) * shape.h + tap.first + k) * width + x];
        }
        result.push_back(static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L)));
      }
    }
  }
  return result;
}

}  // namespace hwnas
