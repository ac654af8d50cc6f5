// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Reading a whole file, gzipped or not.
///        Result<std::vector<std::uint8_t>> bytes = read_file_bytes("train-labels-idx1-ubyte.gz");
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <zlib.h>

#include "hwnas/core/result.hpp"

namespace hwnas {

/// The contents of a file; gzip is recognised by its contents, not by its name.
///   Errors   not_found; io where it cannot be read; bad_format where the gzip data is cut off or damaged
[[nodiscard]] inline Result<std::vector<std::uint8_t>> read_file_bytes(const std::filesystem::path& path) {
  const std::string name = path.string();
  std::error_code status;
  if (!std::filesystem::exists(path, status))
    return Error{Error::Code::not_found, fmt::format("{}: no such file", name)};
  if (std::filesystem::is_directory(path, status)) {
    return Error{Error::Code::io, fmt::format("{}: expected a file, found a folder", name)};
  }
  gzFile file = gzopen(name.c_str(), "rb");
  if (file == nullptr) return Error{Error::Code::io, fmt::format("{}: cannot be opened for reading", name)};
  constexpr std::size_t chunk = std::size_t{1} << 20;
  gzbuffer(file, chunk / 8);
  std::vector<std::uint8_t> bytes;
  int count = 0;
  do {
    const std::size_t used = bytes.size();
    bytes.resize(used + chunk);
    count = gzread(file, bytes.data() + used, static_cast<unsigned>(chunk));
    bytes.resize(used + static_cast<std::size_t>(count > 0 ? count : 0));
  } while (count > 0);
  // zlib reports a stream that ends early only here, and only as a "buffer error".
  const int closed = gzclose_r(file);
  if (count < 0 || closed != Z_OK) {
    return Error{Error::Code::bad_format,
                 fmt::format("{}: damaged or cut-off gzip data after {} bytes", name, bytes.size())};
  }
  return bytes;
}

}  // namespace hwnas
