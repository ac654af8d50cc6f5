# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# A search that is killed at any moment, again and again, ends with the same bits; Ctrl-C stops it cleanly.
source "$(dirname "${BASH_SOURCE[0]}")/support.bash"
tiny_data data
options=("${tiny[@]}" --epochs 3 --checkpoint-every 1 --distill supernet)
"$program" "${tiny[@]}" --train-mode search --quiet >/dev/null  # measures the table, which takes longer than all the rest
begin=$(date +%s%N)
"$program" "${options[@]}" --json whole.json --history whole.csv --quiet >/dev/null
whole_ms=$((($(date +%s%N) - begin) / 1000000))

kill_often 5 6 $whole_ms killed/search.state "${options[@]}" --checkpoint killed --resume --json killed.json --history killed.csv --quiet
diff <(results whole.json) <(results killed.json) || fail "after kills the run ended differently"
diff whole.csv killed.csv || fail "after kills the history differs"

status=0
"$program" "${options[@]}" --epochs 200 --checkpoint stopped >/dev/null 2>err.txt &
pid=$!
while [[ ! -f stopped/search.state ]]; do sleep 0.1; kill -0 $pid || fail "it ended before it was stopped: $(cat err.txt)"; done
kill -INT $pid
wait $pid || status=$?
[[ $status -eq 130 ]] || fail "Ctrl-C ended with $status: $(cat err.txt)"
tail -n 1 err.txt | grep -q "proxyless: training was stopped after step .*; its state is in stopped/search.state" ||
  fail "Ctrl-C said: $(cat err.txt)"

refuses "stopped holds a run already" "${options[@]}" --checkpoint stopped
refuses "the checkpoint belongs to" "${options[@]}" --epochs 200 --checkpoint stopped --resume --strategy darts
# Another reference that this machine's table can reach, quick or slow as it is.
limit=$(python3 -c "import json; print(json.load(open('whole.json'))['budget_latency_ms'])")
refuses "the checkpoint belongs to" "${options[@]}" --epochs 200 --checkpoint stopped --resume \
  --reference-latency "$(awk "BEGIN { print 0.97 * $limit }")" --hard-constraint "$limit"
head -c 3000 stopped/search.state >cut.state && mv cut.state stopped/search.state
refuses "stopped/search.state" "${options[@]}" --epochs 200 --checkpoint stopped --resume
