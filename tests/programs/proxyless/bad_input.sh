# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# Bad input: one line that says what is wrong and what was expected, exit status 2, nothing half-written.
source "$(dirname "${BASH_SOURCE[0]}")/support.bash"
tiny_data data
"$program" "${tiny[@]}" --train-mode search --export good.json --quiet >/dev/null

refuses "--frobnicate" --frobnicate
refuses "strategy" --strategy spos
refuses "recipe" --recipe large
refuses "needs --exported-arch-path" --train-mode retrain
refuses "--warmup-epochs 3: expected at most the 2" --epochs 2 --warmup-epochs 3
refuses "'-1' is not greater than 0" --reference-latency -1
refuses "'nan' is not greater than 0" --hard-constraint nan

refuses "reaches 1.269 M multiply-adds to 8.804 M multiply-adds" "${tiny[@]}" --applied-hardware flops --reference-latency 65
refuses "no network of the space proxylessnas costs 0 M multiply-adds to 1 M" "${tiny[@]}" --applied-hardware flops --hard-constraint 1
refuses "--filter 5: expected LO:HI" "${tiny[@]}" --filter 5
refuses "--filter a:3: expected LO:HI" "${tiny[@]}" --filter a:3
refuses "no network of the space" "${tiny[@]}" --applied-hardware flops --filter 3.9999:3.9999 --no-hard-constraint
refuses "mul#log takes logarithms of costs, which must all be above 1" "${tiny[@]}" --applied-hardware params --grad-reg-loss-type mul#log
refuses "no such device or file; there are libtorch-cpu, flops, params" "${tiny[@]}" --applied-hardware toaster
refuses "its data is not at hand" "${tiny[@]}" --applied-hardware cortexA76cpu_tflite21
refuses "its data is not at hand" "${tiny[@]}" --applied-hardware mobile
refuses "--dummy-input 1,3,224,224: the space proxylessnas takes 1,1,28,28" "${tiny[@]}" --dummy-input 1,3,224,224

refuses "fewer than one batch" "${tiny[@]}" --batch-size 1000
refuses "takes (3, 32, 32) in 10 classes" "${tiny[@]}" --space proxylessnas-cifar
refuses "nowhere" "${tiny[@]}" --data nowhere
sed 's/^# space: .*/# space: 0123456789abcdef/' table.csv >space.csv
refuses "space.csv: latency table: measured for space 0123456789abcdef" "${tiny[@]}" --applied-hardware space.csv
head -c 900 table.csv >short.csv
refuses "short.csv" "${tiny[@]}" --applied-hardware short.csv
sed 's/block1"/blockX"/' good.json >label.json
refuses "label.json: no decision is called \"blockX\"" "${tiny[@]}" --train-mode retrain --exported-arch-path label.json
[[ ! -e never.json ]] || fail "something was written"
refuses "cannot write" "${tiny[@]}" --json nowhere/never.json
