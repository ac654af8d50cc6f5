// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The images of a run: read, divided and normalised once, for all spaces alike.
#pragma once

#include <string>

#include "hwnas/core/rng.hpp"
#include "hwnas/core/shape.hpp"
#include "hwnas/train/augment.hpp"
#include "hwnas/train/image_data.hpp"
#include "hwnas/train/loader.hpp"
#include "common/options.hpp"

namespace programs {

struct Images {
  hwnas::ImageData whole{};       ///< the training part
  hwnas::ImageData train{};       ///< without the validation part
  hwnas::ImageData validation{};
  hwnas::ImageData test{};        ///< read once, at the end
  hwnas::Normalisation normal{};  ///< of train
  std::string text{};             ///< "48,000 training and ..."
};

/// Reads --data, limits it to --images, takes the validation part off.
///   Errors   those of load_data and split; mismatch where images or classes are not those of the space
[[nodiscard]] hwnas::Result<Images> read_images(const Options& options, hwnas::Shape shape, int classes);

/// Batches to learn from: shuffled, augmented.
[[nodiscard]] hwnas::Loader learning_loader(const hwnas::ImageData& data, const Images& images, const Options& options,
                                            const hwnas::Rng& rng);
/// All images in order, as they are.
[[nodiscard]] hwnas::Loader plain_loader(const hwnas::ImageData& data, const Images& images, const Options& options);

}  // namespace programs
