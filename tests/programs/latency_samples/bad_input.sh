# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# A table with failed measurements is ranked without them; bad input is one clear line and exit 2.
source "$(dirname "${BASH_SOURCE[0]}")/../support.bash"

cells=(none skip_connect nor_conv_1x1 nor_conv_3x3 avg_pool_3x3)
{
  echo "arch,one,two"
  for ((i = 0; i < 60; ++i)); do
    arch="" cost=5 n=$((i * 7919 + 13))
    for from in 0 + 0 1 + 0 1 2; do
      if [[ $from == + ]]; then arch+="|+"; continue; fi
      op=$((n % 5)) n=$((n / 5 + i)) cost=$((cost + op * (from + 1)))
      arch+="|${cells[op]}~$from"
    done
    echo "$arch|,$cost.5,$([[ $((i % 10)) -eq 0 ]] || echo $((2 * cost)))"
  done
} | awk -F, '!seen[$1]++' >good.csv

"$program" good.csv --samples 10,20 --seeds 2 --json good.json >out 2>err
grep -q '^two .* [0-9]\.[0-9]* (' out || { cat out err; exit 1; }
grep -q '"spearman"' good.json
fails "nowhere.csv: cannot be read" nowhere.csv
fails "leave too few" good.csv --samples 900
sed '3s/|none/|nothing/;3s/|avg/|ovg/;3s/|skip/|skap/;3s/|nor/|nar/' good.csv >bad.csv
fails "is no NAS-Bench-201 cell" bad.csv
sed '3s/$/,4/' good.csv >bad.csv
fails "bad.csv:3: expected 3 columns" bad.csv
fails "table" --samples 10
