# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# Bad input: one line that says what is wrong and what was expected, exit status 2, nothing half-written.
source "$(dirname "${BASH_SOURCE[0]}")/support.bash"
make_tables

refuses "--frobnicate" --frobnicate
refuses "magic" "${table[@]}" --strategy magic
refuses "oracle" --evaluator oracle
refuses "imagenet" --space imagenet
refuses "is not greater than 0" "${table[@]}" --latency-threshold 0
refuses "is not greater than 0" "${table[@]}" --latency-threshold fast
refuses "is not between" "${table[@]}" --max-trials 0
refuses "--workers 0 needs --ahead" "${table[@]}" --workers 0
refuses "is not between" "${table[@]}" --workers -1
refuses "--ahead needs --store" "${table[@]}" --ahead 3
refuses "is not greater than 0" "${table[@]}" --max-seconds -1
refuses "--evaluator command needs --command" --evaluator command
refuses "--command needs --evaluator command" "${table[@]}" --command true
refuses "--evaluator nasbench201 needs --accuracy FILE" --evaluator nasbench201
refuses "--latency and --latency-column need each other" --evaluator nasbench201 --accuracy accuracy.csv --latency latency.csv
refuses "needs --space nasbench201" "${table[@]}" --space spos
refuses "--latency-threshold needs --latency FILE" --evaluator nasbench201 --accuracy accuracy.csv --latency-threshold 3

refuses "none.csv: cannot be read" "${table[@]}" --accuracy none.csv
refuses "there is no column 'tablet'; there are arch, phone, server" "${table[@]}" --latency-column tablet
refuses "there is no column 'cifar100'" "${table[@]}" --accuracy-column cifar100
sed '5s/$/x/' latency.csv >odd.csv
refuses "odd.csv:5: server" "${table[@]}" --latency odd.csv --latency-column server
sed '5p' latency.csv >twice.csv
refuses "twice.csv:6: " "${table[@]}" --latency twice.csv
sed '5s/none/nothing/' latency.csv >strange.csv
refuses "is no NAS-Bench-201 cell" "${table[@]}" --latency strange.csv
sed '5s/,[^,]*$//' latency.csv >short.csv
refuses "short.csv:5: expected 3 columns, found 2" "${table[@]}" --latency short.csv
refuses "no network has latency at most 0.5 ms; the least of the table is 2 ms" "${table[@]}" --latency-threshold 0.5

refuses "cannot write /proc/results.json" "${table[@]}" --json /proc/results.json
refuses "it is a folder" "${table[@]}" --export .
refuses "--resume: there is no store none.db" "${table[@]}" --store none.db --resume
refuses "--resume" "${table[@]}" --resume

# Stores: of something else, of another evaluation, of another space.
"$program" "${table[@]}" --max-trials 5 --store kept.db --quiet >/dev/null
cp kept.db before.db
refuses "kept.db: holds trials of" "${table[@]}" --store kept.db --latency-threshold 9
refuses "kept.db" --evaluator command --command true --space spos --store kept.db
echo "this is no database, though it is long enough to be looked at" >text.db
refuses "text.db" "${table[@]}" --store text.db
head -c 3000 kept.db >cut.db
refuses "cut.db" "${table[@]}" --store cut.db
cp kept.db again.db
"$program" "${table[@]}" --max-trials 5 --store again.db --quiet --json again.json >/dev/null || fail "the store was harmed"

# Of a newer schema; a server that is away: tried again, with a limit, and its password is not printed.
cp before.db newer.db
python3 -c 'import sqlite3; s = sqlite3.connect("newer.db"); s.execute("UPDATE hwnas_meta SET value = 99 WHERE key = '"'schema_version'"'"); s.commit()'
refuses "it has schema 99, and this program knows schemas up to" "${table[@]}" --store newer.db
refuses "postgresql://me@127.0.0.1:1/x: the server cannot be reached" "${table[@]}" \
  --store postgresql://me:secret@127.0.0.1:1/x --patience-seconds 0.3
! grep -q secret err.txt || fail "the password is printed"

# Budgets on a space that is measured: a table of another space, a budget that nothing meets.
refuses "none.csv" --evaluator command --command true --latency-threshold 1 --predictor none.csv
