# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# What the tests of runs in several processes share. Sourced after support.bash.

# What a rank's line says when another one is gone.
lost="lost the others"

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# start_ranks OPTIONS...: two ranks on this machine, each in a folder of its own (rank0, rank1) and with a cache of its own, as on
# two machines. Rank 1 is given what stands in the array `other`, too. Their processes are in the array pids; what they print is in
# rankN/out.txt and rankN/err.txt.
other=()
start_ranks() {
  local port rank
  port=$(free_port)
  pids=()
  for rank in 0 1; do
    mkdir -p rank$rank
    (
      cd rank$rank
      [[ $rank -eq 0 ]] || set -- "$@" ${other[@]+"${other[@]}"}
      export RANK=$rank WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 MASTER_PORT=$port HOME=$PWD XDG_CACHE_HOME=$PWD/cache
      exec "$program" "$@" >out.txt 2>err.txt
    ) &
    pids+=($!)
  done
}

# end_ranks STATUS: both end with it.
end_ranks() {
  local rank status
  for rank in 0 1; do
    status=0
    wait "${pids[rank]}" || status=$?
    [[ $status -eq $1 ]] || fail "rank $rank ended with $status: $(cat rank0/err.txt rank1/err.txt)"
  done
}

# ranks_refuse TEXT OPTIONS...: both end with status 2 and one line that contains TEXT.
ranks_refuse() {
  local text=$1 rank
  shift
  start_ranks "$@" --quiet
  end_ranks 2
  for rank in 0 1; do
    [[ $(wc -l <rank$rank/err.txt) -eq 1 ]] || fail "rank $rank printed more than one line: $(cat rank$rank/err.txt)"
    grep -qF -- "$text" rank$rank/err.txt || fail "rank $rank did not say '$text' but: $(cat rank$rank/err.txt)"
  done
}

# ranks_end OPTIONS...: both end well, rank 1 in silence and without a file.
ranks_end() {
  start_ranks "$@"
  end_ranks 0
  [[ ! -s rank1/out.txt && ! -s rank1/err.txt ]] || fail "rank 1 printed: $(cat rank1/out.txt rank1/err.txt)"
  [[ $(find rank1 -type f | wc -l) -eq 2 ]] || fail "rank 1 wrote: $(find rank1 -type f)"
}
