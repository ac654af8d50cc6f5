// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Freed memory stays with the process. The C library gives large blocks back to the system as soon as they are
///        freed; every tensor of a network then begins with page faults, which cost a fifth of training and make
///        latencies of whole networks differ from the sum of their kernels.
///        int main() { hwnas::keep_freed_memory(); ... }
#pragma once

#include <climits>
#include <cstdlib>  // defines __GLIBC__ where it is glibc

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace hwnas {

namespace detail {
/// Whether keep_freed_memory() was called and had an effect; a condition of measurements.
inline bool freed_memory_is_kept = false;
}  // namespace detail

/// Lets malloc keep what is freed, for blocks of up to 32 MiB (the largest limit that glibc takes). Changes the whole
/// process, so programs call it at their start and the library never does.
///   returns   whether the C library can; elsewhere nothing changes
inline bool keep_freed_memory() {
#ifdef __GLIBC__
  constexpr int largest_limit = 32 << 20;
  detail::freed_memory_is_kept =
      mallopt(M_MMAP_THRESHOLD, largest_limit) == 1 && mallopt(M_TRIM_THRESHOLD, INT_MAX) == 1;
#endif
  return detail::freed_memory_is_kept;
}

/// Whether this process keeps freed memory by keep_freed_memory().
[[nodiscard]] inline bool keeps_freed_memory() { return detail::freed_memory_is_kept; }

}  // namespace hwnas
