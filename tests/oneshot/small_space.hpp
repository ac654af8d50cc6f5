// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A space of 60 networks that train in milliseconds, and images that they can learn.
#pragma once

#include <cstdint>
#include <vector>

#include "hwnas/core/rng.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/op/mbconv.hpp"
#include "hwnas/space/nodes.hpp"
#include "hwnas/train/image_data.hpp"
#include "hwnas/train/loader.hpp"

namespace hwnas::oneshot_test {

using Block = LayerChoice<Conv<Kernel<3>>, Conv<Kernel<5>>, MBConv<3>, Identity>;
using Space = Input<Sequential<Conv<Kernel<3>, Out<4>>, Named<"a", Block>, Named<"b", Block>,
                               Named<"c", LayerChoice<Conv<Kernel<1>, Out<8>>, Conv<Kernel<3>, Out<8>>,
                                                      Conv<Kernel<5>, Out<8>>, MBConv<2, Out<8>>>>,
                               GlobalAvgPool, Flatten, Linear<2>>,
                    Shape{1, 8, 8}>;

/// Bright above (class 0) or below (class 1).
inline ImageData images(std::int64_t count) {
  ImageData data{.name = "halves", .shape = {1, 8, 8}, .classes = 2};
  Rng rng{5};
  for (std::int64_t i = 0; i < count; ++i) {
    data.labels.push_back(i % 2);
    for (int pixel = 0; pixel < 64; ++pixel) {
      const bool bright = (pixel < 32) == (i % 2 == 0);
      data.pixels.push_back(static_cast<std::uint8_t>((bright ? 150 : 20) + rng.below(80)));
    }
  }
  return data;
}

inline Loader loader(std::int64_t count, bool training) {
  const ImageData data = images(count);
  return Loader::make(data,
                      {.batch_size = 16, .training = training, .normalisation = normalisation_of(data), .workers = 0},
                      Rng{3})
      .value();
}

}  // namespace hwnas::oneshot_test
