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
refuses "--mixed-precision needs --device cuda" --mixed-precision
refuses "'nan' is not greater than 0" --hard-constraint nan

refuses "reaches 1.269 M multiply-adds to 8.804 M multiply-adds" "${tiny[@]}" --applied-hardware flops --reference-latency 65
refuses "no network of the space proxylessnas costs 0 M multiply-adds to 1 M" "${tiny[@]}" --applied-hardware flops --hard-constraint 1
refuses "--filter 5: expected LO:HI" "${tiny[@]}" --filter 5
refuses "--filter a:3: expected LO:HI" "${tiny[@]}" --filter a:3
refuses "no network of the space" "${tiny[@]}" --applied-hardware flops --filter 3.9999:3.9999 --no-hard-constraint
refuses "--filter 4: allows no network below 4" "${tiny[@]}" --applied-hardware flops --reference-latency 3 --filter 4: --no-hard-constraint
refuses "mul#log takes logarithms of costs, which must all be above 1" "${tiny[@]}" --applied-hardware params --grad-reg-loss-type mul#log
refuses "no such device or file; there are libtorch-cpu, flops, params" "${tiny[@]}" --applied-hardware toaster
refuses "its data is not at hand" "${tiny[@]}" --applied-hardware cortexA76cpu_tflite21
refuses "its data is not at hand" "${tiny[@]}" --applied-hardware mobile
refuses "--dummy-input 1,3,224,224: the space proxylessnas takes 1,1,28,28" "${tiny[@]}" --dummy-input 1,3,224,224

refuses "mnist train: 100 images are fewer than one batch of 1000" "${tiny[@]}" --batch-size 1000
refuses "mnist train (validation part): 15 images are fewer than one batch of 20" "${tiny[@]}" --validation-images 15
cp -r data one && { head -c 8 data/train-labels-idx1-ubyte; head -c 160 /dev/zero; } >one/train-labels-idx1-ubyte
refuses "expected images of at least two classes to train on, found 1" "${tiny[@]}" --data mnist:one
refuses "takes (3, 32, 32) in 10 classes" "${tiny[@]}" --space proxylessnas-cifar
refuses "nowhere" "${tiny[@]}" --data nowhere
sed 's/^# space: .*/# space: 0123456789abcdef/' table.csv >space.csv
refuses "space.csv: latency table: measured for space 0123456789abcdef" "${tiny[@]}" --applied-hardware space.csv
head -c 900 table.csv >short.csv
refuses "short.csv" "${tiny[@]}" --applied-hardware short.csv
sed 's/latency_ms,minimum_ms/latency_us,minimum_us/' table.csv >unit.csv
refuses "expected the columns operator,count,latency_ms," "${tiny[@]}" --applied-hardware unit.csv
echo '{"format": "hwnas energy predictor 1"}' >unit.json
refuses "unit.json: expected \"format\": \"hwnas kernel predictor 2\"" "${tiny[@]}" --applied-hardware unit.json
refuses "--confidence needs a predictor that was calibrated" "${tiny[@]}" --confidence 0.9
sed 's/block1"/blockX"/' good.json >label.json
refuses "label.json: no decision is called \"blockX\"" "${tiny[@]}" --train-mode retrain --exported-arch-path label.json
refuses "--distill teaches in retraining" "${tiny[@]}" --train-mode search --distill supernet
refuses "--distill supernet needs a search" "${tiny[@]}" --train-mode retrain --exported-arch-path good.json --distill supernet
refuses "--distill-weight" "${tiny[@]}" --distill-weight 1
refuses "none.state: cannot be read" "${tiny[@]}" --distill none.state
refuses "good.json: expected a checkpoint, found another kind of file" "${tiny[@]}" --distill good.json

# A loss that is not finite stops the run where it is, and what it was is kept beside the checkpoint.
refuses "is not finite at step" "${tiny[@]}" --lr 1e30 --checkpoint diverged
grep -q "the state before that step is in diverged/search.state.failed" err.txt && [[ -s diverged/search.state.failed ]] ||
  fail "the state of a diverged run is not kept: $(cat err.txt)"

# Checkpoints of another space, another version, or damaged.
mkdir cifar
python3 - <<'PYTHON'
import random
random.seed(2)
record = lambda i: bytes([i % 10]) + bytes(random.randrange(256) for _ in range(3072))
for name, count in (("data_batch_1", 160), ("test_batch", 40)):
    open(f"cifar/{name}.bin", "wb").write(b"".join(record(i) for i in range(count)))
PYTHON
"$program" "${tiny[@]}" --train-mode search --checkpoint state --quiet >/dev/null
cifar=("${tiny[@]}" --data cifar10:cifar --space proxylessnas-cifar --latency-table cifar.csv)
refuses "state/search.state: the checkpoint belongs to 'search of space proxylessnas " "${cifar[@]}" --checkpoint state --resume
refuses "state/search.state: expected weights of this space's supernet or of a network of it" "${cifar[@]}" --distill state/search.state
cp -r state version && printf '\x09' | dd of=version/search.state bs=1 seek=8 conv=notrunc status=none
refuses "version/search.state: expected a checkpoint of version 1, found version 9" "${tiny[@]}" --checkpoint version --resume
refuses "version/search.state: expected a checkpoint of version 1, found version 9" "${tiny[@]}" --distill version/search.state
[[ ! -e never.json ]] || fail "something was written"
refuses "cannot write" "${tiny[@]}" --json nowhere/never.json
