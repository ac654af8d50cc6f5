// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Reading and dividing the images.
#include "common/data.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/report/number.hpp"
#include "hwnas/train/image_folder.hpp"
#include "hwnas/train/load_data.hpp"
#include "hwnas/train/split.hpp"

namespace programs {
namespace {

using namespace hwnas;

constexpr std::uint64_t limit_stream = 11, split_stream = 12;

ImageData first_of(const ImageData& data, std::int64_t count) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(std::min(count, data.size())));
  std::iota(rows.begin(), rows.end(), std::int64_t{0});
  return subset(data, rows);
}

ImageData limited(ImageData data, std::int64_t count, Rng rng) {
  if (count == 0 || count >= data.size()) return data;
  std::vector<std::int64_t> rows(static_cast<std::size_t>(data.size()));
  std::iota(rows.begin(), rows.end(), std::int64_t{0});
  shuffle(std::span{rows}, rng);
  rows.resize(static_cast<std::size_t>(count));
  return subset(data, rows);
}

Result<void> check_fits(const ImageData& data, Shape shape, int classes, const std::string& space) {
  if (data.shape == shape && data.classes == classes) return {};
  return Error{
      Error::Code::mismatch,
      fmt::format("{}: images of {} in {} classes; the space {} takes {} in {} classes, choose another --space",
                  data.name, data.shape, data.classes, space, shape, classes)};
}

std::string text_of(const Images& images) {
  const auto count = [](const ImageData& data) { return group_digits(fmt::format("{}", data.size())); };
  return fmt::format("{}: {} images to train on, {} for validation, {} to test", images.whole.name, count(images.train),
                     count(images.validation), count(images.test));
}

}  // namespace

Result<Images> read_images(const Options& options, Shape shape, int classes) {
  DataOptions reading{.folder = &read_image_folder, .channels = shape.c, .height = shape.h, .width = shape.w};
  auto parts = load_data(options.data, reading);
  if (!parts) return parts.error();
  for (const ImageData* part : {&parts->train, &parts->test}) {
    if (auto fits = check_fits(*part, shape, classes, options.space); !fits) return fits.error();
  }
  const Rng rng{options.seed};
  Images images{.whole = limited(std::move(parts->train), options.images, rng.split(limit_stream)),
                .test = std::move(parts->test)};
  const std::int64_t validation = options.validation_images > 0 ? options.validation_images : images.whole.size() / 2;
  if (validation >= images.whole.size()) {
    return Error{Error::Code::bad_value,
                 fmt::format("--validation-images {}: expected fewer than the {} images there are to train on",
                             options.validation_images, images.whole.size())};
  }
  Rng dividing = rng.split(split_stream);
  const double share = static_cast<double>(validation) / static_cast<double>(images.whole.size());
  auto both = split(images.whole, {.validation = share}, dividing);
  if (!both) return both.error();
  images.train = std::move(both->train);
  images.validation = std::move(both->validation);
  images.normal = normalisation_of(images.train);
  images.text = text_of(images);
  images.validation = first_of(images.validation, options.judging_images);
  return images;
}

Loader learning_loader(const ImageData& data, const Images& images, const Options& options, const Rng& rng) {
  return Loader::make(data,
                      {.batch_size = options.batch_size,
                       .training = true,
                       .augment = {.crop_padding = options.crop, .flip = options.flip, .cutout = options.cutout},
                       .normalisation = images.normal,
                       .workers = options.workers,
                       .pinned = options.device == "cuda"},
                      rng)
      .value();
}

Loader plain_loader(const ImageData& data, const Images& images, const Options& options) {
  constexpr std::int64_t batch = 256;
  return Loader::make(data, {.batch_size = batch, .normalisation = images.normal, .workers = options.workers}).value();
}

}  // namespace programs
