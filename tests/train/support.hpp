// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What the tests of this room share: a folder that goes away, files to read, images that can be learnt.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "hwnas/core/result.hpp"
#include "hwnas/core/rng.hpp"
#include "hwnas/train/image_data.hpp"
#include "temporary_folder.hpp"

namespace hwnas::test {

using ::TemporaryFolder;

inline void write_bytes(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream{path, std::ios::binary} << bytes;
}

[[nodiscard]] inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// The bytes of an IDX file: magic, big-endian sizes, values.
[[nodiscard]] inline std::string idx_bytes(const std::vector<std::uint32_t>& sizes, std::string_view values) {
  std::string bytes{'\0', '\0', '\x08', static_cast<char>(sizes.size())};
  for (const std::uint32_t size : sizes) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(size >> shift));
  }
  return bytes += values;
}

/// Images of noise with a brighter stripe whose place is the class: learnt in a few steps.
[[nodiscard]] inline ImageData striped_images(std::int64_t count, Shape shape = {1, 8, 8}, int classes = 4,
                                              std::uint64_t seed = 1) {
  ImageData data{.name = "stripes", .shape = shape, .classes = classes};
  Rng rng{seed};
  for (std::int64_t i = 0; i < count; ++i) {
    const auto label = static_cast<int>(i % classes);
    data.labels.push_back(label);
    for (int c = 0; c < shape.c; ++c) {
      for (int y = 0; y < shape.h; ++y) {
        for (int x = 0; x < shape.w; ++x) {
          data.pixels.push_back(static_cast<std::uint8_t>(rng.below(120) + (x * classes / shape.w == label ? 100 : 0)));
        }
      }
    }
  }
  return data;
}

/// The folder of real images beside the checkout, "" where there is none.
[[nodiscard]] inline std::filesystem::path shared_images() {
  const char* shared = std::getenv("HWNAS_SHARED");
  return shared == nullptr ? std::filesystem::path{} : std::filesystem::path{shared} / "data" / "images";
}

/// Messages are for a command line: one line that names the file and what was expected.
template <class Type>
void expect_error(const Result<Type>& result, Error::Code code, const std::vector<std::string>& words) {
  ASSERT_FALSE(result.has_value());
  const Error& error = result.error();
  EXPECT_EQ(error.code, code) << error.message;
  EXPECT_EQ(error.message.find('\n'), std::string::npos) << error.message;
  for (const std::string& word : words)
    EXPECT_NE(error.message.find(word), std::string::npos) << "'" << word << "' in: " << error.message;
}

}  // namespace hwnas::test
