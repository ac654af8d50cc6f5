// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  SqlStore: a TrialStore in a database that many processes share. Use it as SqliteStore or PostgresStore.
///        The statements are here; what differs between databases is behind sql_database.hpp.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>

#include "hwnas/experiment/metrics_json.hpp"
#include "hwnas/experiment/sql_database.hpp"
#include "hwnas/experiment/sql_schema.hpp"
#include "hwnas/experiment/trial_store.hpp"
#include "hwnas/space/fingerprint.hpp"
#include "hwnas/space/json.hpp"

namespace hwnas {
namespace detail {

inline std::int64_t sql_integer(const std::optional<std::string>& cell) { return cell ? std::stoll(*cell) : 0; }
inline StoreTime sql_time(const std::optional<std::string>& cell) {
  return StoreTime{StoreSeconds{cell ? std::stod(*cell) : 0.0}};
}

/// The columns of read_trial, in its order.
inline constexpr const char* trial_columns =
    "id, architecture, state, attempts, max_attempts, serial, owner, lease_until, heartbeat, objective, metrics, "
    "COALESCE((SELECT CAST(value AS DOUBLE PRECISION) FROM hwnas_meta WHERE key = 'share/' || hwnas_trials.id), 1) AS share";

/// Throws an Error for what no store of this space writes.
template <class Space>
Trial<Space> read_trial(const SqlRow& row) {
  const auto text = [&](std::size_t column) { return row[column].value_or(""); };
  const auto state = trial_state_of(text(2));
  if (!state) throw Error{Error::Code::bad_format, fmt::format("trial {} has the state \"{}\"", text(0), text(2))};
  Trial<Space> trial;
  trial.id = static_cast<std::size_t>(sql_integer(row[0]));
  const auto architecture = from_json<Space>(text(1));
  if (!architecture) {
    throw Error{architecture.error().code, fmt::format("trial {}: {}", text(0), architecture.error().message)};
  }
  trial.architecture = *architecture;
  trial.state = *state;
  trial.attempts = static_cast<int>(sql_integer(row[3]));
  trial.max_attempts = static_cast<int>(sql_integer(row[4]));
  trial.serial = sql_integer(row[5]);
  trial.owner = text(6);
  trial.lease_until = sql_time(row[7]);
  trial.heartbeat = sql_time(row[8]);
  if (*state == TrialState::done) {
    trial.metrics.objective = text(9);
    trial.metrics.values = metrics_of_json(text(10)).value();
  }
  trial.share = std::stod(text(11));
  return trial;
}

}  // namespace detail

/// A TrialStore over any SqlDatabase. A database that is away, locked or full is tried again until the patience of its
/// options is over: then the operation is an Error, nothing of it has happened, and the store can be used again.
template <class Space, SqlDatabase Database>
class SqlStore {
 public:
  using space = Space;

  /// Opens or creates the store, and brings an older schema up to date.
  ///   Errors  mismatch: of another space, or of a newer schema; not_found: no store where `create` is false;
  ///           bad_format: damaged, or something else; io, unavailable: cannot be reached, read or written
  [[nodiscard]] static Result<SqlStore> open(Database database, StoreOptions options = {}) {
    SqlStore store{std::move(database), std::move(options)};
    auto ready = store.prepare();
    if (!ready) return ready.error();
    return store;
  }

  Result<bool> append(std::size_t first, std::span<const Architecture<Space>> proposals, int max_attempts,
                      const StoreMeta& meta) {
    return transact([&] {
      if (!Database::lock.empty()) run(std::string{Database::lock});
      const auto held = detail::sql_integer(run("SELECT COALESCE(MAX(id) + 1, 0) FROM hwnas_trials")[0][0]);
      // The answer of a first try may have been lost with the connection.
      if (std::cmp_equal(held, first + proposals.size()) && proposed_here(first, proposals)) return true;
      if (!std::cmp_equal(held, first)) return false;
      for (std::size_t i = 0; i < proposals.size(); ++i) {
        run("INSERT INTO hwnas_trials (id, architecture, max_attempts, proposer) VALUES ($1, $2, $3, $4)",
            {number(first + i), to_json(proposals[i]), number(max_attempts), proposer_});
      }
      for (const auto& [key, value] : meta) keep_meta(key, value);
      return true;
    });
  }

