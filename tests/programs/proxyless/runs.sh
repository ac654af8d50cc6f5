# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# A tiny run from data to page; a seed repeats it; every strategy, penalty and hardware keeps the constraint.
source "$(dirname "${BASH_SOURCE[0]}")/support.bash"
source "$(dirname "${BASH_SOURCE[0]}")/../browser.bash"
tiny_data data

"$program" "${tiny[@]}" --json first.json --export arch.json --history history.csv --report page.html --log-frequency 2 \
  >out.txt 2>err.txt || fail "$(cat err.txt)"
grep -q "^recipe small: 2 epochs of search" out.txt || fail "the recipe is not printed: $(cat out.txt)"
grep -q "among the first five" out.txt || fail "no table: $(cat out.txt)"
grep -q "epoch 2 step 3: loss .* architecture: loss .* entropy .* expected .* ms" out.txt || fail "no line on the search"
python3 - <<'PYTHON'
import csv, json
r = json.load(open("first.json"))
assert list(r) == ["found", "budget_latency_ms", "seed"], list(r)
f = r["found"]
assert list(f) == ["architecture", "test_accuracy", "predicted_latency_ms", "measured_latency_ms", "flops", "params"]
assert 0 < f["predicted_latency_ms"] <= r["budget_latency_ms"] and f["architecture"] == json.load(open("arch.json"))
rows = list(csv.DictReader(open("history.csv")))
assert list(rows[0]) == ["step", "weight_loss", "loss", "penalised", "entropy", "expected_cost"], rows
assert [int(row["step"]) for row in rows] == list(range(1, 11)) and all(float(row["weight_loss"]) > 0 for row in rows), rows
searched = [row for row in rows if row["loss"]]  # not the epoch of weights alone
assert [row["step"] for row in searched] == ["6", "7", "8", "9", "10"], rows
assert float(searched[-1]["expected_cost"]) < float(searched[0]["expected_cost"]), "the cost did not fall"
page = open("page.html").read()
for text in ("Expected cost of the network", "Entropy of the choices", "Loss at every step", "Predicted against measured"):
    assert text in page, text
PYTHON
inspect_page page.html 3
"$program" "${tiny[@]}" --json second.json --quiet >/dev/null 2>err.txt
[[ ! -s err.txt ]] || fail "--quiet printed: $(cat err.txt)"
diff <(results first.json) <(results second.json) || fail "a seed did not repeat its run"

# The found architecture alone.
"$program" "${tiny[@]}" --train-mode retrain --exported-arch-path arch.json --json alone.json --quiet >/dev/null
diff <(results first.json) <(results alone.json) || fail "an exported architecture trained to another accuracy"

found() { python3 -c "import json; print(json.load(open('$1'))['found']['$2'])"; }
search=("${tiny[@]}" --train-mode search --quiet)
limit=$(python3 -c "import json; print(json.load(open('first.json'))['budget_latency_ms'])")
for strategy in reinforce darts darts2 gumbel enas; do
  "$program" "${search[@]}" --strategy $strategy --hard-constraint "$limit" --reference-latency "$limit" --json $strategy.json \
    >/dev/null 2>err.txt || fail "$strategy: $(cat err.txt)"
  python3 -c "import sys; found, limit = map(float, sys.argv[1:]); assert 0 < found <= limit, sys.argv" \
    "$(found $strategy.json predicted_latency_ms)" "$limit" || fail "$strategy does not keep its constraint"
done
for hardware in flops params; do
  "$program" "${search[@]}" --applied-hardware $hardware --json $hardware.json >/dev/null || fail "--applied-hardware $hardware"
done
# 35 % into the space's exact range.
python3 - "$(found flops.json flops)" "$(found params.json params)" <<'PYTHON'
import sys
assert int(sys.argv[1]) <= 3.91e6 and int(sys.argv[2]) <= 0.05e6, sys.argv
PYTHON
"$program" "${search[@]}" --applied-hardware flops --reference-latency 4 --filter 3:5 --grad-reg-loss-type mul#log --no-hard-constraint \
  --json filtered.json >/dev/null
python3 -c "import sys; assert 3e6 <= int(sys.argv[1]) <= 5e6, sys.argv" "$(found filtered.json flops)"
for penalty in absolute none grad-reg; do
  "$program" "${search[@]}" --applied-hardware params --penalty $penalty >/dev/null || fail "$penalty"
done

# NNI's defaults: add#linear, which takes no logarithm and so goes with any latency; no constraint.
"$program" "${search[@]}" --recipe nni --epochs 1 --warmup-epochs 0 --reference-latency "$limit" >/dev/null 2>err.txt ||
  fail "--recipe nni: $(cat err.txt)"

# Other ways to train the weights.
for schedule in step linear one-cycle constant; do
  "$program" "${search[@]}" --epochs 1 --warmup-epochs 0 --schedule $schedule --clip-norm 1 >/dev/null || fail "--schedule $schedule"
done

# A teacher: the search's own supernet; the same from its checkpoint; and the network that was taught.
taught=("${tiny[@]}" --distill-weight 100 --distill-temperature 4 --retrain-lr 0.001)
"$program" "${taught[@]}" --distill supernet --checkpoint taught --json taught.json >out.txt 2>err.txt || fail "$(cat err.txt)"
grep -qE "^teacher: the supernet's (found|largest) path, [0-9.]+ % of the validation images" out.txt || fail "no teacher: $(cat out.txt)"
grep -qE "retraining: .*loss [0-9]{3,}" err.txt || fail "the loss against the teacher is not in the loss: $(cat err.txt)"
retrain=("${taught[@]}" --train-mode retrain --exported-arch-path arch.json --quiet)
"$program" "${retrain[@]}" --distill taught/search.state --json again.json >/dev/null
diff <(results taught.json) <(results again.json) || fail "a supernet's checkpoint taught something else"
"$program" "${retrain[@]}" --distill taught/retraining.state --json pupil.json >/dev/null || fail "a retrained network did not teach"

# A table of another device: nothing measured here is set beside it.
sed 's/^# cpu: .*/# cpu: another processor/; s/^# device: .*/# device: a phone/' table.csv >phone.csv
"$program" "${tiny[@]}" --train-mode search --applied-hardware phone.csv --json phone.json >out.txt 2>/dev/null
grep -q "of another device" out.txt || fail "a foreign table was taken for this machine's: $(cat out.txt)"
[[ $(found phone.json measured_latency_ms) == None ]] || fail "measured here against a table of another device"
