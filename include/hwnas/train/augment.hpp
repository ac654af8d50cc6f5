// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Augmentation and normalisation of one image, without torch.
///        const Normalisation normal = normalisation_of(train);          // of the training part, for all parts
///        augment(image, shape, PixelTable{normal}, {.crop_padding = 2, .flip = true}, rng, out);
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "hwnas/core/rng.hpp"
#include "hwnas/core/shape.hpp"
#include "hwnas/train/image_data.hpp"

namespace hwnas {

/// What training changes at random. The default changes nothing.
struct Augment {
  int crop_padding = 0;  ///< pixels of black on each side, from which a crop of the original size is drawn
  bool flip = false;     ///< left and right exchanged with probability one half
  int cutout = 0;        ///< side of a square that is erased, in pixels (DeVries and Taylor 2017)
};

/// The usual recipe for CIFAR-10 (He et al. 2016, section 4.2).
inline constexpr Augment cifar_augment{.crop_padding = 4, .flip = true};

/// Mean and standard deviation of each channel, of pixel values from 0 to 1.
struct Normalisation {
  std::vector<float> mean{};
  std::vector<float> deviation{};
};

/// Exact over all pixels; a channel that never changes gets deviation 1.
[[nodiscard]] inline Normalisation normalisation_of(const ImageData& data) {
  const auto channels = static_cast<std::size_t>(data.shape.c);
  const std::size_t plane = static_cast<std::size_t>(data.shape.h) * static_cast<std::size_t>(data.shape.w);
  Normalisation result;
  for (std::size_t c = 0; c < channels; ++c) {
    std::array<std::int64_t, 256> histogram{};
    for (std::size_t at = c * plane; at < data.pixels.size(); at += channels * plane) {
      for (std::size_t i = at; i < at + plane; ++i) ++histogram[data.pixels[i]];
    }
    double count = 0, sum = 0, squares = 0;
    for (std::size_t value = 0; value < 256; ++value) {
      const double n = static_cast<double>(histogram[value]), v = static_cast<double>(value) / 255.0;
      count += n;
      sum += n * v;
      squares += n * v * v;
    }
    const double mean = count > 0 ? sum / count : 0;
    const double variance = count > 0 ? squares / count - mean * mean : 0;
    result.mean.push_back(static_cast<float>(mean));
    result.deviation.push_back(variance > 1e-12 ? static_cast<float>(std::sqrt(variance)) : 1.0F);
  }
  return result;
}

/// The normalised value of each byte, by channel: one look-up a pixel instead of arithmetic.
class PixelTable {
 public:
  explicit PixelTable(const Normalisation& normal) : tables_(normal.mean.size()) {
    for (std::size_t c = 0; c < tables_.size(); ++c) {
      for (std::size_t value = 0; value < 256; ++value) {
        tables_[c][value] = (static_cast<float>(value) / 255.0F - normal.mean[c]) / normal.deviation[c];
      }
    }
  }
  [[nodiscard]] const std::array<float, 256>& channel(std::size_t c) const { return tables_[c]; }

 private:
  std::vector<std::array<float, 256>> tables_;
};

namespace detail {
/// One row shifted by dx and perhaps mirrored; what the shift leaves open is black.
inline void augment_row(const std::uint8_t* from, std::int64_t width, std::int64_t dx, bool mirror,
                        const std::array<float, 256>& table, float* out) {
  const std::int64_t begin = std::clamp<std::int64_t>(-dx, 0, width),
                     end = std::clamp<std::int64_t>(width - dx, begin, width);
  std::fill(out, out + begin, table[0]);
  for (std::int64_t x = begin; x < end; ++x) out[x] = table[from[x + dx]];
  std::fill(out + end, out + width, table[0]);
  if (mirror) std::reverse(out, out + width);
}

/// Sets a square around a random pixel to 0, the mean after normalising; parts beyond the border are cut off.
inline void cut_out(Shape shape, int side, Rng& rng, float* out) {
  const auto top = static_cast<int>(rng.below(static_cast<std::uint64_t>(shape.h))) - side / 2;
  const auto left = static_cast<int>(rng.below(static_cast<std::uint64_t>(shape.w))) - side / 2;
  const int x0 = std::max(0, left), x1 = std::min(shape.w, left + side);
  for (std::int64_t c = 0; c < shape.c; ++c) {
    for (int y = std::max(0, top); y < std::min(shape.h, top + side); ++y) {
      float* row = out + (c * shape.h + y) * shape.w;
      std::fill(row + x0, row + std::max(x0, x1), 0.0F);
    }
  }
}
}  // namespace detail

/// Writes the augmented, normalised image to `out`, which has shape.elements() places.
inline void augment(std::span<const std::uint8_t> image, Shape shape, const PixelTable& table, const Augment& options,
                    Rng& rng, float* out) {
  const std::int64_t padding = options.crop_padding;
  std::int64_t dx = 0, dy = 0;
  if (padding > 0) {
    const auto range = static_cast<std::uint64_t>(2 * padding + 1);
    dx = static_cast<std::int64_t>(rng.below(range)) - padding;
    dy = static_cast<std::int64_t>(rng.below(range)) - padding;
  }
  const bool mirror = options.flip && rng.below(2) == 1;
  for (std::int64_t c = 0; c < shape.c; ++c) {
    const auto& values = table.channel(static_cast<std::size_t>(c));
    for (std::int64_t y = 0; y < shape.h; ++y) {
      float* row = out + (c * shape.h + y) * shape.w;
      if (y + dy < 0 || y + dy >= shape.h) {
        std::fill(row, row + shape.w, values[0]);
      } else {
        detail::augment_row(image.data() + (c * shape.h + y + dy) * shape.w, shape.w, dx, mirror, values, row);
      }
    }
  }
  if (options.cutout > 0) detail::cut_out(shape, options.cutout, rng, out);
}

}  // namespace hwnas
