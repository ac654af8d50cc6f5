# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# A table of networks on two devices, one network asked for by name and as JSON; bad input is one clear line and exit 2.
program=$1
quick=(--rounds 1 --runs 1)

"$program" "${quick[@]}" --devices libtorch-cpu:1,torchscript-cpu:1 --networks 2 --out cells.csv 2>err
[[ $(wc -l <err) -eq 2 ]] # a line a device
[[ $(head -1 cells.csv) == arch,libtorch-cpu_1,torchscript-cpu_1 ]]
[[ $(wc -l <cells.csv) -eq 3 ]]
awk -F, 'NR > 1 && !($2 > 0 && $3 > 0) { exit 1 }' cells.csv
grep -qE '^\|(none|skip_connect|nor_conv_1x1|nor_conv_3x3|avg_pool_3x3)~0\|\+\|' cells.csv

cell=$(sed -n 2p cells.csv | cut -d, -f1)
"$program" "${quick[@]}" --arch "$cell" | grep -qE '^[0-9.]+(e[+-][0-9]+)?$'
echo "{\"arch\": \"$cell\"}" | "$program" "${quick[@]}" --arch - | grep -qE '^[0-9.]+(e[+-][0-9]+)?$'

"$program" "${quick[@]}" --space small-proxylessnas --networks 1 --out small.csv --quiet
choices=$(sed -n 2p small.csv | cut -d, -f1)
"$program" "${quick[@]}" --space small-proxylessnas --arch "$choices" >/dev/null

refuses() { # what the message must hold, then the arguments
  local expected=$1 status=0
  shift
  "$program" "$@" >out 2>err </dev/null || status=$?
  [[ $status -eq 2 ]] || { echo "expected exit status 2, got $status for: $*"; cat out err; exit 1; }
  [[ $(wc -l <err) -eq 1 ]] || { echo "expected one line:"; cat err; exit 1; }
  grep -qF -- "$expected" err || { echo "expected '$expected' in:"; cat err; exit 1; }
}
refuses "name either --out"
refuses "name either --out" --out x.csv --arch "$cell"
refuses "is no NAS-Bench-201 cell" --arch "|nothing~0|"
refuses "choices with dashes between" --space small-proxylessnas --arch "1-2"
refuses "expected {\"arch\": \"...\"}" --arch -
refuses "a device is NAME:THREADS" --devices libtorch-cpu --arch "$cell"
refuses "no device is called \"abacus\"" --devices abacus:1 --arch "$cell"
refuses "no space is called \"nowhere\"" --space nowhere --arch "$cell"
[[ ! -e x.csv ]]
echo "networks are measured, and told from what is none"
