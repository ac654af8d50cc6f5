# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# A space for this machine by one command, as a header that compiles and as a mask that spos searches in; bad input is one line.
source "$(dirname "${BASH_SOURCE[0]}")/../support.bash"

"$program" --space small-spos --header on_cpu.hpp --mask kept.json --name OnCpu >out.txt 2>err.txt || fail "$(cat err.txt)"
grep -q "^predictor: built in" out.txt || fail "the source is not told: $(cat out.txt)"
grep -qE "^candidates: [0-9]+ of 57 kept, which leaves [0-9,]+ of 125,000,000 networks" out.txt || fail "$(cat out.txt)"
grep -q "using OnCpu = hwnas::KeepCandidates<hwnas::zoo::small::Spos," on_cpu.hpp || fail "no header: $(cat on_cpu.hpp)"

# The predictor is kept; the same latencies make the same space.
"$program" --space small-spos --name OnCpu --quiet >again.hpp 2>err.txt || fail "$(cat err.txt)"
[[ ! -s err.txt ]] || fail "--quiet printed: $(cat err.txt)"
diff on_cpu.hpp again.hpp || fail "the same predictor made another space"

# What the mask says is what the header says.
python3 - <<'PYTHON'
import json, re
kept = json.load(open("kept.json"))
masks = [int(m, 16) for m in re.findall(r"(0x[0-9a-f]+) /\*", open("on_cpu.hpp").read())]
assert len(masks) == len(kept) == 12, (masks, kept)
for bits, (label, choices) in zip(masks, kept.items()):
    assert bits == sum(1 << c for c in choices), (label, bits, choices)
PYTHON

# A candidate that the space does not have.
python3 - <<'PYTHON'
import json
kept = json.load(open("kept.json"))
kept["block1"] = [9]
json.dump(kept, open("beyond.json", "w"))
PYTHON
refuses "expected a C++ name" --name 2nd
refuses "nowhere.json" --predictor nowhere.json
refuses "nothing" --space nothing
refuses "cannot write nowhere/kept.json" --mask nowhere/kept.json

spos=$(dirname "$program")/spos
if [[ -x $spos ]]; then
  program=$spos
  tiny_data data
  few=(--data mnist:data --threads 1 --workers 0 --validation-images 40 --epochs 1 --batch-size 20 --population 3 --generations 2
       --parents 2 --no-retrain --no-flip)
  mkdir -p cache/hwnas && cp cache/hwnas/predictor-small-spos-????????????????.json small.json
  "$program" "${few[@]}" --predictor small.json --candidates kept.json --export a.json >out.txt 2>err.txt || fail "$(cat err.txt)"
  grep -qE "^candidates: [0-9]+ of 57 kept" out.txt || fail "spos does not tell its candidates: $(cat out.txt)"
  "$program" "${few[@]}" --predictor small.json --two-stage --export b.json >out.txt 2>err.txt || fail "$(cat err.txt)"
  python3 - <<'PYTHON'
import json
kept = json.load(open("kept.json"))
for name in ("a.json", "b.json"):
    for label, choice in json.load(open(name)).items():
        assert choice in kept[label], (name, label, choice, kept[label])
PYTHON
  diff a.json b.json || fail "the second stage is another one with the mask of the first"
  refuses 'beyond.json: "block1" is 9: expected one of 0, 1, 2, 3' "${few[@]}" --predictor small.json --candidates beyond.json
  refuses "nowhere.json" "${few[@]}" --predictor small.json --candidates nowhere.json
fi
echo "spaces are generated"
