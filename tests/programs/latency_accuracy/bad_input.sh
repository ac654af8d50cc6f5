# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# Bad input is one line and measures nothing.
source "$(dirname "${BASH_SOURCE[0]}")/../support.bash"

refuses "no device is called" --device toaster
refuses "--minutes" --minutes -1
refuses "--networks" --networks none
refuses "--cpus" --cpus -1
refuses "cannot be read" --rules nowhere.json
refuses "cannot write" --measurements nowhere/measurements.csv
printf 'not,measurements\n1,2\n' >measurements.csv
refuses "no file of measurements" --measurements measurements.csv
printf 'not,measurements\n1,2\n' >kept.csv.judged
refuses "kept.csv.judged:1: no file of measurements" --measurements kept.csv
echo "bad input is refused"
