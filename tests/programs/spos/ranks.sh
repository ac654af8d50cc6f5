# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# Started twice by a launcher, it is one run, with the same paths on both ranks or each its own; rank 0 alone evolves.
source "$(dirname "${BASH_SOURCE[0]}")/support.bash"
source "$(dirname "${BASH_SOURCE[0]}")/../ranks.bash"
tiny_data data
ranks=("${tiny[@]}" --data mnist:../data --batch-size 10)

ranks_end "${ranks[@]}" --own-paths --rank-check 1 --checkpoint state --json out.json --report page.html
python3 - <<'PYTHON'
import json
r = json.load(open("rank0/out.json"))
f = r["found"]
assert 0 < f["predicted_latency_ms"] <= r["budget_latency_ms"] and f["measured_latency_ms"] > 0
assert "Kendall" in open("rank0/page.html").read()
PYTHON
# All phases are over: a run that goes on trains nothing and ends the same.
ranks_end "${ranks[@]}" --own-paths --rank-check 1 --checkpoint state --resume --json again.json
diff <(results rank0/out.json) <(results rank0/again.json) || fail "going on ended differently"
ranks_end "${ranks[@]}" --sync-norms --no-retrain --json inherited.json

other=(--space proxylessnas)
ranks_refuse "the ranks must agree on the space: rank 0 has 'spos', rank 1 has 'proxylessnas'" "${ranks[@]}"
other=()
refuses "--sync-norms" --own-paths --sync-norms
