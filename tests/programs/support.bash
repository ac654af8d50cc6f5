# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# What the tests of programs share. Sourced with the program's path in $1; the working folder is empty.
set -euo pipefail
program=$1
export XDG_CACHE_HOME=$PWD/cache HOME=$PWD

fail() { echo "FAILED: $*"; exit 1; }

# python_with MODULES: $python becomes an interpreter that has them: the one that HWNAS_PYTHON names, that of
# `scripts/setup --onnxruntime`, or python3. Where none has, the test is skipped.
python_with() {
  for python in ${HWNAS_PYTHON:-"$HWNAS_SOURCE_DIR/build/python/bin/python3" python3}; do
    if "$python" -c "$(printf 'import %s\n' "$@")" 2>/dev/null; then return; fi
  done
  echo "SKIP: no interpreter has $*; scripts/setup --onnxruntime"
  exit 0
}

# tiny_data FOLDER [IMAGES]: MNIST-type files of ten classes that a network can learn.
tiny_data() {
  python3 - "$1" "${2:-160}" <<'PYTHON'
import os, random, struct, sys
folder, count = sys.argv[1], int(sys.argv[2])
os.makedirs(folder, exist_ok=True)
random.seed(1)
for part, n in (("train", count), ("t10k", 40)):
    labels = [i % 10 for i in range(n)]
    pixels = bytearray()
    for label in labels:
        pixels += bytes((200 if (x + y) % 10 == label else 20) + random.randrange(40) for y in range(28) for x in range(28))
    with open(f"{folder}/{part}-images-idx3-ubyte", "wb") as f:
        f.write(struct.pack(">IIII", 2051, n, 28, 28) + pixels)
    with open(f"{folder}/{part}-labels-idx1-ubyte", "wb") as f:
        f.write(struct.pack(">II", 2049, n) + bytes(labels))
PYTHON
}

# fails TEXT OPTIONS...: exit status 2 and one line on standard error that contains TEXT.
fails() {
  local text=$1 status=0
  shift
  "$program" "$@" >out.txt 2>err.txt || status=$?
  [[ $status -eq 2 ]] || fail "'$*' ended with $status: $(cat err.txt)"
  [[ $(wc -l <err.txt) -eq 1 ]] || fail "'$*' printed more than one line: $(cat err.txt)"
  grep -qF -- "$text" err.txt || fail "'$*' did not say '$text' but: $(cat err.txt)"
}
# refuses TEXT OPTIONS...: the same of programs that have progress to keep quiet about.
refuses() { fails "$@" --quiet; }

# The results without what the clock decides.
results() { grep -v measured_latency_ms "$1"; }

# kill_often SEED TIMES MILLISECONDS FILE OPTIONS...: runs the program with OPTIONS, kills it, and lets the next run go on, TIMES
# times; a last run ends. The first kill waits for FILE, so that there is one however fast the machine has become; the others come
# at any moment of a run that was measured to take MILLISECONDS.
kill_often() {
  local seed=$1 times=$2 milliseconds=$3 file=$4 moment pid kills=0
  shift 4
  RANDOM=$seed
  while [[ $kills -lt $times ]]; do
    "$program" "$@" >/dev/null 2>err.txt &
    pid=$!
    if [[ $kills -eq 0 ]]; then
      while [[ ! -f $file ]]; do sleep 0.02; kill -0 $pid 2>/dev/null || fail "it ended without $file: $(cat err.txt)"; done
    else
      moment=$((milliseconds * (10 + RANDOM % 60) / 100))
      sleep "$(printf '%d.%03d' $((moment / 1000)) $((moment % 1000)))"
    fi
    kill -9 $pid 2>/dev/null || true
    kills=$((kills + 1))
    if wait $pid 2>/dev/null; then return; fi
    [[ ! -s err.txt ]] || fail "after $kills kills: $(cat err.txt)"
  done
  "$program" "$@" >/dev/null
}
