# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# A table of networks on two devices, one network asked for by name and as JSON; bad input is one clear line and exit 2.
source "$(dirname "${BASH_SOURCE[0]}")/../support.bash"
quick=(--rounds 1 --runs 1)

"$program" "${quick[@]}" --devices libtorch-cpu:1,torchscript-cpu:1 --networks 2 --out cells.csv 2>err
[[ $(wc -l <err) -eq 2 ]] || fail "expected a line a device: $(cat err)"
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

# Energy, from counters that rise by 5 mJ in every 10 ms.
mkdir -p counters/intel-rapl:0
echo 1000000000000 >counters/intel-rapl:0/max_energy_range_uj
echo 0 >counters/intel-rapl:0/energy_uj
(for ((spent = 5000; ; spent += 5000)); do
  echo $spent >next && mv next counters/intel-rapl:0/energy_uj
  sleep 0.01
done) &
counting=$!
trap 'kill $counting' EXIT
"$program" "${quick[@]}" --energy --powercap counters --arch "$cell" >energy
awk '{ exit !($1 > 0) }' energy || fail "no energy: $(cat energy)"
fails "energy: not available on this machine" --energy --powercap nowhere --out x.csv

fails "name either --out"
fails "name either --out" --out x.csv --arch "$cell"
fails "is no NAS-Bench-201 cell" --arch "|nothing~0|"
fails "choices with dashes between" --space small-proxylessnas --arch "1-2"
fails "expected {\"arch\": \"...\"}" --arch - </dev/null
fails "cannot run on processors 4095" --cpus 4095 --arch "$cell"
fails "a device is NAME:THREADS" --devices libtorch-cpu --arch "$cell"
fails "no device is called \"abacus\"" --devices abacus:1 --arch "$cell"
fails "no space is called \"nowhere\"" --space nowhere --arch "$cell"
[[ ! -e x.csv ]]
echo "networks are measured, and told from what is none"
