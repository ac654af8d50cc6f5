# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# A predictor within seconds; a building that is killed goes on without losing a measurement; bad input is one line.
source "$(dirname "${BASH_SOURCE[0]}")/../support.bash"

base=(--spaces small-spos --prior 24 --out small.json)
common=("${base[@]}" --networks 12)
"$program" "${common[@]}" --minutes 0.25 --quiet >out.txt 2>err.txt || fail "$(cat err.txt)"
head -c 200 small.json | grep -q checksum || fail "no predictor was written"
grep -q '"format": "hwnas kernel predictor 2"' small.json || fail "not the format expected"
grep -q "all kernels" out.txt || fail "no errors were reported: $(cat out.txt)"
head -1 small.json.csv | grep -q "^kind,name,cin,cout,minimum_ms," || fail "the measurements have no header"
before=$(wc -l <small.json.csv)
[[ $before -gt 10 ]] || fail "only $before lines of measurements"

# Killed while it measures: what was measured stays, is not measured again, and more follows.
"$program" "${base[@]}" --networks 5000 --minutes 10 --target 1 --quiet >out.txt 2>err.txt &
child=$!
for _ in $(seq 300); do
  [[ $(wc -l <small.json.csv) -gt $((before + 4)) ]] && break
  kill -0 $child 2>/dev/null || break
  sleep 0.1
done
kill -KILL $child 2>/dev/null || true
wait $child 2>/dev/null || true
killed=$(wc -l <small.json.csv)
[[ $killed -gt $before ]] || fail "nothing was measured before the program was killed: $(cat err.txt)"
cp small.json.csv kept.csv
printf 'kernel,conv 3x8' >>small.json.csv # half a line, as a full disk or a kill leaves it
"$program" "${common[@]}" --minutes 0.01 --quiet >out.txt 2>err.txt || fail "$(cat err.txt)"
cmp -s <(head -n "$killed" small.json.csv) kept.csv || fail "measurements were lost"

# Ctrl-C: 130, and what was measured stays.
status=0
timeout -s INT 3 "$program" --spaces small-spos --prior 24 --out small.json --minutes 10 --target 1 --networks 5000 --quiet >out.txt 2>err.txt || status=$?
[[ $status -eq 130 || $status -eq 124 ]] || fail "ended with $status after Ctrl-C: $(cat err.txt)"

refuses "measured under other conditions" "${common[@]}" --threads 2 --minutes 0.01
refuses "no space is called" --spaces none
refuses "no device is called" --device toaster
refuses "--minutes" --minutes 0
refuses "cannot be read" --rules nowhere.json --out other.json
refuses "cannot write" --out nowhere/predictor.json --minutes 0.01
sed -i '2s/^kernel,[^,]*/kernel,conv of nothing/' small.json.csv
refuses "is none of these spaces'" "${common[@]}" --minutes 0.01
cat >broken <<'DEVICE'
#!/bin/sh
echo garbage
DEVICE
chmod +x broken
refuses 'expected one number of milliseconds, found "garbage"' --spaces small-spos --device "command:./broken" --out broken.json
echo "predictors are built"
