// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Loader: batches of a data set as tensors, augmented and normalised by worker threads.
///        auto loader = Loader::make(train, {.batch_size = 256, .training = true, .augment = cifar_augment,
///                                           .normalisation = normalisation_of(train)}, Rng{seed}).value();
///        auto batches = loader.epoch(0);
///        while (auto batch = batches.next().value()) use(batch->images, batch->labels);
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/core/rng.hpp"
#include "hwnas/nn/torch.hpp"
#include "hwnas/train/augment.hpp"
#include "hwnas/train/image_data.hpp"
#include "hwnas/train/prefetch.hpp"
#include "hwnas/train/split.hpp"

namespace hwnas {

/// How batches are made.
struct LoaderOptions {
  std::int64_t batch_size = 256;
  bool training = false;          ///< true: a new order each epoch, augmented, the incomplete last batch left out
  Augment augment{};              ///< only in training
  Normalisation normalisation{};  ///< of the training part, whatever part this loader reads
  int workers = 1;                ///< threads; 0: none, the caller waits. The batches are the same for any number
  std::int64_t ahead = 4;         ///< batches that wait at most
  bool pinned = false;            ///< page-locked memory, for faster copies to a CUDA device
};

/// Some images and their classes.
///   Shape    images (N, C, H, W) float, labels (N) int64
struct Batch {
  torch::Tensor images{};
  torch::Tensor labels{};
  std::int64_t index = 0;  ///< within its epoch

  [[nodiscard]] Batch to(torch::Device device) const {
    return {.images = images.to(device, /*non_blocking=*/true), .labels = labels.to(device, true), .index = index};
  }
};

/// The batches of one epoch, in order.
using BatchStream = Prefetch<Batch>;

/// Batches of a data set: a function of (seed, epoch, index) alone, so that a run can resume at any batch and the
/// number of threads changes nothing.
class Loader {
 public:
  /// `data` is moved or copied in; copies of a Loader share it.
  ///   Errors   bad_value: no normalisation; in training one class only, or fewer images than a batch
  [[nodiscard]] static Result<Loader> make(ImageData data, const LoaderOptions& options, const Rng& rng = Rng{}) {
    if (auto checked = check(data); !checked) return checked.error();
    const auto bad = [&](const std::string& text) { return Error{Error::Code::bad_value, data.name + ": " + text}; };
    if (options.batch_size < 1)
      return bad(fmt::format("a batch must hold at least 1 image; found {}", options.batch_size));
    if (options.normalisation.mean.size() != static_cast<std::size_t>(data.shape.c)) {
      return bad(fmt::format("expected a normalisation of {} channels, found {}; use normalisation_of(training part)",
                             data.shape.c, options.normalisation.mean.size()));
    }
    if (options.training) {
      if (auto trainable = check_trainable(data); !trainable) return trainable.error();
      if (data.size() < options.batch_size) {
        return bad(fmt::format("{} images are fewer than one batch of {}; choose a smaller batch", data.size(),
                               options.batch_size));
      }
    }
    return Loader{std::move(data), options, rng};
  }

  [[nodiscard]] std::int64_t batches() const {
    const std::int64_t size = data_->size(), batch = options_.batch_size * ranks_;
    return options_.training ? size / batch : (size + batch - 1) / batch;
  }
  [[nodiscard]] std::int64_t images() const {
    return options_.training ? batches() * options_.batch_size * ranks_ : data_->size();
  }
  /// The part of rank `rank` of `ranks` processes that train together: of each `ranks` batches the one at its place.
  /// For training only; batches() becomes what each rank has, images() stays what all read together.
  [[nodiscard]] Loader shard(int rank, int ranks) const {
    Loader part = *this;
    part.rank_ = rank;
    part.ranks_ = ranks;
    return part;
  }
  [[nodiscard]] const ImageData& data() const { return *data_; }
  [[nodiscard]] const LoaderOptions& options() const { return options_; }
  [[nodiscard]] const Rng& rng() const { return rng_; }
  /// Another source of order and augmentation; a resumed run puts its own back.
  void set_rng(const Rng& rng) { rng_ = rng; }

