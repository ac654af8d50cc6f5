// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A folder of images, one folder inside for each class (PNG, JPEG, PNM).
///        auto parts = load_data("photos", {.folder = read_image_folder, .height = 64, .width = 64});
///        auto cats  = read_image_folder("photos/train", {.height = 64, .width = 64});
///        Needs stb_image (Debian: libstb-dev, link -lstb), so no umbrella includes this header.
#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <stb/stb_image.h>

#include "hwnas/core/result.hpp"
#include "hwnas/core/shape.hpp"
#include "hwnas/train/file_bytes.hpp"
#include "hwnas/train/image_data.hpp"
#include "hwnas/train/load_data.hpp"
#include "hwnas/train/resize.hpp"

namespace hwnas {

/// Pixels of one image file in (C, H, W) order.
struct DecodedImage {
  Shape shape{};
  std::vector<std::uint8_t> pixels{};
};

/// Decodes one PNG, JPEG or PNM file to 1 (grey) or 3 (colour) channels.
[[nodiscard]] inline Result<DecodedImage> decode_image(const std::filesystem::path& path, int channels) {
  auto bytes = read_file_bytes(path);
  if (!bytes) return bytes.error();
  const auto failed = [&](std::string_view reason) {
    return Error{Error::Code::bad_format,
                 fmt::format("{}: expected a PNG, JPEG or PNM image: {}", path.string(), reason)};
  };
  if (bytes->size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return failed("larger than 2 GiB");
  int width = 0, height = 0, stored = 0;
  const std::unique_ptr<stbi_uc, decltype(&stbi_image_free)> decoded{
      stbi_load_from_memory(bytes->data(), static_cast<int>(bytes->size()), &width, &height, &stored, channels),
      &stbi_image_free};
  if (decoded == nullptr) return failed(stbi_failure_reason());
  DecodedImage image{.shape = {channels, height, width}, .pixels = {}};
  const std::size_t plane = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  image.pixels.resize(plane * static_cast<std::size_t>(channels));
  for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c) {
    for (std::size_t i = 0; i < plane; ++i)
      image.pixels[c * plane + i] = decoded.get()[i * static_cast<std::size_t>(channels) + c];
  }
  return image;
}

/// Files or folders directly inside `folder`, sorted by name so that classes and images have one order everywhere.
[[nodiscard]] inline std::vector<std::filesystem::path> sorted_entries(const std::filesystem::path& folder,
                                                                       bool folders) {
  std::vector<std::filesystem::path> entries;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator{folder, failed}) {
    const bool hidden = entry.path().filename().string().starts_with('.');
    if (!hidden && entry.is_directory() == folders) entries.push_back(entry.path());
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

/// Whether the name ends as an image's does; other files in a class folder (notes, thumbnails' caches) are passed over.
[[nodiscard]] inline bool has_image_name(const std::filesystem::path& path) {
  std::string end = path.extension().string();
  std::transform(end.begin(), end.end(), end.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  constexpr std::array<std::string_view, 6> known{".png", ".jpg", ".jpeg", ".ppm", ".pgm", ".pnm"};
  return std::find(known.begin(), known.end(), end) != known.end();
}

/// Adds one file to `data`, resized where the options name a size; the first image fixes the size where they do not.
[[nodiscard]] inline Result<void> append_image(ImageData& data, const std::filesystem::path& file, std::int64_t label,
                                               const FolderOptions& options) {
  auto image = decode_image(file, options.channels);
  if (!image) return image.error();
  if (options.height > 0) {
    image->pixels = resize(image->pixels, image->shape, options.height, options.width);
    image->shape = {options.channels, options.height, options.width};
  }
  if (data.labels.empty()) data.shape = image->shape;
  if (image->shape != data.shape) {
    return Error{
        Error::Code::bad_format,
        fmt::format("{}: expected {} like the images before it, found {}; give a height and width to resize to",
                    file.string(), data.shape, image->shape)};
  }
  data.pixels.insert(data.pixels.end(), image->pixels.begin(), image->pixels.end());
  data.labels.push_back(label);
  return {};
}

/// Reads folder/CLASS/IMAGE; classes are numbered in alphabetical order.
///   Errors   not_found, io, bad_format: one line with the file's name and what was expected
[[nodiscard]] inline Result<ImageData> read_image_folder(const std::filesystem::path& folder,
                                                         const FolderOptions& options = {}) {
  if ((options.channels != 1 && options.channels != 3) || (options.height > 0) != (options.width > 0)) {
    return Error{Error::Code::bad_value,
                 fmt::format("{}: images are read with 1 or 3 channels, and resized to a height and a width "
                             "or not at all; found {} channels, {} x {}",
                             folder.string(), options.channels, options.height, options.width)};
  }
  const auto classes = sorted_entries(folder, true);
  if (classes.size() < 2) {
    return Error{Error::Code::bad_format,
                 fmt::format("{}: expected a folder for each of at least two classes, found {}", folder.string(),
                             classes.size())};
  }
  ImageData data{.name = folder.string(), .shape = {}, .classes = static_cast<int>(classes.size())};
  for (const auto& path : classes) {
    const std::int64_t before = data.size();
    for (const auto& file : sorted_entries(path, false)) {
      if (!has_image_name(file)) continue;
      auto added = append_image(data, file, static_cast<std::int64_t>(data.class_names.size()), options);
      if (!added) return added.error();
    }
    if (data.size() == before) {
      return Error{Error::Code::bad_format,
                   fmt::format("{}: expected PNG, JPEG or PNM images, found none", path.string())};
    }
    data.class_names.push_back(path.filename().string());
  }
  if (auto checked = check(data); !checked) return checked.error();
  return data;
}

}  // namespace hwnas