  Result<std::optional<Trial<Space>>> take(const std::string& owner, StoreSeconds lease) {
    auto trial = take_queued(owner, lease);
    if (!trial || *trial) return trial;
    const auto released = release_expired();
    if (!released) return released.error();
    return *released > 0 ? take_queued(owner, lease) : trial;
  }

  Result<bool> heartbeat(const Claim& claim, StoreSeconds lease) {
    static const std::string sql =
        fmt::format("UPDATE hwnas_trials SET heartbeat = {0}, lease_until = {0} + $4 WHERE {1} RETURNING id{2}",
                    Database::now, held_, Database::unflushed);
    return one([&] { return !run(sql, of(claim, seconds(lease))).empty(); });
  }

  Result<bool> record(const Claim& claim, const Metrics& metrics) {
    return one([&] {
      if (!run("UPDATE hwnas_trials SET state = 'done', serial = $2, owner = $3, objective = $4, score = $5, "
               "metrics = $6 WHERE id = $1 AND state IN ('queued', 'running') RETURNING id",
               of(claim, metrics.objective, metrics.score(), metrics_json(metrics.values))).empty()) {
        return true;
      }
      return !run("SELECT id FROM hwnas_trials WHERE id = $1 AND serial = $2 AND owner = $3 AND state = 'done'",
                  of(claim)).empty();
    });
  }

  Result<bool> fail(const Claim& claim, const std::string& reason) {
    static const std::string sql =
        fmt::format("UPDATE hwnas_trials SET {} WHERE {} RETURNING id", retry_or_fail_, held_);
    return transact([&] {
      if (run(sql, of(claim)).empty()) return false;
      keep_reason(number(claim.trial), claim.serial, reason);
      return true;
    });
  }

  Result<bool> give_back(const Claim& claim) {
    static const std::string sql = fmt::format(
        "UPDATE hwnas_trials SET state = 'queued', attempts = attempts - 1 WHERE {} RETURNING id", held_);
    return one([&] { return !run(sql, of(claim)).empty(); });
  }

  Result<std::size_t> release_expired() {
    static const std::string expired =
        fmt::format("SELECT id FROM hwnas_trials WHERE state = 'running' AND lease_until <= {}", Database::now);
    static const std::string release =
        fmt::format("UPDATE hwnas_trials SET {} WHERE id IN ({} ORDER BY id{}) RETURNING id, serial, owner",
                    retry_or_fail_, expired, Database::skip_locked);
    // Mostly there is nothing to do, and looking needs no lock.
    const auto any = one([&] { return !run(expired + " LIMIT 1").empty(); });
    if (!any) return any.error();
    if (!*any) return std::size_t{0};
    return transact([&] {
      const SqlRows rows = run(release);
      for (const SqlRow& row : rows) {
        keep_reason(detail::sql_integer(row[0]), detail::sql_integer(row[1]), expired_lease(row[2].value_or("")));
      }
      return rows.size();
    });
  }

  Result<std::vector<Trial<Space>>> trials(std::size_t from = 0) {
    static const std::string sql =
        fmt::format("SELECT {} FROM hwnas_trials WHERE id >= $1 ORDER BY id", detail::trial_columns);
    return one([&] {
      std::vector<Trial<Space>> trials = read(run(sql, {number(from)}));
      for (SqlRow& row : run("SELECT trial, reason FROM hwnas_failures WHERE trial >= $1 ORDER BY trial, serial",
                             {number(from)})) {
        const auto at = static_cast<std::size_t>(detail::sql_integer(row[0])) - from;  // ids have no gaps
        if (at < trials.size()) trials[at].reasons.push_back(row[1].value_or(""));
      }
      return trials;
    });
  }

  Result<TrialCounts> counts() {
    return one([&] {
      TrialCounts counts;
      for (const SqlRow& row : run("SELECT state, COUNT(*) FROM hwnas_trials GROUP BY state")) {
        const auto n = static_cast<std::size_t>(detail::sql_integer(row[1]));
        if (row[0] == "queued") counts.queued = n;
        if (row[0] == "running") counts.running = n;
        if (row[0] == "done") counts.done = n;
        if (row[0] == "failed") counts.failed = n;
      }
      return counts;
    });
  }

