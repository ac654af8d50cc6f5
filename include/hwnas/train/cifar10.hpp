// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  CIFAR-10's binary batches.
///        auto test = read_cifar10({"cifar-10-batches-bin/test_batch.bin"}, "cifar10 test");
///        Format: https://www.cs.toronto.edu/~kriz/cifar.html (a label byte, then 1024 red, green and blue bytes each)
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/core/shape.hpp"
#include "hwnas/train/file_bytes.hpp"
#include "hwnas/train/image_data.hpp"

namespace hwnas {

/// Images of one or several batch files, in the files' order; how many follows from their sizes.
///   Shape    (3, 32, 32)
///   Errors   not_found, io, bad_format: one line with the file's name and what was expected
[[nodiscard]] inline Result<ImageData> read_cifar10(const std::vector<std::filesystem::path>& files, std::string name) {
  constexpr std::size_t image = 3 * 32 * 32;
  constexpr std::size_t record = 1 + image;
  ImageData data{.name = std::move(name), .shape = {3, 32, 32}, .classes = 10};
  for (const auto& file : files) {
    auto bytes = read_file_bytes(file);
    if (!bytes) return bytes.error();
    if (bytes->empty() || bytes->size() % record != 0) {
      return Error{
          Error::Code::bad_format,
          fmt::format("{}: expected CIFAR-10 records of {} bytes, found {} bytes, which is {} records and {} bytes",
                      file.string(), record, bytes->size(), bytes->size() / record, bytes->size() % record)};
    }
    for (std::size_t at = 0; at < bytes->size(); at += record) {
      const std::uint8_t label = (*bytes)[at];
      if (label > 9) {
        return Error{Error::Code::bad_format, fmt::format("{}: label {} of record {} is out of range; expected 0 to 9",
                                                          file.string(), label, at / record)};
      }
      data.labels.push_back(label);
      const auto first = bytes->begin() + static_cast<std::ptrdiff_t>(at + 1);
      data.pixels.insert(data.pixels.end(), first, first + static_cast<std::ptrdiff_t>(image));
    }
  }
  if (auto checked = check(data); !checked) return checked.error();
  return data;
}

}  // namespace hwnas
