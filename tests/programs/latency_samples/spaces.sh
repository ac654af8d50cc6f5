# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# Tables of FBNet and once-for-all: of the latter those networks count whose images have the space's own size.
source "$(dirname "${BASH_SOURCE[0]}")/../support.bash"

awk 'BEGIN {
  srand(1); print "arch,phone"
  for (i = 0; i < 40; ++i) {
    name = ""; cost = 3
    for (b = 0; b < 22; ++b) { id = int(9 * rand()); name = name (b ? "-" : "") id; cost += id * (b + 1) / 20 }
    print name "," cost
  }
}' >fbnet.csv
"$program" fbnet.csv --space fbnet --samples 10,30 --seeds 2 --epochs 2 --width 8 --json fbnet.json >out
grep -Eq '^phone +linear +40 +[0-9.-]+ \(' out || { cat out; exit 1; }
grep -Eq '^phone +gcn +40 +[0-9.-]+ \(' out || { cat out; exit 1; }

awk 'function list(n, low, step, most,   i, text) {
  for (i = 0; i < n; ++i) { pick = low + step * int(most * rand()); cost += pick / 9; text = text (i ? "-" : "") pick }
  return text
}
BEGIN {
  srand(2); print "ks,e,d,r,phone"
  for (i = 0; i < 60; ++i) {
    cost = 4; print list(20, 3, 2, 3) "," list(20, 3, 1, 2) "," list(5, 2, 1, 3) "," (i % 2 ? 224 : 128) "," cost
  }
}' >ofa.csv
"$program" ofa.csv --space ofa --predictors linear --samples 10,20 --seeds 1 >out
grep -Eq '^phone +linear +30 ' out || { cat out; exit 1; }

fails "there is no space 'darts'" fbnet.csv --space darts
sed '2s/^[0-9]*-/9-/' fbnet.csv >bad.csv
fails "is no FBNet" bad.csv --space fbnet
fails "ks" fbnet.csv --space ofa
