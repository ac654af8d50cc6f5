// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The tables of trial stores in databases, version by version, in SQL that SQLite and PostgreSQL both take.
///        A store of version n is brought up to date by sql_schema[n], [n + 1], ...: a new version is a new entry.
#pragma once

#include <array>
#include <string_view>

namespace hwnas {

/// What turns version i into version i + 1; 0 is an empty database.
inline constexpr std::array<std::string_view, 2> sql_schema{
    // 1: one reason a trial, no heartbeats.
    R"(CREATE TABLE hwnas_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
       CREATE TABLE hwnas_trials (
         id INTEGER PRIMARY KEY, architecture TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'queued',
         attempts INTEGER NOT NULL DEFAULT 0, max_attempts INTEGER NOT NULL, serial INTEGER NOT NULL DEFAULT 0,
         owner TEXT NOT NULL DEFAULT '', lease_until DOUBLE PRECISION NOT NULL DEFAULT 0,
         objective TEXT NOT NULL DEFAULT '', score DOUBLE PRECISION, metrics TEXT NOT NULL DEFAULT '{}', reason TEXT);
       CREATE INDEX hwnas_queued ON hwnas_trials (id) WHERE state = 'queued';)",
    // 2: every attempt's reason; signs of life; who proposed a trial; expired leases are found without a scan.
    R"(CREATE TABLE hwnas_failures (
         trial INTEGER NOT NULL, serial INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (trial, serial));
       INSERT INTO hwnas_failures SELECT id, serial, reason FROM hwnas_trials WHERE reason IS NOT NULL;
       ALTER TABLE hwnas_trials DROP COLUMN reason;
       ALTER TABLE hwnas_trials ADD COLUMN heartbeat DOUBLE PRECISION NOT NULL DEFAULT 0;
       ALTER TABLE hwnas_trials ADD COLUMN proposer TEXT NOT NULL DEFAULT '';
       CREATE INDEX hwnas_running ON hwnas_trials (lease_until) WHERE state = 'running';)"};

inline constexpr int sql_schema_version = static_cast<int>(sql_schema.size());

}  // namespace hwnas
