// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Files that are either written whole or not at all: temporary file, fsync, rename.
///        if (auto done = write_file_atomically("out.html", text); !done) return done.error();
#pragma once

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"

namespace hwnas {
namespace detail {

inline Error cannot_write(const std::filesystem::path& path, int code) {
  const char* hint = "";
  if (code == EROFS || code == EACCES || code == EPERM) hint = "; choose a folder that you may write to";
  if (code == ENOSPC || code == EDQUOT) hint = "; free some space or choose another disk";
  if (code == ENOENT) hint = "; create the folder first";
  return Error{Error::Code::io,
               fmt::format("cannot write {}: {}{}", path.string(), std::generic_category().message(code), hint)};
}

/// Returns 0 or errno. A write may be short or interrupted, so it is repeated until everything is out.
inline int write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

/// Writes, flushes to the disk (where the file has one) and closes; returns 0 or the first errno.
inline int write_and_close(int descriptor, std::string_view bytes) {
  int code = write_all(descriptor, bytes);
  // Pipes and some network file systems have no fsync: EINVAL and ENOTSUP say that, and lose nothing.
  if (code == 0 && ::fsync(descriptor) != 0 && errno != EINVAL && errno != ENOTSUP) code = errno;
  if (::close(descriptor) != 0 && code == 0 && errno != EINTR) code = errno;
  return code;
}

/// A name beside the target (rename works only inside one file system) that no other process or thread uses.
inline std::filesystem::path temporary_beside(const std::filesystem::path& target) {
  static std::atomic<std::uint64_t> counter{0};
  // A long name is cut: with the suffix it must stay within the 255 bytes that file systems allow.
  return target.parent_path() /
         fmt::format(".{}.{}.{}.tmp", target.filename().string().substr(0, 200), ::getpid(), counter.fetch_add(1));
}

/// After a rename the folder's own entry must reach the disk; a folder that cannot be opened for it is no error.
inline void sync_folder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

inline int replace_file(const std::filesystem::path& target, std::string_view bytes, const struct stat* old) {
  const std::filesystem::path temporary = temporary_beside(target);
  const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0) return errno;
  if (old != nullptr && ::fchmod(descriptor, old->st_mode & 07777) != 0) {
    // Not our file: the new one keeps the default permissions.
  }
  int code = write_and_close(descriptor, bytes);
  if (code == 0 && ::rename(temporary.c_str(), target.c_str()) != 0) code = errno;
  if (code != 0) ::unlink(temporary.c_str());
  return code;
}

}  // namespace detail

/// Writes a file so that a reader, also after a crash, sees the old content or the new, never a part. An existing
/// file keeps its permissions; a symbolic link keeps pointing at its target; devices and pipes are written directly.
///   Errors   io: one line with the path and the reason; the old file is untouched and nothing is left beside it
[[nodiscard]] inline Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view bytes) {
  std::error_code failed;
  std::filesystem::path target = path;
  if (std::filesystem::is_symlink(path, failed)) {
    target = std::filesystem::canonical(path, failed);
    if (failed) return detail::cannot_write(path, failed.value());
  }
  struct stat old {};
  const bool exists = ::stat(target.c_str(), &old) == 0;
  int code = 0;
  if (exists && S_ISDIR(old.st_mode)) {
    code = EISDIR;
  } else if (exists && !S_ISREG(old.st_mode)) {
    // Renaming over /dev/stdout would replace the device.
    const int descriptor = ::open(target.c_str(), O_WRONLY | O_CLOEXEC);
    code = descriptor < 0 ? errno : detail::write_and_close(descriptor, bytes);
  } else {
    code = detail::replace_file(target, bytes, exists ? &old : nullptr);
    if (code == 0) detail::sync_folder(target.parent_path());
  }
  if (code != 0) return detail::cannot_write(path, code);
  return {};
}

}  // namespace hwnas
