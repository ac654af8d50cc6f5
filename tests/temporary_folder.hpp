// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A folder that goes away with the test.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

/// Under the system's folder for temporary files: paths of Unix sockets must be short.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "hwnas-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A file in a folder of this process alone: tests run beside each other, those of both compilers too, each in a process.
inline std::filesystem::path scratch_file(const std::string& name) {
  static const TemporaryFolder folder;
  return folder / name;
}
