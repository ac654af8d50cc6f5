// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The laws of trial stores, for every model:
///          trial_store_laws<Space>([] { return MemoryStore<Space>{}; });      // each call gives an empty store
#pragma once

#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/core/rng.hpp"
#include "hwnas/experiment/trial_store.hpp"
#include "hwnas/search/random.hpp"

namespace laws {

inline constexpr hwnas::StoreSeconds long_lease{3600}, no_lease{0};

inline hwnas::Metrics accuracy(double value) { return {{{"accuracy", value}}}; }

template <class Space>
std::vector<hwnas::Architecture<Space>> some_architectures(std::size_t n, std::uint64_t seed = 1) {
  hwnas::Rng rng{seed};
  hwnas::Random<Space> random;
  std::vector<hwnas::Architecture<Space>> all;
  while (all.size() < n) all.push_back(*random.ask(rng));
  return all;
}

template <class Space>
void trials_come_back_as_they_went_in(auto make) {
  auto store = make();
  const auto proposed = some_architectures<Space>(5);
  EXPECT_TRUE(store.append(0, proposed, 3, {{"seed", "7"}, {"strategy", "a 'b' \"c\"\n"}}).value());
  EXPECT_EQ(store.counts().value(), (hwnas::TrialCounts{.queued = 5}));
  EXPECT_EQ(store.meta("strategy").value(), "a 'b' \"c\"\n");
  EXPECT_EQ(store.meta("nothing").value(), std::nullopt);
  EXPECT_TRUE(store.set_meta("seed", "8").has_value());
  EXPECT_EQ(store.meta("seed").value(), "8");
  const auto trials = store.trials(2).value();
  ASSERT_EQ(trials.size(), 3U);
  for (const auto& t : trials) EXPECT_EQ(t.architecture, proposed[t.id]);
  EXPECT_EQ(trials.front().id, 2U);
  EXPECT_EQ(trials.front().max_attempts, 3);
  EXPECT_EQ(hwnas::enqueue<Space>(store, proposed[0]).value(), 5U);
}

template <class Space>
void of_two_coordinators_one_is_refused(auto make) {
  auto store = make();
  const auto proposed = some_architectures<Space>(4);
  EXPECT_TRUE(store.append(0, std::span{proposed}.first(2), 1, {{"strategy", "first"}}).value());
  EXPECT_FALSE(store.append(0, std::span{proposed}.last(2), 1, {{"strategy", "second"}}).value());
  EXPECT_FALSE(store.append(3, std::span{proposed}.last(2), 1, {{"strategy", "second"}}).value());
  EXPECT_EQ(store.counts().value().queued, 2U);
  EXPECT_EQ(store.meta("strategy").value(), "first");
}

template <class Space>
void results_keep_every_bit(auto make) {
  auto store = make();
  ASSERT_TRUE(store.append(0, some_architectures<Space>(1), 1, {}).value());
  const auto trial = store.take("w", long_lease).value().value();
  constexpr double infinite = std::numeric_limits<double>::infinity();
  const hwnas::Metrics metrics{
      {{"top 1", 0.1 + 0.2}, {"tiny", 5e-324}, {"large", -1.7976931348623157e308}, {"none", std::nan("")},
       {"up", infinite}, {"down", -infinite}}, "top 1"};
  ASSERT_TRUE(store.record(trial.claim(), metrics).value());
  const auto back = store.trials(0).value().front();
  EXPECT_EQ(back.state, hwnas::TrialState::done);
  EXPECT_EQ(back.metrics.objective, "top 1");
  ASSERT_EQ(back.metrics.values.size(), metrics.values.size());
  for (const auto& [name, value] : metrics.values) {
    if (std::isnan(value)) EXPECT_TRUE(std::isnan(back.metrics.values.at(name)));
    else EXPECT_EQ(back.metrics.values.at(name), value) << name;
  }
}

template <class Space>
void a_trial_ends_once(auto make) {
  auto store = make();
  ASSERT_TRUE(store.append(0, some_architectures<Space>(2), 5, {}).value());
  // The first worker is late: its trial is taken again and finished by the second.
  const auto late = store.take("late", no_lease).value().value();
  (void)store.take("other", long_lease).value().value();  // trial 1: now nothing is queued
  const auto again = store.take("second", long_lease).value().value();
  EXPECT_EQ(again.id, late.id);
  EXPECT_EQ(again.attempts, 2);
  EXPECT_EQ(again.reasons, std::vector<std::string>{hwnas::expired_lease("late")});
  EXPECT_FALSE(store.heartbeat(late.claim(), long_lease).value());
  EXPECT_FALSE(store.fail(late.claim(), "too late").value());
  EXPECT_FALSE(store.give_back(late.claim()).value());
  EXPECT_TRUE(store.record(again.claim(), accuracy(0.5)).value());
  EXPECT_FALSE(store.record(late.claim(), accuracy(0.9)).value());
  EXPECT_FALSE(store.fail(again.claim(), "after the end").value());
  EXPECT_TRUE(store.record(again.claim(), accuracy(0.5)).value()) << "an answer that got lost is asked for again";
  const auto ended = store.trials(0).value().front();
  EXPECT_EQ(ended.metrics.score(), 0.5);
  EXPECT_EQ(ended.owner, "second");
}

template <class Space>
void a_late_result_that_nobody_else_has_counts(auto make) {
  auto store = make();
  ASSERT_TRUE(store.append(0, some_architectures<Space>(1), 5, {}).value());
  const auto late = store.take("late", no_lease).value().value();
  EXPECT_EQ(store.release_expired().value(), 1U);
  EXPECT_TRUE(store.record(late.claim(), accuracy(0.9)).value());
  EXPECT_EQ(store.take("second", long_lease).value(), std::nullopt);
  EXPECT_EQ(store.trials(0).value().front().owner, "late");
}

template <class Space>
void failures_are_tried_again_up_to_the_limit(auto make) {
  auto store = make();
  ASSERT_TRUE(store.append(0, some_architectures<Space>(1), 3, {}).value());
  EXPECT_TRUE(store.fail(store.take("a", long_lease).value()->claim(), "out of memory").value());
  EXPECT_TRUE(store.give_back(store.take("b", long_lease).value()->claim()).value());
  (void)store.take("c", no_lease).value();
  EXPECT_EQ(store.release_expired().value(), 1U);
  EXPECT_EQ(store.counts().value().queued, 1U);
  EXPECT_TRUE(store.fail(store.take("d", long_lease).value()->claim(), "it said \"no\"").value());
  const auto failed = store.trials(0).value().front();
  EXPECT_EQ(failed.state, hwnas::TrialState::failed);
  EXPECT_EQ(failed.attempts, 3);
  EXPECT_EQ(failed.reasons,
            (std::vector<std::string>{"out of memory", hwnas::expired_lease("c"), "it said \"no\""}));
  EXPECT_EQ(store.take("e", long_lease).value(), std::nullopt);
}

template <class Space>
void heartbeats_keep_a_lease(auto make) {
  auto store = make();
  ASSERT_TRUE(store.append(0, some_architectures<Space>(1), 2, {}).value());
  const auto trial = store.take("a", no_lease).value().value();
  EXPECT_TRUE(store.heartbeat(trial.claim(), long_lease).value());
  EXPECT_EQ(store.release_expired().value(), 0U);
  const auto now = store.trials(0).value().front();
  EXPECT_GE(now.heartbeat, trial.heartbeat);
  EXPECT_GT(now.lease_until, now.heartbeat + long_lease / 2);
}

template <class Space>
void the_best_come_first(auto make) {
  auto store = make();
  const std::vector<double> scores{0.3, 0.9, -2.0, 0.9, 0.5};
  ASSERT_TRUE(store.append(0, some_architectures<Space>(scores.size() + 1), 1, {}).value());
  for (const double score : scores) {
    ASSERT_TRUE(store.record(store.take("w", long_lease).value()->claim(), accuracy(score)).value());
  }
  std::vector<std::size_t> ids;
  for (const auto& t : store.best(4).value()) ids.push_back(t.id);
  EXPECT_EQ(ids, (std::vector<std::size_t>{1, 3, 4, 0}));
  EXPECT_EQ(store.best(100).value().size(), scores.size());
}

template <class Space>
void the_fullest_evaluations_come_first(auto make) {
  auto store = make();
  const std::vector<double> shares{0.25, 1, 0.25, 1}, scores{0.9, 0.4, 0.8, 0.5};
  const auto some = some_architectures<Space>(shares.size());
  for (std::size_t i = 0; i < shares.size(); ++i) {
    hwnas::StoreMeta meta;
    if (shares[i] < 1) meta[hwnas::share_key(i)] = "0.25";
    ASSERT_TRUE(store.append(i, std::span{&some[i], 1}, 1, meta).value());
    const auto trial = store.take("w", long_lease).value();
    EXPECT_EQ(trial->share, shares[i]);
    ASSERT_TRUE(store.record(trial->claim(), accuracy(scores[i])).value());
  }
  std::vector<std::size_t> ids;
  for (const auto& t : store.best(4).value()) ids.push_back(t.id);
  EXPECT_EQ(ids, (std::vector<std::size_t>{3, 1, 0, 2}));
  for (const auto& t : store.trials(0).value()) EXPECT_EQ(t.share, shares[t.id]);
}

template <class Space>
void trial_store_laws(auto make) {
  trials_come_back_as_they_went_in<Space>(make);
  of_two_coordinators_one_is_refused<Space>(make);
  results_keep_every_bit<Space>(make);
  a_trial_ends_once<Space>(make);
  a_late_result_that_nobody_else_has_counts<Space>(make);
  failures_are_tried_again_up_to_the_limit<Space>(make);
  heartbeats_keep_a_lease<Space>(make);
  the_best_come_first<Space>(make);
  the_fullest_evaluations_come_first<Space>(make);
}

}  // namespace laws
