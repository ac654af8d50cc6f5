# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# Bad input: one line that says what is wrong and what was expected, exit status 2, nothing half-written.
source "$(dirname "${BASH_SOURCE[0]}")/support.bash"
tiny_data data
"$program" "${tiny[@]}" --no-retrain --export good.json --quiet >/dev/null

refuses "--frobnicate" --frobnicate
refuses "'none' is not between" --epochs none
refuses "'0' is not between" --batch-size 0
refuses "is no positive number" --max-flops 3X
refuses "space" --space imagenet
refuses "--checkpoint" --resume

refuses "no network has latency at most 1e-06 ms; the space has latency from" "${tiny[@]}" --max-latency 0.000001
refuses "the other limits allow" "${tiny[@]}" --max-flops 1.25M --max-memory 75Ki --max-params 37k

refuses "nowhere" "${tiny[@]}" --data nowhere
refuses "unknown kind of data" "${tiny[@]}" --data imagenet:data
cp -r data cut
head -c 5000 data/train-images-idx3-ubyte >cut/train-images-idx3-ubyte
refuses "cut/train-images-idx3-ubyte" "${tiny[@]}" --data mnist:cut
cp -r data mislabelled
printf '\x0b' | dd of=mislabelled/train-labels-idx1-ubyte bs=1 seek=20 conv=notrunc status=none
refuses "label 11" "${tiny[@]}" --data mnist:mislabelled
refuses "takes (3, 32, 32) in 10 classes" "${tiny[@]}" --space spos-cifar
refuses "--validation-images 160" "${tiny[@]}" --validation-images 160
refuses "fewer than one batch" "${tiny[@]}" --batch-size 1000

echo '{"block1": 0' >broken.json
refuses "broken.json: architecture: expected a JSON object" "${tiny[@]}" --arch broken.json
sed 's/block1"/blockX"/' good.json >label.json
refuses "label.json: no decision is called \"blockX\"" "${tiny[@]}" --arch label.json
sed 's/"block1":[0-9]*/"block1":9/' good.json >range.json
refuses "\"block1\" is 9: expected one of" "${tiny[@]}" --arch range.json
refuses "none.json: cannot be read" "${tiny[@]}" --arch none.json

refuses "--distill teaches in retraining" "${tiny[@]}" --no-retrain --distill supernet
refuses "--distill supernet needs a search" "${tiny[@]}" --arch good.json --distill supernet
refuses "--distill supernet needs a search" "${tiny[@]}" --random --distill supernet
refuses "good.json: expected a checkpoint, found another kind of file" "${tiny[@]}" --distill good.json

sed 's/^# space: .*/# space: 0123456789abcdef/' table.csv >space.csv
refuses "space.csv: latency table: measured for space 0123456789abcdef" "${tiny[@]}" --latency-table space.csv
sed 's/^# cpu: .*/# cpu: another processor/' table.csv >machine.csv
refuses "machine.csv: latency table: measured for cpu another processor" "${tiny[@]}" --latency-table machine.csv
head -c 900 table.csv >short.csv
refuses "short.csv" "${tiny[@]}" --latency-table short.csv
sed '$d' table.csv >incomplete.csv # whole lines, but an operator is missing
refuses "incomplete.csv: latency table: no entry for" "${tiny[@]}" --latency-table incomplete.csv

"$program" "${tiny[@]}" --no-retrain --checkpoint state --quiet >/dev/null
refuses "state holds a run already" "${tiny[@]}" --checkpoint state
refuses "the checkpoint belongs to" "${tiny[@]}" --checkpoint state --resume --space proxylessnas --latency-table other.csv
refuses "the checkpoint belongs to" "${tiny[@]}" --checkpoint state --resume --seed 9
refuses "state/supernet.state: expected weights of this space's supernet" "${tiny[@]}" --distill state/supernet.state --space proxylessnas --latency-table other.csv
cp -r state damaged
head -c 2000 state/supernet.state >damaged/supernet.state
refuses "damaged/supernet.state" "${tiny[@]}" --checkpoint damaged --resume
