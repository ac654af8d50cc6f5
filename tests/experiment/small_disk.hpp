// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A disk of a few MiB that can be filled: SmallDisk disk{16};  if (disk.mounted()) disk.fill();  disk.free();
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "temporary_folder.hpp"

/// A tmpfs, for which one must be root. It lies in a mount namespace of this process, and goes away with it.
class SmallDisk {
 public:
  explicit SmallDisk(int mebibytes) {
    const std::string size = "size=" + std::to_string(mebibytes) + "m";
    mounted_ = ::unshare(CLONE_NEWNS) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
               ::mount("tmpfs", path().c_str(), "tmpfs", 0, size.c_str()) == 0;
    if (mounted_) ::chmod(path().c_str(), 0777);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) ::umount2(path().c_str(), MNT_DETACH);
  }

  /// False: an ordinary folder.
  [[nodiscard]] bool mounted() const { return mounted_; }
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

  void fill() const {
    const int file = ::open(filler().c_str(), O_WRONLY | O_CREAT, 0600);
    const std::vector<char> block(4096);
    while (mounted_ && ::write(file, block.data(), block.size()) > 0) {
    }
    ::close(file);
  }
  void free() const { std::filesystem::remove(filler()); }

 private:
  [[nodiscard]] std::filesystem::path filler() const { return path() / "filler"; }

  TemporaryFolder folder_;
  bool mounted_ = false;
};
