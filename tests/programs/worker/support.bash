# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# What the tests of worker share.
source "$(dirname "${BASH_SOURCE[0]}")/../support.bash"
export TMPDIR=$PWD   # a worker that is killed leaves its command's file

# make_store FILE SPACE TRIALS [ATTEMPTS]: a store as a search leaves it, with the library's own tables. SPACE is the hash.
make_store() {
  python3 - "$@" <<'PYTHON'
import json, os, re, sqlite3, sys
file, space, trials, attempts = sys.argv[1], sys.argv[2], int(sys.argv[3]), int((sys.argv + ["1"])[4])
header = open(os.environ["HWNAS_SOURCE_DIR"] + "/include/hwnas/experiment/sql_schema.hpp").read()
steps = re.findall(r'R"\((.*?)\)"', header, re.S)
store = sqlite3.connect(file)
for step in steps:
    store.executescript(step)
meta = {"schema_version": len(steps), "space": space, "space_name": "nasbench201"}
store.executemany("INSERT INTO hwnas_meta VALUES (?, ?)", [(k, str(v)) for k, v in meta.items()])
edges = [f"cell/node{to}/from{source}" for to in (1, 2, 3) for source in range(to)]
for n in range(trials):
    cell = {edge: n // 5 ** i % 5 for i, edge in enumerate(edges)}
    store.execute("INSERT INTO hwnas_trials (id, architecture, max_attempts) VALUES (?, ?, ?)",
                  (n, json.dumps(cell), attempts))
store.commit()
PYTHON
}

# query FILE SQL
query() { python3 -c 'import sqlite3, sys; [print(*row, sep="|") for row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2])]' "$@"; }

# The hash of the space nasbench201 in this program: a store of another one makes it say so.
space_hash() {
  rm -f probe.db
  make_store probe.db 0123456789abcdef 0
  "$program" --store probe.db --space nasbench201 --command true 2>err.txt && fail "a store of another space was taken"
  sed -n 's/.*this program searches nasbench201 \([0-9a-f]*\)).*/\1/p' err.txt
}
