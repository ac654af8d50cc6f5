# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# A run that is killed at any moment, again and again, ends like one that is not; Ctrl-C stops it cleanly.
source "$(dirname "${BASH_SOURCE[0]}")/support.bash"
tiny_data data
options=("${tiny[@]}" --retrain-epochs 2 --epochs 2 --checkpoint-every 1 --rank-check 1)
begin=$(date +%s%N)
"$program" "${options[@]}" --json whole.json --quiet >/dev/null
whole_ms=$((($(date +%s%N) - begin) / 1000000))

kill_often 7 12 $whole_ms killed/supernet.state "${options[@]}" --checkpoint killed --resume --json killed.json --quiet
diff <(results whole.json) <(results killed.json) || fail "after kills the run ended differently"

# Ctrl-C: exit status 130, one line, and a state to go on from.
status=0
"$program" "${options[@]}" --epochs 200 --checkpoint stopped >/dev/null 2>err.txt &
pid=$!
while [[ ! -f stopped/supernet.state ]]; do sleep 0.1; kill -0 $pid || fail "it ended before it was stopped: $(cat err.txt)"; done
kill -INT $pid
wait $pid || status=$?
[[ $status -eq 130 ]] || fail "Ctrl-C ended with $status: $(cat err.txt)"
tail -n 1 err.txt | grep -q "spos: training was stopped after step .*; its state is in stopped/supernet.state" ||
  fail "Ctrl-C said: $(cat err.txt)"
touch -r stopped/supernet.state before
"$program" "${options[@]}" --epochs 200 --checkpoint stopped --resume --no-retrain >/dev/null 2>err.txt &
pid=$!
while [[ ! stopped/supernet.state -nt before ]]; do
  sleep 0.1
  kill -0 $pid 2>/dev/null || fail "a stopped run did not go on: $(cat err.txt)"
done
kill -INT $pid
status=0
wait $pid || status=$?
[[ $status -eq 130 ]] || fail "Ctrl-C after --resume ended with $status: $(cat err.txt)"
tail -n 1 err.txt | grep -q "spos: training was stopped after step .*; its state is in stopped/supernet.state" ||
  fail "a resumed run said at Ctrl-C: $(cat err.txt)"

# Without --checkpoint, Ctrl-C keeps the state in the cache and says how to go on; at its end the run takes it away.
export XDG_CACHE_HOME=$PWD/cache
"$program" "${options[@]}" --epochs 200 >/dev/null 2>err.txt &
pid=$!
until compgen -G 'cache/hwnas/runs/spos-*/supernet.state' >/dev/null; do
  sleep 0.1
  kill -0 $pid || fail "it ended before it was stopped: $(cat err.txt)"
done
kill -INT $pid
status=0
wait $pid || status=$?
[[ $status -eq 130 ]] || fail "Ctrl-C without --checkpoint ended with $status: $(cat err.txt)"
kept=$(echo cache/hwnas/runs/spos-*)
tail -n 1 err.txt | grep -q "; the same command with --checkpoint $PWD/$kept --resume goes on" ||
  fail "Ctrl-C without --checkpoint said: $(cat err.txt)"
rm -r "$kept"
"$program" "${options[@]}" --no-retrain --quiet >/dev/null
[[ -z $(ls cache/hwnas/runs) ]] || fail "a run that ended left $(ls cache/hwnas/runs)"
