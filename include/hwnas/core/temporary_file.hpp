// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  TemporaryFile: a text in a file of its own, for a program that reads files.
///        TemporaryFile file{json};   if (!file.written()) return file.written().error();   run_command(program, {.input = file.path()})
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>

#include <unistd.h>

#include <fmt/format.h>

#include "hwnas/core/atomic_file.hpp"
#include "hwnas/core/result.hpp"

namespace hwnas {

/// A file in the folder for temporary ones that is gone when this object is.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text) {
    static std::atomic<std::uint64_t> counter{0};
    path_ = std::filesystem::temp_directory_path() / fmt::format("hwnas-{}-{}.json", ::getpid(), counter.fetch_add(1));
    written_ = write_file_atomically(path_, text);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  /// Whether it is there, or why not.
  [[nodiscard]] const Result<void>& written() const { return written_; }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
  Result<void> written_;
};

}  // namespace hwnas
