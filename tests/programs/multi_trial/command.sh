# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# Any program as the evaluator: one that works, and all the ways in which one does not.
source "$(dirname "${BASH_SOURCE[0]}")/support.bash"
run=(--evaluator command --space nasbench201 --strategy random --quiet)

cat >score.py <<'PYTHON'
import json, sys
a = json.load(sys.stdin)
assert a == json.load(open(sys.argv[1]))
print("some words first")
print(json.dumps({"accuracy": sum(a.values()) / 24, "size": 7}))
PYTHON
"$program" "${run[@]}" --command 'python3 score.py "$1"' --max-trials 6 --workers 2 --json good.json >/dev/null
python3 - <<'PYTHON'
import json
r = json.load(open("good.json"))
assert len(r["trials"]) == 6
for t in r["trials"]:
    assert t["state"] == "done" and t["metrics"] == {"accuracy": sum(t["architecture"].values()) / 24, "size": 7}
assert r["best"]["metrics"]["accuracy"] == max(t["metrics"]["accuracy"] for t in r["trials"])
PYTHON

# Successive halving: shorter evaluations look better here, and yet the best is a whole one. Progress says where the run is.
cat >shorter.py <<'PYTHON'
import json, os, sys
a = json.load(sys.stdin)
print(json.dumps({"accuracy": sum(a.values()) / 24 + 1 - float(os.environ["HWNAS_SHARE"])}))
PYTHON
"$program" --evaluator command --space nasbench201 --strategy asha --command 'python3 shorter.py' --max-trials 120 --workers 2 \
  --json halved.json --export top.json --top-k 1 >/dev/null 2>err.txt
python3 - <<'PYTHON'
import json
r = json.load(open("halved.json"))
shares = {t.get("share", 1) for t in r["trials"]}
assert shares == {1 / 64, 1 / 16, 1 / 4, 1}, shares
whole = [t for t in r["trials"] if "share" not in t]
assert r["best"] == max(whole, key=lambda t: (t["metrics"]["accuracy"], -t["id"])), r["best"]
assert max(t["metrics"]["accuracy"] for t in r["trials"]) > r["best"]["metrics"]["accuracy"]
assert json.load(open("top.json"))[0]["architecture"] == r["best"]["architecture"]
PYTHON
grep -qE "[0-9]+ done, [0-9]+ running, 0 failed, best [0-9.]+" err.txt || fail "no progress in: $(cat err.txt)"

# A budget on a command's trials: latency from the table of whole networks is among the metrics.
make_tables
"$program" "${run[@]}" --command 'python3 score.py "$1"' --max-trials 3 --latency latency.csv --latency-column phone \
  --latency-threshold 3 --json inside.json >/dev/null
python3 -c 'import json; assert all(t["metrics"]["latency"] <= 3 for t in json.load(open("inside.json"))["trials"])'

# bad REASON COMMAND OPTIONS...: no trial is done, each says why, the program says so in one line.
bad() {
  local reason=$1 command=$2
  shift 2
  rm -f bad.json
  refuses "$reason" "${run[@]}" --max-trials 2 --command "$command" --json bad.json "$@"
  python3 - "$reason" <<'PYTHON'
import json, sys
r = json.load(open("bad.json"))
assert len(r["trials"]) == 2 and r["best"] is None
for t in r["trials"]:
    assert t["state"] == "failed" and t["metrics"] == {} and sys.argv[1] in t["reasons"][-1], t
PYTHON
}
bad "the command printed 'no metrics here': expected one JSON object" "echo no metrics here"
bad "the command ended with status 3: out of memory" "echo out of memory >&2; exit 3"
bad 'expected "accuracy" among them' "echo '{\"acc\": 1}'"
bad "expected one JSON object" "echo '{\"accuracy\": NaN}'"
bad "for \"accuracy\": expected a number" "echo '{\"accuracy\": \"high\"}'"
bad "ran into its limit of 0.2 s" "sleep 300" --trial-seconds 0.2
bad "status 127" "no-such-command-anywhere"

# A failed trial does not stop the others; retries are counted.
"$program" "${run[@]}" --command 'if mkdir once 2>/dev/null; then exit 1; fi; echo "{\"accuracy\": 1}"' --max-trials 3 \
  --retries 1 --json retried.json >/dev/null
python3 - <<'PYTHON'
import json
r = json.load(open("retried.json"))
assert [t["attempts"] for t in r["trials"]] == [2, 1, 1] and all(t["state"] == "done" for t in r["trials"])
assert r["trials"][0]["reasons"] == ["the command ended with status 1"]
PYTHON
