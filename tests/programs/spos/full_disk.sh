# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# Disks that are full and folders that cannot be written: one line, exit status 2, and what was there stays.
source "$(dirname "${BASH_SOURCE[0]}")/support.bash"
tiny_data data
"$program" "${tiny[@]}" --no-retrain --quiet --json kept.json >/dev/null
cp kept.json before.json

# Known before anything is trained.
refuses "cannot write /proc/results.json" "${tiny[@]}" --json /proc/results.json
refuses "cannot write nowhere/page.html" "${tiny[@]}" --report nowhere/page.html
refuses "it is a folder" "${tiny[@]}" --json data
refuses "/proc/state" "${tiny[@]}" --checkpoint /proc/state
refuses "there is a file of that name" "${tiny[@]}" --checkpoint kept.json

# Known only at the end: the results are on the terminal then.
refuses "cannot write /dev/full: No space left on device" "${tiny[@]}" --no-retrain --json /dev/full
grep -q "test accuracy" out.txt || fail "the results were lost with the file"
refuses "cannot write /dev/full" "${tiny[@]}" --no-retrain --report /dev/full

# A limit on file sizes acts as a disk that fills up in the middle of the run.
status=0
(ulimit -f 64; exec "$program" "${tiny[@]}" --checkpoint state --json kept.json) >out.txt 2>err.txt || status=$?
[[ $status -eq 2 ]] || fail "a full disk ended with $status: $(cat err.txt)"
tail -n 1 err.txt | grep -q "cannot write state/" || fail "a full disk said: $(cat err.txt)"
cmp kept.json before.json || fail "a full disk changed an old file"
[[ -z $(find state -type f) ]] || fail "half-written files: $(find state)"
