# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# A search in a PostgreSQL server: a coordinator, workers that join it, the server killed in the middle, a worker killed, the
# coordinator stopped and resumed. Every trial ends exactly once.
source "$(dirname "${BASH_SOURCE[0]}")/support.bash"
worker=$(dirname "$program")/worker
if [[ ! -x $worker ]]; then echo "SKIP: the program worker is not built"; exit 0; fi
initdb=$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | tail -n 1 || true)
if [[ -z $initdb ]]; then echo "SKIP: there is no PostgreSQL server (initdb) on this machine"; exit 0; fi

# The server does not run as root, and its user has to reach its folder, which the test's own may not be.
as_owner=()
folder=$(mktemp -d -t hwnas-postgres-XXXXXX)
if [[ $(id -u) -eq 0 ]]; then as_owner=(setpriv --reuid=postgres --regid=postgres --clear-groups); chown postgres "$folder"; fi
export TMPDIR=$PWD   # a worker that is killed leaves its command's file
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as_server() (
  cd "$folder"
  "${as_owner[@]}" "${initdb%/*}/$1" -D "$folder/data" "${@:2}" >/dev/null
)
start() { as_server pg_ctl -l "$folder/log" -w -s -o "-h 127.0.0.1 -p $port -k $folder -c fsync=off" start; }
stop() { as_server pg_ctl -m "$1" -w -s stop; }
as_server initdb -A trust -U hwnas --no-sync -E UTF8 --locale=C
start
trap 'kill $(jobs -p) 2>/dev/null || true; stop immediate 2>/dev/null || true; rm -rf "$folder"' EXIT
url=postgresql://hwnas@127.0.0.1:$port/postgres

cat >score.py <<'PYTHON'
import json, sys, time
a = json.load(sys.stdin)
time.sleep(0.05)
print(json.dumps({"accuracy": sum(v * (i + 1) for i, v in enumerate(a.values()))}))
PYTHON
search=(--evaluator command --space nasbench201 --command 'python3 score.py' --strategy evolution --max-trials 60 --seed 5 --quiet
        --workers 0 --ahead 6 --retries 3 --store "$url")
"$program" "${search[@]}" --json stopped.json >/dev/null 2>err.txt &
coordinator=$!
count() { "${initdb%/*}/psql" -qAt "$url" -c "SELECT COUNT(*) FROM hwnas_trials WHERE state = '$1'" 2>/dev/null || echo 0; }
# until_there STATE NUMBER: so many trials have it.
until_there() {
  local limit=$((SECONDS + 120))
  while [[ $(count $1) -lt $2 ]]; do
    kill -0 $coordinator || fail "the coordinator: $(cat err.txt)"
    [[ $SECONDS -lt $limit ]] || fail "there are $(count $1) trials $1 after two minutes, expected $2"
    sleep 0.1
  done
}
until_there queued 6   # workers join what is there
join() { exec "$worker" --store "$url" --lease-seconds 3 --idle-seconds 60 --command 'python3 score.py' --quiet; }
join >/dev/null & victim=$!
workers=()
for i in 1 2; do join >/dev/null & workers+=($!); done
until_there done 5
kill -9 $victim
wait $victim 2>/dev/null || true
until_there done 10
stop immediate   # it has to recover
sleep 0.5
start
until_there done 20
status=0
kill -INT $coordinator
wait $coordinator || status=$?
[[ $status -eq 130 ]] || fail "Ctrl-C ended the coordinator with $status: $(cat err.txt)"
grep -q "multi_trial: stopped; go on with --store postgresql://" err.txt || fail "Ctrl-C said: $(cat err.txt)"

"$program" "${search[@]}" --resume --json whole.json >/dev/null 2>err.txt || fail "the resumed one: $(cat err.txt)"
kill -TERM "${workers[@]}"
for pid in "${workers[@]}"; do wait $pid || [[ $? -eq 143 ]] || fail "a worker ended badly"; done
python3 - <<'PYTHON'
import json
trials = json.load(open("whole.json"))["trials"]
assert [t["id"] for t in trials] == list(range(60)) and all(t["state"] == "done" for t in trials)
for t in trials:
    assert t["metrics"] == {"accuracy": sum(v * (i + 1) for i, v in enumerate(t["architecture"].values()))}, t
assert len({json.dumps(t["architecture"]) for t in trials}) == 60
before = [t for t in json.load(open("stopped.json"))["trials"] if t["state"] == "done"]
assert len(before) >= 20 and all(trials[t["id"]]["metrics"] == t["metrics"] for t in before), "a result changed"
PYTHON
echo "60 trials in a server that was killed"
