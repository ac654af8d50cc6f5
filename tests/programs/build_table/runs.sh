# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# A table through a command: complete, resumed after a failure without losing a measurement, read again; bad input is one line.
source "$(dirname "${BASH_SOURCE[0]}")/../support.bash"

# Fails after 40 calls until the file "well" is there: one that asks for conditions, two operators and then 24 that are kept
# together, three of the reference kernel beside each part, and a few more.
cat >device <<'DEVICE'
#!/bin/sh
echo call >>calls
if [ ! -e well ] && [ "$(wc -l <calls)" -gt 40 ]; then echo broken; exit 0; fi
echo 0.5
DEVICE
chmod +x device
common=(--space small-spos --rounds 1 --networks 1 --out table.csv --device "command:./device")
refuses 'expected one number of milliseconds, found "broken"' "${common[@]}"
[[ ! -e table.csv && -e table.csv.part ]] || fail "the interrupted run left no part"
kept=$(grep -c '^"' table.csv.part)
[[ $kept -ge 10 ]] || fail "only $kept operators kept"
touch well
: >calls
"$program" "${common[@]}" --budget 10000 --quiet >out 2>err || fail "$(cat err)"
[[ ! -e table.csv.part ]] || fail "the part is still there"
all=$(grep -c '^"' table.csv)
missing=$((all - kept + 1))    # and a network
calls=$(wc -l <calls)
[[ $calls -ge $missing && $calls -le $((missing + 1 + 3 * (missing / 24 + 3))) ]] || fail "$calls calls for $missing things"
[[ $calls -lt $all ]] || fail "everything was measured again"
head -1 table.csv | grep -qx "# hwnas latency table 2" || fail "no latency table"
grep -q '^# device: command$' table.csv || fail "no conditions"
grep -q 'within 10000 ms: 125000000 networks' out || fail "what is reachable: $(cat out)"

# A complete table is read; one that lacks an operator, or of other conditions, is refused.
: >calls
"$program" "${common[@]}" --quiet >out
[[ $(wc -l <calls) -eq 1 ]] || fail "it did more than ask for conditions"
sed -i '$d' table.csv
refuses "table.csv: latency table: no entry for" "${common[@]}"
refuses "measured for batch 1, expected 2" "${common[@]}" --batch 2
refuses "no space is called" --space none
refuses "no device is called" --device toaster
refuses "--rounds" --rounds 0
for bad in nan inf 0 -5; do
  refuses "--budget: '$bad' is not greater than 0" --budget "$bad"
  refuses "--time-limit: '$bad' is not greater than 0" --time-limit "$bad"
done
refuses "--networks: '-3' is not between 0" --networks -3
echo "tables are whole"
