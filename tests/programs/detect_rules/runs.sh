# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# The rules of a device that takes the same time for everything: two for the price of one, so every pair is fused.
set -euo pipefail
program=$1
"$program" --device "command:test {threads} = 2 && echo 7 #" --threads 2 --cpus 0 --size 8 --quiet --out rules.json >out 2>err ||
  { cat err; exit 1; }
grep -q '"threads": "2"' rules.json
grep -q '"affinity": "0"' rules.json
grep -q '"format": "hwnas fusion rules 1"' rules.json
grep -q '"device": "command"' rules.json
grep -q 'cannot be told' out    # 7 ms is what an empty network takes, too
status=0
"$program" --device toaster >out 2>err || status=$?
[[ $status -eq 2 && $(wc -l <err) -eq 1 ]] || { cat err; exit 1; }
