// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What both databases are tested for. `open` gives a Result of a store, each time of the same database.
#pragma once

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "hwnas/experiment/sql_schema.hpp"
#include "hwnas/space/fingerprint.hpp"
#include "hwnas/space/json.hpp"
#include "laws/trial_store_laws.hpp"

namespace cases {

template <class Space>
void trials_outlive_the_store(auto open) {
  const auto proposed = laws::some_architectures<Space>(3);
  hwnas::Claim claim;
  {
    auto store = open().value();
    ASSERT_TRUE(store.append(0, proposed, 2, {{"seed", "7"}}).value());
    claim = store.take("w", laws::long_lease).value()->claim();
  }
  auto store = open().value();
  EXPECT_EQ(store.counts().value(), (hwnas::TrialCounts{.queued = 2, .running = 1}));
  EXPECT_TRUE(store.record(claim, laws::accuracy(0.25)).value());
  EXPECT_EQ(store.best(1).value().front().architecture, proposed[0]);
  EXPECT_EQ(store.meta("seed").value(), "7");
}

/// SQL that makes a store of schema 1: one trial done, one that failed once and is queued again.
template <class Space>
std::string first_schema() {
  const auto proposed = laws::some_architectures<Space>(2);
  return fmt::format(
      "{0} INSERT INTO hwnas_meta VALUES ('schema_version', '1'), ('space', '{1:016x}'), ('space_name', 'old');"
      "INSERT INTO hwnas_trials (id, architecture, state, attempts, max_attempts, serial, owner, objective, score, "
      "metrics, reason) VALUES (0, '{2}', 'done', 1, 3, 1, 'w', 'accuracy', 0.5, '{{\"accuracy\": 0.5}}', NULL), "
      "(1, '{3}', 'queued', 1, 3, 1, 'w', '', NULL, '{{}}', 'out of memory');",
      hwnas::sql_schema[0], hwnas::fingerprint<Space>(), to_json(proposed[0]), to_json(proposed[1]));
}

template <class Space>
void first_schema_is_migrated(auto open) {
  for (int again = 0; again < 2; ++again) {
    auto opened = open();
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened->meta("schema_version").value(), std::to_string(hwnas::sql_schema_version));
    const auto trials = opened->trials(0).value();
    ASSERT_EQ(trials.size(), 2U);
    EXPECT_EQ(trials[0].metrics.score(), 0.5);
    EXPECT_TRUE(trials[0].reasons.empty());
    EXPECT_EQ(trials[1].reasons, std::vector<std::string>{"out of memory"});
    EXPECT_EQ(trials[1].architecture, laws::some_architectures<Space>(2)[1]);
  }
  auto store = open().value();
  const auto trial = store.take("new", laws::long_lease).value().value();
  EXPECT_EQ(trial.id, 1U);
  EXPECT_EQ(trial.attempts, 2);
  EXPECT_TRUE(store.record(trial.claim(), laws::accuracy(0.75)).value());
}

}  // namespace cases
