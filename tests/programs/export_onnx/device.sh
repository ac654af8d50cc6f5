# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# The shipped device program for ONNX Runtime: milliseconds of an exported network; one clear line for a file that is none.
set -euo pipefail
program=$1
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
device=$source_dir/examples/devices/onnxruntime_latency.py
python=${HWNAS_PYTHON:-python3}
"$python" -c "import numpy, onnxruntime" 2>/dev/null || { echo "SKIP: $python has no onnxruntime"; exit 0; }
"$program" --space small-spos --out net.onnx >out
"$python" "$device" --runs 3 net.onnx >time.txt
"$python" -c 'import sys; assert 0 < float(open("time.txt").read()) < 10000'
echo "no model" >bad.onnx
if "$python" "$device" bad.onnx >out 2>err; then echo "FAILED: took a bad file"; exit 1; fi
[[ $(wc -l <err) -eq 1 ]] || { cat err; exit 1; }
