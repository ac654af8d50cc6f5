// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// What a project that uses the half without LibTorch begins with.
#include <hwnas/core.hpp>

int main() {
  hwnas::Rng rng{1};
  return rng.below(1) == 0 ? 0 : 1;
}
