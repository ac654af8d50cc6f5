# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# A tiny run from data to page; the JSON has exactly the documented keys; a seed repeats it.
source "$(dirname "${BASH_SOURCE[0]}")/support.bash"
source "$(dirname "${BASH_SOURCE[0]}")/../browser.bash"
tiny_data data

"$program" "${tiny[@]}" --json first.json --export arch.json --report page.html --rank-check 2 >out.txt 2>err.txt ||
  fail "$(cat err.txt)"
grep -q "test accuracy" out.txt || fail "no table: $(cat out.txt)"
grep -q "supernet" err.txt || fail "no progress in the log"
head -1 table.csv | grep -qx "# hwnas latency table 2" || fail "no latency table"
python3 - <<'PYTHON'
import json
r = json.load(open("first.json"))
assert list(r) == ["found", "budget_latency_ms", "seed"], list(r)
assert list(r["found"]) == ["architecture", "test_accuracy", "predicted_latency_ms", "measured_latency_ms", "flops",
                            "params"], list(r["found"])
f = r["found"]
assert 0 <= f["test_accuracy"] <= 1 and r["seed"] == 1
assert 0 < f["predicted_latency_ms"] <= r["budget_latency_ms"] and f["measured_latency_ms"] > 0
assert isinstance(f["flops"], int) and isinstance(f["params"], int)
assert f["architecture"] == json.load(open("arch.json"))
page = open("page.html").read()
for text in ("Accuracy against latency", "Predicted against measured", "Kendall", "Progress of the search"):
    assert text in page, text
assert "http" not in page.replace("http://www.w3.org/2000/svg", ""), "the page needs something from outside"
PYTHON
inspect_page page.html 4

"$program" "${tiny[@]}" --json second.json --quiet >out.txt 2>err.txt
[[ ! -s err.txt ]] || fail "--quiet printed: $(cat err.txt)"
diff <(results first.json) <(results second.json) || fail "a seed did not repeat its run"
"$program" "${tiny[@]}" --json third.json --quiet --seed 2 >/dev/null
grep -q '"seed": 2' third.json || fail "another seed is not in the results"

# The architecture alone, without a search.
"$program" "${tiny[@]}" --arch arch.json --json alone.json --quiet >/dev/null
diff <(results first.json) <(results alone.json) || fail "an exported architecture trained to another accuracy"

# A teacher: the search's own supernet, or its checkpoint.
"$program" "${tiny[@]}" --distill supernet --checkpoint taught --json taught.json >out.txt 2>err.txt || fail "$(cat err.txt)"
grep -qE "^teacher: the supernet's (found|largest) path" out.txt || fail "no teacher: $(cat out.txt)"
"$program" "${tiny[@]}" --arch arch.json --distill taught/supernet.state --json again.json --quiet >/dev/null
diff <(results taught.json) <(results again.json) || fail "a supernet's checkpoint taught something else"

# A random network inside the budget; each seed another, each the same again.
for seed in 3 4 3; do
  "$program" "${tiny[@]}" --random --seed $seed --export random-$seed.json --json random.json --quiet >/dev/null
done
python3 - <<'PYTHON'
import json
r = json.load(open("random.json"))
assert r["found"]["predicted_latency_ms"] <= r["budget_latency_ms"] and r["found"]["architecture"] == json.load(open("random-3.json"))
assert json.load(open("random-3.json")) != json.load(open("random-4.json"))
PYTHON

# Several budgets, inside which the supernet is trained, too.
"$program" "${tiny[@]}" --max-flops 2.5M --max-params 70k --max-memory 100Ki --max-latency 1000 --filter-training \
  --no-retrain --json several.json >out.txt 2>/dev/null
python3 - <<'PYTHON'
import json
f = json.load(open("several.json"))["found"]
assert f["flops"] <= 2.5e6 and f["params"] <= 70e3
PYTHON
"$program" --help >help.txt
grep -q -- "--max-latency MS" help.txt || fail "--help lacks an option"
