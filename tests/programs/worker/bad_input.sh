# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# Bad input: one clear line, exit 2, and the store is as it was.
source "$HWNAS_SOURCE_DIR/tests/programs/worker/support.bash" "$1"
space=$(space_hash)
good=(--command true --idle-seconds 0.1)

"$program" --help | grep -q -- --idle-seconds || fail "no help"
refuses "--store is required" --command true
refuses "--evaluator command needs --command" --store a.db
refuses "needs --accuracy" --store a.db --evaluator nasbench201
refuses "--lease-seconds" --store a.db "${good[@]}" --lease-seconds 0
refuses "a.db: there is no such file: start the search first" --store a.db "${good[@]}"
refuses "mysql://host/x: expected a file, or postgresql://host/database" --store mysql://host/x "${good[@]}"
[[ ! -e a.db ]] || fail "a store was made"

# Of another space: refused by its hash, with or without --space.
make_store other.db 0123456789abcdef 5
before=$(cksum <other.db)
refuses "other.db: it holds trials of another search space (nasbench201 0123456789abcdef" --store other.db --space nasbench201 "${good[@]}"
refuses "other.db: it holds trials of another search space" --store other.db "${good[@]}"
[[ $(query other.db "SELECT COUNT(*) FROM hwnas_trials WHERE state = 'queued'") == 5 ]] || fail "a trial was taken"

make_store newer.db "$space" 1
query newer.db "SELECT 1" >/dev/null
python3 -c 'import sqlite3; s = sqlite3.connect("newer.db"); s.execute("UPDATE hwnas_meta SET value = 99 WHERE key = '"'schema_version'"'"); s.commit()'
refuses "it has schema 99, and this program knows schemas up to" --store newer.db "${good[@]}"

# Damaged, or something else.
make_store whole.db "$space" 2000
head -c 20000 whole.db >part.db
refuses "part.db is damaged" --store part.db "${good[@]}"
head -c 20000 /dev/zero | tr '\0' x >text.db
refuses "text.db: is no SQLite database" --store text.db "${good[@]}"
refuses "cannot be" --store . "${good[@]}"

# A server that is away: tried again, with a limit. The password is not printed.
refuses "postgresql://me@127.0.0.1:1/x: the server cannot be reached" --store postgresql://me:secret@127.0.0.1:1/x "${good[@]}" --patience-seconds 0.3
grep -q "gave up after" err.txt || fail "$(cat err.txt)"
! grep -q secret err.txt || fail "the password is printed"

refuses "missing.csv" --store whole.db --evaluator nasbench201 --accuracy missing.csv --quiet
echo "bad input is told from good"
