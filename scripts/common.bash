# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# Sourced by the scripts beside it: the repository root as working folder, the number of jobs, one line on failure.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
script=$(basename "$0")

die() { echo "$script: $*" >&2; exit 1; }

# As many jobs as there are processors; CMake's job pools limit what takes much memory.
jobs=$(nproc)

configure() { # preset [log]
  local log
  log="build/$1-configure.log"
  mkdir -p build
  cmake --preset "$1" >"$log" 2>&1 || { cat "$log" >&2; die "configuring the preset $1 failed; see the lines above"; }
  grep '^-- hwnas:' "$log" | sed 's/^-- //' || true
}
