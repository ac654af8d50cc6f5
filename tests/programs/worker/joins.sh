# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# Workers come and go; each trial is recorded once.
source "$HWNAS_SOURCE_DIR/tests/programs/worker/support.bash" "$1"
space=$(space_hash)
[[ ${#space} -eq 16 ]] || fail "no hash in: $(cat err.txt)"

# Three at once. The space is found by its hash.
make_store trials.db "$space" 60
for i in 1 2 3; do
  "$program" --store trials.db --command 'echo $$ >>evaluations; echo "{\"accuracy\": 0.5}"' --idle-seconds 0.3 >"out$i" &
done
wait
[[ $(query trials.db "SELECT COUNT(*) FROM hwnas_trials WHERE state = 'done' AND score = 0.5 AND attempts = 1") == 60 ]] ||
  fail "$(query trials.db 'SELECT state, COUNT(*) FROM hwnas_trials GROUP BY state')"
[[ $(wc -l <evaluations) -eq 60 ]] || fail "$(wc -l <evaluations) evaluations of 60 trials"
[[ $(cat out? | awk '{ n += $1 } END { print n }') -eq 60 ]] || fail "$(cat out?)"

# Killed in the middle: another takes the trial when the lease is over, and the dead one's reason is kept.
make_store killed.db "$space" 1 2
"$program" --store killed.db --command 'touch started; exec sleep 15' --lease-seconds 1 --quiet &
victim=$!
until [[ -e started ]]; do sleep 0.05; done
kill -9 $victim
wait $victim || true
"$program" --store killed.db --command 'echo "{\"accuracy\": 1}"' --idle-seconds 3 --max-trials 1 --quiet >/dev/null
[[ $(query killed.db "SELECT state, attempts FROM hwnas_trials") == "done|2" ]] || fail "$(query killed.db 'SELECT * FROM hwnas_trials')"
query killed.db "SELECT reason FROM hwnas_failures" | grep -q "the lease of .*:$victim: expired without a result" ||
  fail "$(query killed.db 'SELECT * FROM hwnas_failures')"

# SIGTERM, as Slurm and Kubernetes send it: the trial goes back at once, and no attempt is counted.
rm started
make_store stopped.db "$space" 1
"$program" --store stopped.db --command 'touch started; exec sleep 60' --quiet &
worker=$!
until [[ -e started ]]; do sleep 0.05; done
kill -TERM $worker
status=0
wait $worker || status=$?
[[ $status -eq 143 ]] || fail "SIGTERM ended it with $status"
[[ $(query stopped.db "SELECT state, attempts FROM hwnas_trials") == "queued|0" ]] || fail "$(query stopped.db 'SELECT * FROM hwnas_trials')"

# Evaluations that go wrong fail their trial, with every reason, and nothing else.
make_store garbage.db "$space" 3 2
"$program" --store garbage.db --idle-seconds 0.2 --trial-seconds 1 --quiet --command '
  n=$(cat calls 2>/dev/null || echo 0)
  echo $((n + 1)) >calls
  case $n in 0) echo garbage ;; 1) echo "{\"loss\": 1}" ;; 2) exec sleep 60 ;; 3) exit 7 ;; *) echo "{\"accuracy\": 1}" ;; esac'
[[ $(query garbage.db "SELECT state, COUNT(*) FROM hwnas_trials GROUP BY state ORDER BY state") == $'done|1\nfailed|2' ]] ||
  fail "$(query garbage.db 'SELECT * FROM hwnas_trials')"
query garbage.db "SELECT reason FROM hwnas_failures ORDER BY trial, serial" >reasons
for text in "printed 'garbage'" 'expected "accuracy"' "limit of 1 s" "status 7"; do
  grep -qF "$text" reasons || fail "no '$text' in: $(cat reasons)"
done
# The search's evaluation stands in its store: another command is told, another kind of evaluation is refused.
for theirs in "command python3 train.py; budget none" "train, 2 epochs; budget none"; do
  make_store other.db "$space" 2
  python3 -c 'import sqlite3, sys; s = sqlite3.connect("other.db"); s.execute("INSERT INTO hwnas_meta VALUES (?, ?)", ("evaluation", sys.argv[1])); s.commit()' "$theirs"
  other=(--store other.db --command 'echo "{\"accuracy\": 1}"' --idle-seconds 0.1)
  case $theirs in
    command*) "$program" "${other[@]}" >out.txt 2>err.txt || fail "$(cat err.txt)"
              grep -q "the search evaluates by 'command python3 train.py; budget none', this worker by 'command echo" err.txt || fail "$(cat err.txt)" ;;
    *) refuses "its trials are evaluated by 'train, 2 epochs; budget none'" "${other[@]}" ;;
  esac
  rm other.db
done

# A latency table gives each trial its latency. What it has to hold, the worker says one by one.
make_store latency.db "$space" 3
{
  echo "# hwnas latency table 2"
  echo "# space: $space"
  echo "operator,count,latency_ms,minimum_ms,median_ms,mean_ms,deviation_ms,q05_ms,q25_ms,q75_ms,q95_ms"
  echo '"of no use",1,0.5,0.5,0.5,0.5,0,0.5,0.5,0.5,0.5'
} >table.csv
with_table=(--store latency.db --command 'echo "{\"accuracy\": 1}"' --predictor table.csv --idle-seconds 0.1 --quiet)
until "$program" "${with_table[@]}" 2>err.txt; do
  key=$(sed -n 's/.*no entry for \(.*\); measure it again/\1/p' err.txt)
  [[ -n $key ]] || fail "$(cat err.txt)"
  echo "\"$key\",1,0.5,0.5,0.5,0.5,0,0.5,0.5,0.5,0.5" >>table.csv
done
[[ $(query latency.db "SELECT COUNT(*) FROM hwnas_trials WHERE metrics LIKE '%\"latency\":%.%'") == 3 ]] ||
  fail "$(query latency.db 'SELECT metrics FROM hwnas_trials')"
sed -i "s/^# space: ./# space: x/" table.csv
refuses "table.csv: latency table: measured for space x" "${with_table[@]}"
echo "workers come and go"
