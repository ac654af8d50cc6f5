// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The IDX files of MNIST, Fashion-MNIST and their like, plain or gzipped.
///        auto test = read_idx("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", {.name = "fashion-mnist
///        test"}); Format: http://yann.lecun.com/exdb/mnist (big-endian; 0, 0, 8 = bytes, number of dimensions, then
///        their sizes)
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>  // fmt::join, since fmt 11

#include "hwnas/core/result.hpp"
#include "hwnas/core/shape.hpp"
#include "hwnas/train/file_bytes.hpp"
#include "hwnas/train/image_data.hpp"

namespace hwnas {

/// How to read a pair of IDX files.
struct IdxOptions {
  std::string name{};  ///< of the data set in messages; the image file's where empty
  int classes = 10;    ///< MNIST and Fashion-MNIST have ten; EMNIST's parts have others
};

/// What an IDX file of unsigned bytes declares.
struct IdxFile {
  std::vector<std::uint32_t> sizes{};  ///< images: number, height, width; labels: number
  std::vector<std::uint8_t> values{};
};

/// Reads the bytes of an IDX file that must have `dimensions` of them: 3 are images, 1 are labels.
///   Errors   bad_format, naming `file` and what was expected
[[nodiscard]] inline Result<IdxFile> parse_idx(std::vector<std::uint8_t> bytes, std::size_t dimensions,
                                               std::string_view file) {
  const std::string_view expected = dimensions == 3 ? "IDX images (magic 2051)" : "IDX labels (magic 2049)";
  const std::size_t head = 4 + 4 * dimensions;
  const auto word = [&](std::size_t at) {
    return (std::uint32_t{bytes[at]} << 24) | (std::uint32_t{bytes[at + 1]} << 16) |
           (std::uint32_t{bytes[at + 2]} << 8) | std::uint32_t{bytes[at + 3]};
  };
  const auto wrong = [&](const std::string& found) {
    return Error{Error::Code::bad_format, fmt::format("{}: expected {}, found {}", file, expected, found)};
  };
  if (bytes.size() < 4) return wrong(fmt::format("a file of {} bytes", bytes.size()));
  if (word(0) != 0x800 + dimensions) {
    if (word(0) == 2049) return wrong("IDX labels (magic 2049)");
    if (word(0) == 2051) return wrong("IDX images (magic 2051)");
    return wrong(fmt::format("magic {}", word(0)));
  }
  if (bytes.size() < head) return wrong(fmt::format("a header cut off after {} bytes", bytes.size()));
  IdxFile result;
  // Sizes in a damaged header may multiply past 64 bits; a long double keeps their order of magnitude.
  long double count = 1;
  for (std::size_t i = 0; i < dimensions; ++i) count *= result.sizes.emplace_back(word(4 + 4 * i));
  if (count != static_cast<long double>(bytes.size() - head)) {
    return Error{Error::Code::bad_format,
                 fmt::format("{}: expected {:.0f} bytes after the header (its sizes are {}), found {}", file, count,
                             fmt::join(result.sizes, " x "), bytes.size() - head)};
  }
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(head));
  result.values = std::move(bytes);
  return result;
}

/// Images and their labels from two IDX files.
///   Shape    (1, height, width)
///   Errors   not_found, io, bad_format: one line with the file's name and what was expected
[[nodiscard]] inline Result<ImageData> read_idx(const std::filesystem::path& images_file,
                                                const std::filesystem::path& labels_file,
                                                const IdxOptions& options = {}) {
  const auto read = [](const std::filesystem::path& path, std::size_t dimensions) -> Result<IdxFile> {
    auto bytes = read_file_bytes(path);
    if (!bytes) return bytes.error();
    return parse_idx(std::move(bytes).value(), dimensions, path.string());
  };
  auto images = read(images_file, 3);
  if (!images) return images.error();
  auto labels = read(labels_file, 1);
  if (!labels) return labels.error();
  if (images->sizes[0] != labels->sizes[0]) {
    return Error{Error::Code::bad_format,
                 fmt::format("{}: expected {} labels, as many as images in {}, found {}", labels_file.string(),
                             images->sizes[0], images_file.string(), labels->sizes[0])};
  }
  ImageData data{.name = labels_file.string(),  // for check(), which can only find fault with the labels
                 .shape = {1, static_cast<int>(images->sizes[1]), static_cast<int>(images->sizes[2])},
                 .classes = options.classes,
                 .pixels = std::move(images->values),
                 .labels = {labels->values.begin(), labels->values.end()}};
  if (auto checked = check(data); !checked) return checked.error();
  data.name = options.name.empty() ? images_file.string() : options.name;
  return data;
}

}  // namespace hwnas
