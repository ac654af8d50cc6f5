# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# What people type wrong: exit 2, one line that says what is right, and nothing installed or built. $1: the folder scripts/.
scripts=$1

refuses() { # what the line must hold, then the command
  local expected=$1 status=0
  shift
  "$@" >out 2>err || status=$?
  [[ $status -eq 2 ]] || { echo "expected exit status 2, got $status for: $*"; cat out err; exit 1; }
  [[ ! -s out && $(wc -l <err) -eq 1 ]] || { echo "expected one line on standard error:"; cat out err; exit 1; }
  grep -qF -- "$expected" err || { echo "expected '$expected' in:"; cat err; exit 1; }
}

refuses "unknown option '--fast'; usage: scripts/test [--quick|--all]" "$scripts/test" --fast
refuses "too many arguments; usage: scripts/test [--quick|--all]" "$scripts/test" --quick --quick
refuses "unknown option '--all'; usage: scripts/setup [--check|--onnxruntime]" "$scripts/setup" --all
refuses "there is no program 'spso'; there are:" "$scripts/run" spso
grep -qw spos err

# Without a name, the list of what can be run: programs and benchmarks, not what they share.
status=0
"$scripts/run" >list || status=$?
[[ $status -eq 2 ]]
"$scripts/run" --help | diff - list
for name in 01_space spos proxyless multi_trial worker regret compile_time; do grep -qx "  $name" list; done
for name in common catalogue prices devices evaluation_text; do ! grep -qx "  $name" list; done

# From any folder.
"$scripts/test" --help | grep -qF "scripts/test [--quick|--all]"
