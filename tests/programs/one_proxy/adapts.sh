# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# From the first measurement on a target to a table of networks: a column, another file, a program that measures.
source "$(dirname "${BASH_SOURCE[0]}")/../support.bash"
awk 'BEGIN {
  srand(3); print "arch,a,b,c,d" >"known.csv"; print "arch,slow" >"other.csv"; print "arch,top1" >"accuracy.csv"
  for (i = 0; i < 150; ++i) {
    arch = ""; cost = 5; other = 3; size = 0
    for (l = 0; l < 22; ++l) { op = int(rand() * 9); arch = arch (l ? "-" : "") op; cost += (op % 4) * (1 + l / 10); other += (op == 8 ? 0 : 1 + op / 4); size += op }
    printf "%s,%.4f,%.4f,%.4f,%.4f\n", arch, cost, other + rand() / 5, cost + other + rand(), 3 * cost + other >"known.csv"
    printf "%s,%.4f\n", arch, 9 * other + 2 * cost >"other.csv"
    printf "%s,%.3f\n", arch, 60 + size / 5 + rand() >"accuracy.csv"
  }
}'
base=(--space fbnet --proxy known.csv)
small=("${base[@]}" --samples 12)

"$program" "${small[@]}" --target b --proxy-device a --accuracy accuracy.csv --accuracy-column top1 --json b.json >out
grep -q "adapted with 12 measurements" out
grep -q "of the front with full knowledge" out
grep -q '"hypervolume"' b.json
"$program" "${small[@]}" --target other.csv:slow --proxy-device a >out
grep -q "expected rank correlation" out

# A twin of the proxy: its order is used as it is.
awk -F, -v OFS=, 'NR == 1 { print "arch,twin"; next } { print $1, 2 * $2 + 1 }' known.csv >twin.csv
"$program" "${base[@]}" --samples 30 --keep-family --proxy-device a --target twin.csv >out
grep -q "the order of a is used as it is" out

# A device that answers from the table, as a real one would by measuring.
cat >measure.sh <<'S'
arch=$(sed 's/.*"arch":"\([^"]*\)".*/\1/')
echo "$arch" >>asked
awk -F, -v arch="$arch" '$1 == arch { print $2 }' other.csv
S
"$program" "${small[@]}" --proxy-device a --target-command "bash measure.sh" --accuracy accuracy.csv --accuracy-column top1 >out
[[ $(sort -u asked | wc -l) -ge 12 ]]
grep -q "measured (ms)" out

# Searches that believe another device: all ordered pairs, with accuracies and with multiply-adds in their place.
"$program" pairs --space fbnet --latencies known.csv --accuracy accuracy.csv --accuracy-column top1 --csv pairs.csv --html pairs.html >out
grep -q "points of accuracy found by exhaustive search" out
[[ $(wc -l <pairs.csv) -eq 13 ]] # four devices
awk -F, 'NR > 1 && ($4 < 0 || $6 < 0) { exit 1 }' pairs.csv # full knowledge cannot be beaten
grep -q "Adapted" pairs.html
"$program" pairs --space fbnet --latencies known.csv --samples 10 >out
grep -q "multiply-adds stand in for it" out

fails "there is no column 'top5'" pairs --space fbnet --latencies known.csv --accuracy accuracy.csv --accuracy-column top5
fails "name either --target or --target-command" "${small[@]}"
fails "is no column of known.csv and no file" "${small[@]}" --target nothing
fails "ended with status 3" "${small[@]}" --target-command "exit 3"
fails "expected one number of milliseconds" "${small[@]}" --target-command "echo fast"
fails "at least 5 are needed" "${base[@]}" --samples 2 --target d
fails "there is no known device 'z'" "${small[@]}" --target d --proxy-device z
sed 's/^\([0-8]\)-/none-/' other.csv >else.csv
fails "is no FBNet: expected 22 ids from 0 to 8" "${small[@]}" --target else.csv
fails "needs --space, --proxy and --target" --target d
echo "adapts to a column, a file and a program"
