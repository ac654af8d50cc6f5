# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# One line and exit 2 for a part that there is not; the exact answers run.
program=$1
status=0
"$program" speed >out 2>err || status=$?
[[ $status -eq 2 && $(wc -l <err) -eq 1 && ! -s out ]] || { echo "expected one line and exit status 2, got $status:"; cat out err; exit 1; }
grep -qF "usage: search" err
"$program" exact >out 2>err || { cat err; exit 1; }
grep -q "optimum under a latency and parameters" out
