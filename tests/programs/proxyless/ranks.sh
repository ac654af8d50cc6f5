# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# Started twice by a launcher, it is one run: one table, one JSON, one set of latencies; it survives neither ranks that differ nor a
# rank that dies, and goes on with another number of ranks.
source "$(dirname "${BASH_SOURCE[0]}")/support.bash"
source "$(dirname "${BASH_SOURCE[0]}")/../ranks.bash"
tiny_data data
ranks=("${tiny[@]}" --data mnist:../data --batch-size 10 --checkpoint-every 1)

ranks_end "${ranks[@]}" --distill supernet --checkpoint state --json out.json --history history.csv --export arch.json
[[ -s rank0/table.csv && -s rank0/state/retraining.state && -s rank0/history.csv ]] || fail "rank 0 wrote too little"
grep -q "latency measured" rank0/out.txt || fail "no table: $(cat rank0/out.txt)"
python3 - <<'PYTHON'
import json
r = json.load(open("rank0/out.json"))
f = r["found"]
assert 0 < f["predicted_latency_ms"] <= r["budget_latency_ms"] and f["measured_latency_ms"] > 0
assert f["architecture"] == json.load(open("rank0/arch.json"))
PYTHON

# The found architecture alone, which only rank 0 has; batch-norm over both ranks' batches.
ranks_end "${ranks[@]}" --train-mode retrain --exported-arch-path arch.json --sync-norms --json alone.json
python3 -c "import json; assert json.load(open('rank0/alone.json'))['found']['architecture'] == json.load(open('rank0/arch.json'))"

other=(--space proxylessnas-cifar)
ranks_refuse "the ranks must agree on the space: rank 0 has 'proxylessnas', rank 1 has 'proxylessnas-cifar'" "${ranks[@]}"
other=(--seed 2)
ranks_refuse "the ranks must agree on the options: rank 0 has '" "${ranks[@]}"
other=()
ranks_refuse "none.json: cannot be read" "${ranks[@]}" --train-mode retrain --exported-arch-path none.json
ranks_refuse "fewer than one batch of 40 for each of 2 ranks" "${ranks[@]}" --batch-size 40

# One is killed: the other says so and ends, and one process alone goes on from its state.
long=("${ranks[@]}" --epochs 200 --checkpoint long)
start_ranks "${long[@]}" --quiet
while [[ ! -f rank0/long/search.state ]]; do sleep 0.1; kill -0 "${pids[0]}" || fail "it ended before it was stopped: $(cat rank0/err.txt)"; done
kill -9 "${pids[1]}"
status=0
wait "${pids[0]}" || status=$?
[[ $status -eq 2 && $(wc -l <rank0/err.txt) -eq 1 ]] || fail "rank 0 ended with $status: $(cat rank0/err.txt)"
grep -q "$lost" rank0/err.txt || fail "rank 0 said: $(cat rank0/err.txt)"
cd rank0
touch -r long/search.state before
"$program" "${long[@]}" --resume >/dev/null 2>err.txt &
pid=$!
while [[ ! long/search.state -nt before ]]; do sleep 0.1; kill -0 $pid 2>/dev/null || fail "one process did not go on: $(cat err.txt)"; done
kill -INT $pid
status=0
wait $pid || status=$?
[[ $status -eq 130 ]] || fail "Ctrl-C ended with $status: $(cat err.txt)"
