// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  check(condition, what): counts and names what the API no longer does.
#pragma once

#include <cstdio>

inline int failures = 0;

inline void check(bool holds, const char* what) {
  if (holds) return;
  ++failures;
  std::fprintf(stderr, "no longer holds: %s\n", what);
}
