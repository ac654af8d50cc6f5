# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# The table of a space under ONNX Runtime, through the shipped device program: every operator, positive, and where it was measured.
source "$HWNAS_SOURCE_DIR/tests/programs/support.bash" "$1"
python_with numpy onnxruntime
device="command:'$python' '$HWNAS_SOURCE_DIR/examples/devices/onnxruntime_latency.py' --warmup 1 --runs 2 --threads {threads} {model}"
"$program" --space small-spos --rounds 1 --networks 1 --out table.csv --device "$device" --quiet >out 2>err || fail "$(cat err)"
grep -q '^# library: onnxruntime [0-9]' table.csv || fail "no version: $(grep '^#' table.csv)"
grep -q '^# cpu: ' table.csv && ! grep -q '^# cpu: not said' table.csv || fail "no processor: $(grep '^#' table.csv)"
awk -F, '/^"/ { if (!($(NF - 8) > 0)) bad = 1; n++ } END { exit bad || n < 10 }' table.csv || fail "times: $(cat table.csv)"
grep -q 'small-spos: 125,000,000 networks' out || fail "what is reachable: $(cat out)"
