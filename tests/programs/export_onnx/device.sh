# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# The shipped device program for ONNX Runtime: conditions and milliseconds of an exported network; one clear line for a file that
# is none.
source "$HWNAS_SOURCE_DIR/tests/programs/support.bash" "$1"
python_with numpy onnxruntime
device=$HWNAS_SOURCE_DIR/examples/devices/onnxruntime_latency.py
"$program" --space small-spos --out net.onnx >out
"$python" "$device" --runs 3 net.onnx >printed
tail -n 1 printed >time.txt
"$python" -c 'import sys; assert 0 < float(open("time.txt").read()) < 10000'
grep -q '^condition library: onnxruntime [0-9]' printed || fail "no version in $(cat printed)"
grep -q '^condition cpu: .' printed || fail "no processor in $(cat printed)"
echo "no model" >bad.onnx
if "$python" "$device" bad.onnx >out 2>err; then fail "it took a bad file"; fi
[[ $(wc -l <err) -eq 1 ]] || fail "more than one line: $(cat err)"
