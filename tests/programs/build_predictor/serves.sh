# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# What is built here predicts for spos, proxyless and multi_trial, also with a confidence; bad files are one line.
source "$(dirname "${BASH_SOURCE[0]}")/../support.bash"
tiny_data data
for minutes in 0.4 1 3; do # on a slow machine it goes on where it ended
  "$program" --spaces small-spos,small-proxylessnas --prior 24 --networks 14 --minutes $minutes --out p.json --quiet >out.txt ||
    fail "no predictor: $(cat out.txt)"
  [[ -s p.calibration.json ]] && break
done
[[ -s p.calibration.json ]] || fail "no calibration beside it: $(cat out.txt)"
folder=$(dirname "$program")
as_user() { program=$folder/$1; }
tiny=(--data mnist:data --threads 1 --validation-images 40 --epochs 1 --batch-size 20 --no-flip)
few=("${tiny[@]}" --workers 0 --retrain-epochs 1 --population 3 --generations 2 --parents 2)

for user in spos proxyless multi_trial; do
  [[ -x $folder/$user ]] || { echo "SKIP: $user is not built beside $program"; exit 0; }
done

as_user spos
"$program" "${few[@]}" --predictor p.json --no-retrain --json plain.json >plain.txt 2>&1 || fail "$(cat plain.txt)"
grep -q "^predictor: [0-9]* kernels of the space, read from p.json" plain.txt || fail "the source is not told: $(cat plain.txt)"
"$program" "${few[@]}" --predictor p.json --confidence 0.8 --report page.html --json sure.json >sure.txt 2>&1 ||
  fail "$(cat sure.txt)"
grep -q "latency with probability 0.8 at most" sure.txt || fail "the budget is not told: $(cat sure.txt)"
grep -q "latency kept with probability 0.8" sure.txt || fail "the bound is not told: $(cat sure.txt)"
grep -q "With probability 0.8 a network keeps" page.html || fail "the report does not say how often the bound held"
python3 - <<'PYTHON'
import json, re
plain, sure = json.load(open("plain.json")), json.load(open("sure.json"))
assert 0 < plain["found"]["predicted_latency_ms"] <= plain["budget_latency_ms"]
factor = float(re.search(r"keeps ([0-9.]+) times its predicted latency", open("sure.txt").read()).group(1))
assert sure["found"]["predicted_latency_ms"] * (factor - 0.0005) <= sure["budget_latency_ms"], (factor, sure)
PYTHON
refuses "--confidence needs a predictor that was calibrated" "${few[@]}" --latency-table table.csv --confidence 0.8
refuses "a confidence of 0.99 needs at least 99 networks" "${few[@]}" --predictor p.json --confidence 0.99
sed 's/"device"/"apparatus"/' p.json >edited.json
refuses "edited.json: was edited or damaged" "${few[@]}" --predictor edited.json
head -c 500 p.json >half.json
refuses "half.json: is no complete JSON" "${few[@]}" --predictor half.json
: >empty.json
refuses "empty.json: is no complete JSON" "${few[@]}" --predictor empty.json
refuses "nowhere.json" "${few[@]}" --predictor nowhere.json
sed 's/"format": "hwnas calibration 2"/"format": "hwnas calibration 9"/' p.calibration.json >other.json
cp p.json other_build.json && cp other.json other_build.calibration.json
refuses 'expected "format": "hwnas calibration 2"' "${few[@]}" --predictor other_build.json --confidence 0.8
sed 's/"device"/"apparatus"/' p.calibration.json >other_build.calibration.json
refuses "other_build.calibration.json: was edited or damaged" "${few[@]}" --predictor other_build.json --confidence 0.8
"$program" "${few[@]}" --predictor other_build.json --no-retrain --quiet >out.txt || fail "a calibration that is not asked for stops it"

as_user proxyless
"$program" "${tiny[@]}" --workers 0 --retrain-epochs 1 --warmup-epochs 0 --applied-hardware p.json --confidence 0.8 --json found.json >out.txt 2>&1 ||
  fail "$(cat out.txt)"
grep -q "^predictor: " out.txt || fail "proxyless does not tell its source: $(cat out.txt)"

as_user multi_trial
"$program" "${tiny[@]}" --images 0 --loaders 0 --space spos --strategy random --max-trials 2 --predictor p.json --confidence 0.8 \
  --json trials.json >out.txt 2>&1 || fail "$(cat out.txt)"
grep -q "latency with probability 0.8 at most" out.txt || fail "multi_trial does not tell its budget: $(cat out.txt)"

as_user explain_latency
if [[ -x $program ]]; then
  "$program" --space small-spos --predictor p.json --rounds 1 --debug >explained.txt 2>debug.txt || fail "$(cat debug.txt)"
  grep -qE "^predicted .*: [0-9.]+ ms, inside a network [0-9.]+ ms" debug.txt || fail "no prediction in the log: $(cat debug.txt)"
  ! grep -q warning debug.txt || fail "it warns of its own conditions: $(cat debug.txt)"
  "$program" --space small-spos --predictor p.json --rounds 1 --device torchscript-cpu >/dev/null 2>err.txt || fail "$(cat err.txt)"
  grep -q "^warning: p.json: the predictor was built for device libtorch-cpu, here it is torchscript-cpu" err.txt ||
    fail "no warning of another device: $(cat err.txt)"
  inside=$(grep "sum of the kernels" explained.txt | grep -oE "[0-9.]+ *$" | tr -d ' ')
  grep "whole network" explained.txt | grep -qF "$inside" || fail "a network is not the sum of its kernels: $(tail -2 explained.txt)"
fi

as_user worker
[[ -x $program ]] || { echo "SKIP: worker is not built beside $folder/multi_trial"; exit 0; }
budget=$(python3 -c 'import json; print(json.load(open("plain.json"))["budget_latency_ms"])')
"$folder/multi_trial" --space spos --evaluator command --command false --strategy random --max-trials 3 --workers 0 --ahead 3 \
  --predictor p.json --latency-threshold "$budget" --store joined.db --json joined.json --quiet >/dev/null 2>err.txt &
coordinator=$!
until [[ -s joined.db ]]; do sleep 0.1; kill -0 $coordinator || fail "$(cat err.txt)"; done
"$program" --store joined.db --predictor p.json --command 'echo "{\"accuracy\": 1}"' --max-trials 3 --idle-seconds 30 --quiet ||
  fail "no worker joined"
wait $coordinator || fail "the coordinator: $(cat err.txt)"
python3 - "$budget" <<'PYTHON'
import json, sys
trials = json.load(open("joined.json"))["trials"]
assert len(trials) == 3, trials
assert all(0 < t["metrics"]["latency"] <= float(sys.argv[1]) for t in trials), trials
PYTHON
refuses "edited.json: was edited or damaged" --store joined.db --command true --predictor edited.json
echo "predictors serve the searches"
