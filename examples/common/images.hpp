// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The images of a run: read, divided and normalised.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/rng.hpp"
#include "hwnas/core/shape.hpp"
#include "hwnas/report/number.hpp"
#include "hwnas/train/augment.hpp"
#include "hwnas/train/image_data.hpp"
#include "hwnas/train/image_folder.hpp"
#include "hwnas/train/load_data.hpp"
#include "hwnas/train/loader.hpp"
#include "hwnas/train/split.hpp"
#include "options.hpp"

namespace examples {

struct Images {
  hwnas::ImageData whole{};       ///< the training part
  hwnas::ImageData train{};       ///< without the validation part
  hwnas::ImageData validation{};
  hwnas::ImageData test{};        ///< read once, at the end
  hwnas::Normalisation normal{};  ///< of train
  std::string text{};             ///< "48,000 training and ..."
};

namespace detail {

inline hwnas::ImageData first_of(const hwnas::ImageData& data, std::int64_t count) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(std::min(count, data.size())));
  std::iota(rows.begin(), rows.end(), std::int64_t{0});
  return hwnas::subset(data, rows);
}

inline hwnas::ImageData limited(hwnas::ImageData data, std::int64_t count, hwnas::Rng rng) {
  if (count == 0 || count >= data.size()) return data;
  std::vector<std::int64_t> rows(static_cast<std::size_t>(data.size()));
  std::iota(rows.begin(), rows.end(), std::int64_t{0});
  hwnas::shuffle(std::span{rows}, rng);
  rows.resize(static_cast<std::size_t>(count));
  return hwnas::subset(data, rows);
}

inline hwnas::Result<void> check_fits(const hwnas::ImageData& data, hwnas::Shape shape, int classes,
                                      const std::string& space) {
  if (data.shape == shape && data.classes == classes) return {};
  return hwnas::Error{hwnas::Error::Code::mismatch,
                      fmt::format("{}: images of {} in {} classes; the space {} takes {} in {} classes, choose another "
                                  "--space",
                                  data.name, data.shape, data.classes, space, shape, classes)};
}

inline std::string text_of(const Images& images) {
  const auto count = [](const hwnas::ImageData& data) { return hwnas::group_digits(fmt::format("{}", data.size())); };
  return fmt::format("{}: {} images to train on, {} for validation, {} to test", images.whole.name, count(images.train),
                     count(images.validation), count(images.test));
}

}  // namespace detail

/// Reads --data, limits it to --images, takes the validation part off.
///   Errors   those of load_data and split; mismatch where images or classes are not those of the space
[[nodiscard]] inline hwnas::Result<Images> read_images(const ImageOptions& options, hwnas::Shape shape, int classes) {
  constexpr std::uint64_t limit_stream = 11, split_stream = 12;
  hwnas::DataOptions reading{.folder = &hwnas::read_image_folder, .channels = shape.c, .height = shape.h, .width = shape.w};
  auto parts = hwnas::load_data(options.data, reading);
  if (!parts) return parts.error();
  for (const hwnas::ImageData* part : {&parts->train, &parts->test}) {
    if (auto fits = detail::check_fits(*part, shape, classes, options.space); !fits) return fits.error();
  }
  const hwnas::Rng rng{options.seed};
  Images images{.whole = detail::limited(std::move(parts->train), options.images, rng.split(limit_stream)),
                .test = std::move(parts->test)};
  if (options.validation_images >= images.whole.size()) {
    return hwnas::Error{hwnas::Error::Code::bad_value,
                        fmt::format("--validation-images {}: expected fewer than the {} images there are to train on",
                                    options.validation_images, images.whole.size())};
  }
  hwnas::Rng dividing = rng.split(split_stream);
  const double share = static_cast<double>(options.validation_images) / static_cast<double>(images.whole.size());
  auto both = hwnas::split(images.whole, {.validation = share}, dividing);
  if (!both) return both.error();
  images.train = std::move(both->train);
  images.validation = std::move(both->validation);
  images.normal = hwnas::normalisation_of(images.train);
  images.text = detail::text_of(images);
  images.validation = detail::first_of(images.validation, options.judging_images);
  return images;
}

/// Batches to learn from: shuffled, augmented.
[[nodiscard]] inline hwnas::Loader learning_loader(const hwnas::ImageData& data, const Images& images,
                                                   const ImageOptions& options, const hwnas::Rng& rng) {
  return hwnas::Loader::make(data,
                             {.batch_size = options.batch_size,
                              .training = true,
                              .augment = {.crop_padding = options.crop, .flip = options.flip, .cutout = options.cutout},
                              .normalisation = images.normal,
                              .workers = options.loaders,
                              .pinned = options.device == "cuda"},
                             rng)
      .value();
}

/// All images in order, as they are.
[[nodiscard]] inline hwnas::Loader plain_loader(const hwnas::ImageData& data, const Images& images,
                                                const ImageOptions& options) {
  constexpr std::int64_t batch = 256;
  return hwnas::Loader::make(data, {.batch_size = batch, .normalisation = images.normal, .workers = options.loaders})
      .value();
}

}  // namespace examples