  Result<std::vector<Trial<Space>>> best(std::size_t k = 1) {
    static const std::string sql = fmt::format(
        "SELECT {} FROM hwnas_trials WHERE state = 'done' ORDER BY share DESC, score DESC, id LIMIT $1", detail::trial_columns);
    return one([&] {
      std::vector<Trial<Space>> trials = read(run(sql, {number(k)}));
      for (Trial<Space>& trial : trials) trial.reasons = reasons_of(trial.id);
      return trials;
    });
  }

  Result<std::optional<std::string>> meta(const std::string& key) {
    return one([&] { return look_up(key); });
  }
  Result<void> set_meta(const std::string& key, const std::string& value) {
    const auto done = one([&] { return keep_meta(key, value), true; });
    return done ? Result<void>{} : Result<void>{done.error()};
  }

  /// The database's own check of its integrity, where it has one.
  Result<void> check() requires requires(Database& d) { d.check(); } {
    const auto found = one([&] { return database_.check().value(), true; });
    return found ? Result<void>{} : Result<void>{found.error()};
  }
  [[nodiscard]] std::string name() const { return database_.name(); }
  /// The connection itself, for statements of one's own while no other thread uses the store.
  [[nodiscard]] Database& database() { return database_; }

 private:
  SqlStore(Database database, StoreOptions options) : database_{std::move(database)}, options_{std::move(options)} {}

  // ---- opening ----------------------------------------------------------------------------------------------------
  static std::string space_id() { return fmt::format("{:016x}", fingerprint<Space>()); }

  Result<bool> prepare() {
    const auto current = one([&] { return schema_version() == sql_schema_version; });
    if (!current || *current) return current;
    return transact([&] {
      if (!Database::lock.empty()) run(std::string{Database::lock});
      const int version = schema_version();
      for (int v = version; v < sql_schema_version; ++v) {
        database_.script(std::string{sql_schema[static_cast<std::size_t>(v)]});
      }
      if (version == 0) {
        keep_meta("space", space_id());
        keep_meta("space_name", options_.space_name);
      }
      keep_meta("schema_version", std::to_string(sql_schema_version));
      return true;
    });
  }

  /// 0 for an empty database. Throws an Error for a store that this program must not touch.
  int schema_version() {
    if (run(std::string{Database::tables}).empty()) {
      if (options_.create) return 0;
      throw Error{Error::Code::not_found, "it holds no experiment yet: start the search first, with the same store"};
    }
    const std::string text = look_up("schema_version").value_or("");
    if (text.empty() || text.size() > 6 || text.find_first_not_of("0123456789") != std::string::npos) {
      throw Error{Error::Code::bad_format, fmt::format("its schema version is \"{}\": expected a number", text)};
    }
    const int version = std::stoi(text);
    if (version > sql_schema_version) {
      throw Error{Error::Code::mismatch, fmt::format("it has schema {}, and this program knows schemas up to {}: "
                                                     "use a newer hwnas", version, sql_schema_version)};
    }
    const std::string space = look_up("space").value_or("");
    if (space != space_id()) {
      throw Error{Error::Code::mismatch,
                  fmt::format("it holds trials of another search space ({} {}, this program searches {} {}): "
                              "choose another store", look_up("space_name").value_or(""), space, options_.space_name,
                              space_id())};
    }
    return version;
  }

  // ---- statements -------------------------------------------------------------------------------------------------
  static constexpr const char* held_ = "id = $1 AND serial = $2 AND owner = $3 AND state = 'running'";
  static constexpr const char* retry_or_fail_ =
      "state = CASE WHEN attempts >= max_attempts THEN 'failed' ELSE 'queued' END";

  static std::int64_t number(auto value) { return static_cast<std::int64_t>(value); }
  /// Years are for ever: an infinite lease has to stay a number that every database can add.
  static double seconds(StoreSeconds lease) { return std::min(lease.count(), 3e9); }
  template <class... More>
  static std::vector<SqlValue> of(const Claim& claim, More... more) {
    return {number(claim.trial), claim.serial, claim.owner, std::move(more)...};
  }
  SqlRows run(const std::string& sql, const std::vector<SqlValue>& values = {}) { return database_.run(sql, values); }

