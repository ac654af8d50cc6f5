# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# A network kernel by kernel, with and without fusion; the debug switch; bad input.
source "$(dirname "${BASH_SOURCE[0]}")/../support.bash"
cat >rules.json <<'RULES'
{"format": "hwnas fusion rules 1", "conditions": {}, "chains": [],
 "pairs": [["conv", "bn"], ["conv", "relu"], ["dwconv", "bn"], ["dwconv", "relu"]]}
RULES
"$program" --space small-proxylessnas --rounds 1 >plain.txt 2>err || fail "$(cat err)"
[[ ! -s err ]] || fail "said on standard error: $(cat err)"
grep -q "whole network" plain.txt || fail "no whole network"
"$program" --space small-proxylessnas --rounds 1 --rules rules.json --report page.html --debug >fused.txt 2>debug.txt
grep -q "conv-bn-relu" fused.txt || fail "nothing fused"
[[ $(wc -l <fused.txt) -lt $(wc -l <plain.txt) ]] || fail "fusion made no fewer kernels"
grep -q "^kernel dwconv-bn-relu" debug.txt || fail "no fusion decision in the log"
grep -q "^measured conv-bn-relu" debug.txt || fail "no measurement in the log"
grep -q "<svg" page.html || fail "no chart"
fails "cannot run on processors 4095" --cpus 4095 --rounds 1
fails "none.json" --rules none.json
fails "none.json" --arch none.json
fails "no space is called" --space none
fails "no device is called" --device none
fails "none.json" --predictor none.json
