// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The TrialStore concept: where an experiment's trials live, in memory or in a database that processes share.
///        store.append(0, proposals, 3, {{"strategy", strategy.save()}});      // the coordinator
///        auto trial = store.take("host7:4711", 60s);                          // a worker, until the queue is empty
///        store.record(trial->claim(), metrics);
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hwnas/core/result.hpp"
#include "hwnas/experiment/trial.hpp"

namespace hwnas {

/// Keeps trials. Everything is a Result: a store may be a server that is away. Each call happens whole or not at all,
/// from any number of threads, and where the store is shared, of processes and hosts.
///   append(first, architectures, max_attempts, meta)
///                          trials first, first + 1, ... are queued and `meta` is kept, in one step; false and nothing
///                          changed if the store does not hold exactly `first` trials: another coordinator was there
///   take(owner, lease)     the queued trial of lowest id, now running; if none is queued, expired leases are released
///   heartbeat(claim, lease)  the lease begins anew; false: the claim is no longer held
///   record(claim, metrics) the trial is done. The first result wins, also one that comes after its lease expired;
///                          false: the trial had ended otherwise, and nothing was recorded
///   fail(claim, reason)    the reason is kept, and the trial is queued again or, after max_attempts, has failed;
///                          false: the claim is no longer held
///   give_back(claim)       queued again without counting an attempt; false: the claim is no longer held
///   release_expired()      running trials whose lease is over are queued again or have failed; how many
///   trials(from)           those with id >= from, by id
///   counts()               by state
///   best(k)                at most k done trials, the fullest evaluations first, of these the highest objective; the
///                          lower id first of equals
///   meta(key), set_meta(key, value)
///   Laws                   a trial ends once, and stays as it ended; tests/laws/trial_store_laws.hpp
template <class S, class Space>
concept TrialStore = requires(S& s, std::size_t n, std::span<const Architecture<Space>> proposals, int attempts,
                              const StoreMeta& meta, const std::string& text, const Claim& claim, StoreSeconds lease,
                              const Metrics& metrics) {
  { s.append(n, proposals, attempts, meta) } -> std::same_as<Result<bool>>;
  { s.take(text, lease) } -> std::same_as<Result<std::optional<Trial<Space>>>>;
  { s.heartbeat(claim, lease) } -> std::same_as<Result<bool>>;
  { s.record(claim, metrics) } -> std::same_as<Result<bool>>;
  { s.fail(claim, text) } -> std::same_as<Result<bool>>;
  { s.give_back(claim) } -> std::same_as<Result<bool>>;
  { s.release_expired() } -> std::same_as<Result<std::size_t>>;
  { s.trials(n) } -> std::same_as<Result<std::vector<Trial<Space>>>>;
  { s.counts() } -> std::same_as<Result<TrialCounts>>;
  { s.best(n) } -> std::same_as<Result<std::vector<Trial<Space>>>>;
  { s.meta(text) } -> std::same_as<Result<std::optional<std::string>>>;
  { s.set_meta(text, text) } -> std::same_as<Result<void>>;
};

/// Queues one architecture as the next trial, whoever else adds trials meanwhile; its id.
template <class Space, TrialStore<Space> Store>
[[nodiscard]] Result<std::size_t> enqueue(Store& store, const Architecture<Space>& a, int max_attempts = 1) {
  for (;;) {
    const auto counts = store.counts();
    if (!counts) return counts.error();
    const auto added = store.append(counts->total(), std::span{&a, 1}, max_attempts, StoreMeta{});
    if (!added) return added.error();
    if (*added) return counts->total();
  }
}

/// What the reason of an expired lease says; the same in every store.
[[nodiscard]] inline std::string expired_lease(const std::string& owner) {
  return "the lease of " + owner + " expired without a result";
}

}  // namespace hwnas
