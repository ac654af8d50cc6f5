# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# Bad input: one clear line and exit 2, or the row is left out and counted.
source "$(dirname "${BASH_SOURCE[0]}")/../support.bash"

table() { # file, seed, rows, lowest row: FBNet architectures with three devices
  awk -v seed="$2" -v rows="$3" 'BEGIN {
    srand(seed); print "arch,a_1,a_32,b,c"
    for (i = 0; i < rows; ++i) {
      arch = ""; cost = 5; other = 3
      for (l = 0; l < 22; ++l) { op = int(rand() * 9); arch = arch (l ? "-" : "") op; cost += (op % 4) * (1 + l / 10); other += (op == 8 ? 0 : 1 + op / 4) }
      printf "%s,%.4f,%.4f,%.4f,%.4f\n", arch, cost, 2 * cost + rand(), other + rand() / 5, cost + other + rand()
    }
  }' >"$1"
}
refuses() { local text=$1; shift; fails "$text" evaluate "$@"; }

table good.csv 1 120
small=(--samples 5,10 --seeds 2 --methods proxy,adaproxy,auto)
"$program" evaluate --space fbnet --known good.csv --targets good.csv "${small[@]}" --json good.json >out 2>err
python3 - good.json <<'PYTHON'
import json, math, sys
out = json.load(open(sys.argv[1]))
assert out["protocol"] == "leave_family_out" and out["seeds"] == 2 and out["left_out"] == [], out
for protocol in ("targets", "leave_device_out"):
    assert sorted(out[protocol]) == ["a_1", "a_32", "b", "c"], sorted(out[protocol])
    for device, by_samples in out[protocol].items():
        assert sorted(by_samples) == ["10", "5"], by_samples
        for n, by_method in by_samples.items():
            assert sorted(by_method) == ["adaproxy", "auto", "proxy"], by_method
            for method, cell in by_method.items():
                assert all(math.isfinite(value) for value in cell.values()), cell
                assert -1 <= cell["worst"] <= cell["p5"] <= 1 and cell["worst"] <= cell["mean"] <= 1, cell
                assert 0 <= cell["hypervolume"] <= 1 + 1e-12 and 0 <= cell["budgets_broken"] <= 1, cell
                assert cell["adaptation_ms"] >= 0 and ("covered90" in cell) == (method != "proxy"), cell
                assert 0 <= cell.get("covered90", 0) <= 1, cell
# What knows the target's twin (twice its latencies) cannot do worse than what does not.
assert out["leave_device_out"]["a_1"]["10"]["proxy"]["mean"] >= out["targets"]["a_1"]["10"]["proxy"]["mean"]
PYTHON
grep -q "family left out" out
grep -q "Only the target itself left out" out

refuses "cannot be read" --space fbnet --known missing.csv --targets good.csv
refuses "--space" --known good.csv --targets good.csv
refuses "there is no space 'darts'" --space darts --known good.csv --targets good.csv
refuses "is no NAS-Bench-201 cell" --space nasbench201 --known good.csv --targets good.csv
refuses "there is no method 'magic'" --space fbnet --known good.csv --targets good.csv --methods magic
refuses "too few to take 500 samples" --space fbnet --known good.csv --targets good.csv --samples 500
sed '1s/arch/network/' good.csv >headless.csv
refuses "there is no column 'arch'" --space fbnet --known headless.csv --targets good.csv
sed '5s/,[^,]*$//' good.csv >short.csv
refuses "short.csv:5: expected 5 columns, found 4" --space fbnet --known good.csv --targets short.csv

# Rows and cells that are left out and counted; a device without spread.
awk -F, -v OFS=, 'NR > 1 { $4 = 7 } NR == 3 { $2 = "" } NR == 4 { $2 = -1 } NR == 5 { $3 = "nan" } { print } NR == 6 { print }' good.csv >odd.csv
"$program" evaluate --space fbnet --known good.csv --targets odd.csv "${small[@]}" --json odd.json >out 2>err
grep -q "1 empty cells, 2 cells that are no positive number, 1 repeated architectures" out
grep -q "left out: target b: constant latencies" out
! grep -q '"b": {' odd.json
# A target with a few measurements does not stop the others, nor does one whose family is all that is known.
awk -F, -v OFS=, 'NR > 36 { $4 = "" } { print }' good.csv >thin.csv
"$program" evaluate --space fbnet --known good.csv --targets thin.csv "${small[@]}" --samples 5,30 --json thin.json >out 2>err
grep -q "left out: target b has 35 measurements: too few to take 30 samples" out || { cat out err; exit 1; }
grep -q '"c": {' thin.json
cut -d, -f1-3 good.csv >family.csv
cut -d, -f1,2,5 good.csv >two.csv
"$program" evaluate --space fbnet --known family.csv --targets two.csv "${small[@]}" --json two.json >out 2>err
grep -q "left out: target a_1: every known device is of its family" out || { cat out err; exit 1; }
grep -q '"c": {' two.json
! grep -q '"a_1": {' two.json

# Ten devices: 900 measurements and 9 times 10 more, 30 s each, beside 9,000.
"$program" cost --devices 10 >out
grep -qE '^ *10 +a predictor each +9,?000 +75.0 ' out || { cat out; exit 1; }
grep -qE '^ *10 +one proxy, adapted +990 +8.2 ' out || { cat out; exit 1; }
echo "bad input is told from good"
