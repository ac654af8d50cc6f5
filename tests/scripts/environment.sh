# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# What scripts/run shares with the others changes nothing of the environment that a program is measured in: threads that sleep
# at every barrier had made training two and a half times slower than the same program started by hand.
scripts=$1
unset OMP_WAIT_POLICY
before=$(env | grep -E '^(OMP|GOMP|KMP|MKL)_' || true)
source "$scripts/common.bash"
after=$(env | grep -E '^(OMP|GOMP|KMP|MKL)_' || true)
[[ "$before" == "$after" ]] || { echo "scripts/common.bash sets $after"; exit 1; }