  Result<std::optional<Trial<Space>>> take_queued(const std::string& owner, StoreSeconds lease) {
    static const std::string sql = fmt::format(
        "UPDATE hwnas_trials SET state = 'running', attempts = attempts + 1, serial = serial + 1, owner = $1, "
        "heartbeat = {0}, lease_until = {0} + $2 WHERE id = (SELECT id FROM hwnas_trials WHERE state = 'queued' "
        "ORDER BY id LIMIT 1{1}) RETURNING {2}{3}", Database::now, Database::skip_locked, detail::trial_columns,
        Database::unflushed);
    return one([&]() -> std::optional<Trial<Space>> {
      const SqlRows rows = run(sql, {owner, seconds(lease)});
      if (rows.empty()) return std::nullopt;
      auto trial = detail::read_trial<Space>(rows[0]);
      if (trial.serial > 1) trial.reasons = reasons_of(trial.id);
      return trial;
    });
  }
  void keep_meta(const std::string& key, const std::string& value) {
    run("INSERT INTO hwnas_meta VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value", {key, value});
  }
  std::optional<std::string> look_up(const std::string& key) {
    const SqlRows rows = run("SELECT value FROM hwnas_meta WHERE key = $1", {key});
    return rows.empty() ? std::nullopt : rows[0][0];
  }
  void keep_reason(std::int64_t trial, std::int64_t serial, const std::string& reason) {
    run("INSERT INTO hwnas_failures VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", {trial, serial, reason});
  }
  std::vector<std::string> reasons_of(std::size_t trial) {
    std::vector<std::string> reasons;
    for (SqlRow& row : run("SELECT reason FROM hwnas_failures WHERE trial = $1 ORDER BY serial", {number(trial)})) {
      reasons.push_back(row[0].value_or(""));
    }
    return reasons;
  }
  static std::vector<Trial<Space>> read(const SqlRows& rows) {
    std::vector<Trial<Space>> trials;
    for (const SqlRow& row : rows) trials.push_back(detail::read_trial<Space>(row));
    return trials;
  }
  bool proposed_here(std::size_t first, std::span<const Architecture<Space>> proposals) {
    const SqlRows rows = run("SELECT architecture FROM hwnas_trials WHERE id >= $1 AND proposer = $2 ORDER BY id",
                             {number(first), proposer_});
    return !proposals.empty() && std::ranges::equal(rows, proposals, [](const SqlRow& row, const auto& a) {
      return row[0] == to_json(a);
    });
  }

  // ---- transactions -----------------------------------------------------------------------------------------------
  /// f's statements happen all or not at all.
  template <class F>
  auto transact(F f) -> Result<std::invoke_result_t<F>> {
    return patiently([&] {
      database_.begin();
      auto answer = f();
      database_.commit();
      return answer;
    });
  }
  /// f has one statement that writes, and needs no more than that.
  template <class F>
  auto one(F f) -> Result<std::invoke_result_t<F>> {
    return patiently(f);
  }

  template <class F>
  auto patiently(F f) -> Result<std::invoke_result_t<F>> {
    using Clock = std::chrono::steady_clock;
    const std::lock_guard lock{*mutex_};
    const auto begin = Clock::now();
    for (StoreSeconds pause{0.01};; pause = std::min(2 * pause, StoreSeconds{1})) {
      try {
        return f();
      } catch (const std::exception& exception) {
        const SqlFault fault = explain(exception);
        database_.rollback();
        if (!fault.passes) return fault.error;
        if (Clock::now() - begin + pause > options_.patience) {
          return Error{fault.error.code, fmt::format("{}; gave up after {:.3g} s", fault.error.message,
                                                     StoreSeconds{Clock::now() - begin}.count())};
        }
      }
      std::this_thread::sleep_for(pause);
    }
  }
  SqlFault explain(const std::exception& exception) {
    if (const auto* own = dynamic_cast<const Error*>(&exception)) {
      return {Error{own->code, fmt::format("{}: {}", database_.name(), own->message)}, false};
    }
    return database_.fault(exception);
  }

  Database database_;
  StoreOptions options_;
  // Tells this store's proposals from another coordinator's.
  std::string proposer_ =
      fmt::format("{:x}:{:x}", ::getpid(), std::chrono::system_clock::now().time_since_epoch().count());
  std::unique_ptr<std::mutex> mutex_ = std::make_unique<std::mutex>();
};

}  // namespace hwnas