  /// The batches first .. last - 1 of an epoch (last 0: all).
  [[nodiscard]] BatchStream epoch(std::int64_t number, std::int64_t first = 0, std::int64_t last = 0) const {
    const auto order = std::make_shared<const std::vector<std::int64_t>>(order_of(number));
    const PrefetchOptions prefetch{.first = first,
                                   .last = last > 0 ? std::min(last, batches()) : batches(),
                                   .workers = options_.workers,
                                   .ahead = options_.ahead};
    return BatchStream{prefetch, [order, rank = rank_, ranks = ranks_, data = data_, table = table_, options = options_,
                                  rng = rng_.split(static_cast<std::uint64_t>(number))](std::int64_t index) {
                         Batch batch = make_batch(*data, *table, options, *order, rng, index * ranks + rank);
                         batch.index = index;
                         return batch;
                       }};
  }

 private:
  Loader(ImageData data, const LoaderOptions& options, const Rng& rng)
      : data_{std::make_shared<const ImageData>(std::move(data))},
        table_{std::make_shared<const PixelTable>(options.normalisation)},
        options_{options},
        rng_{rng} {}

  [[nodiscard]] std::vector<std::int64_t> order_of(std::int64_t number) const {
    std::vector<std::int64_t> order(static_cast<std::size_t>(data_->size()));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    if (options_.training) {
      Rng rng = rng_.split(static_cast<std::uint64_t>(number));
      shuffle(std::span{order}, rng);
    }
    return order;
  }

  static Batch make_batch(const ImageData& data, const PixelTable& table, const LoaderOptions& options,
                          const std::vector<std::int64_t>& order, const Rng& epoch_rng, std::int64_t index) {
    const std::int64_t first = index * options.batch_size;
    const std::int64_t count = std::min(options.batch_size, data.size() - first);
    const Shape shape = data.shape;
    const auto pinned = torch::TensorOptions{}.pinned_memory(options.pinned);
    Batch batch{.images = torch::empty({count, shape.c, shape.h, shape.w}, pinned.dtype(torch::kFloat32)),
                .labels = torch::empty({count}, pinned.dtype(torch::kInt64)),
                .index = index};
    auto* images = batch.images.data_ptr<float>();
    auto* labels = batch.labels.data_ptr<std::int64_t>();
    Rng rng = epoch_rng.split(static_cast<std::uint64_t>(index));
    const Augment change = options.training ? options.augment : Augment{};
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t row = order[static_cast<std::size_t>(first + i)];
      augment(data.image(row), shape, table, change, rng, images + i * shape.elements());
      labels[i] = data.labels[static_cast<std::size_t>(row)];
    }
    return batch;
  }

  std::shared_ptr<const ImageData> data_;
  std::shared_ptr<const PixelTable> table_;
  LoaderOptions options_;
  Rng rng_;
  std::int64_t rank_ = 0, ranks_ = 1;
};

/// Some batches kept in memory, for candidates that are all judged on the same images: decoded once, not each time.
[[nodiscard]] inline Result<std::vector<Batch>> keep_batches(const Loader& loader, std::int64_t most = 0,
                                                             std::int64_t epoch = 0) {
  std::vector<Batch> kept;
  auto stream = loader.epoch(epoch, 0, most);
  for (;;) {
    auto batch = stream.next();
    if (!batch) return batch.error();
    if (!batch->has_value()) return kept;
    kept.push_back(std::move(**batch));
  }
}

/// All images as one tensor of bytes (N, C, H, W), sharing the memory of `data`, which must outlive it.
[[nodiscard]] inline torch::Tensor image_tensor(const ImageData& data) {
  // from_blob takes a pointer to non-const; the bytes are only ever read.
  return torch::from_blob(const_cast<std::uint8_t*>(data.pixels.data()),  // NOLINT
                          {data.size(), data.shape.c, data.shape.h, data.shape.w}, torch::kUInt8);
}

}  // namespace hwnas
