# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# Without a table or a file, latency comes from a predictor of kernels that is built here once; it belongs to a space and a machine.
source "$(dirname "${BASH_SOURCE[0]}")/support.bash"
tiny_data data
few=()
for ((i = 0; i < ${#tiny[@]}; ++i)); do
  if [[ ${tiny[i]} == --latency-table ]]; then ((++i)); else few+=("${tiny[i]}"); fi
done

# Killed while it builds: what was measured is there, and gone on with.
"$program" "${few[@]}" --no-retrain >killed.txt 2>&1 &
for _ in {1..600}; do
  [[ $(cat cache/hwnas/predictor-spos-*.csv 2>/dev/null | wc -l) -gt 5 ]] && break
  sleep 0.1
done
kill -9 $! 2>/dev/null || true
wait $! 2>/dev/null || true
before=$(cat cache/hwnas/predictor-spos-*.csv | wc -l)
[[ $before -gt 5 ]] || fail "nothing was measured in a minute: $(cat killed.txt)"

"$program" "${few[@]}" --no-retrain --confidence 0.8 --json first.json >out.txt 2>err.txt || fail "$(cat err.txt)"
grep -qE "^predictor: (built in|[0-9]+ kernels of the space, read from)" out.txt || fail "the source is not told: $(cat out.txt)"
[[ $(cat cache/hwnas/predictor-spos-*.csv | wc -l) -ge $before ]] || fail "measurements were lost"
grep -q "latency with probability 0.8 at most" out.txt || fail "the predictor is not calibrated: $(cat out.txt)"
"$program" "${few[@]}" --no-retrain --confidence 0.8 --json second.json >again.txt 2>err.txt || fail "$(cat err.txt)"
grep -qE "^predictor: [0-9]+ kernels of the space, read from" again.txt || fail "it was built again: $(cat again.txt)"
diff <(results first.json) <(results second.json) || fail "the kept predictor says otherwise"
python3 - <<'PYTHON'
import json
f = json.load(open("first.json"))["found"]
assert f["predicted_latency_ms"] > 0 and f["measured_latency_ms"] > 0
PYTHON

# Two at once: one builds, the other waits for it.
rm -r cache
"$program" "${few[@]}" --no-retrain >one.txt 2>&1 &
"$program" "${few[@]}" --no-retrain >two.txt 2>&1 || fail "$(cat two.txt)"
wait $! || fail "$(cat one.txt)"
[[ $(cat one.txt two.txt | grep -c "^predictor: built in") -eq 1 ]] || fail "not built once: $(cat one.txt two.txt)"

# Another space has a file of its own; one that was edited is refused.
kept=(cache/hwnas/predictor-spos-*.json)
[[ ${#kept[@]} -ge 1 && ${kept[0]} =~ predictor-spos-[0-9a-f]{16}(\.calibration)?\.json$ ]] || fail "kept as ${kept[*]}"
for file in "${kept[@]}"; do [[ $file == *.calibration.json ]] || sed -i 's/LibTorch/LibTorsch/' "$file"; done
refuses "was edited or damaged" "${few[@]}"
echo "the program's own predictor serves"
