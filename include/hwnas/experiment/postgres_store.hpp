// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  PostgresStore: the trials of an experiment on a PostgreSQL server, for any number of processes and hosts.
///        auto store = PostgresStore<Space>::open("postgresql://user@host/database").value();
///        Needs libpqxx. docs/guides/workers.md
#pragma once

#include <exception>
#include <memory>
#include <regex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <pqxx/pqxx>

#include "hwnas/experiment/sql_store.hpp"

namespace hwnas {

/// One connection; a server that restarts, or is not up yet, is connected to again. Commits are durable.
class PostgresDatabase {
 public:
  static constexpr std::string_view now = "extract(epoch FROM clock_timestamp())::float8";
  static constexpr std::string_view skip_locked = " FOR UPDATE SKIP LOCKED";
  static constexpr std::string_view lock = "SELECT pg_advisory_xact_lock(49627)";  // "hwnas" on a telephone
  static constexpr std::string_view unflushed = ", set_config('synchronous_commit', 'off', true)";
  static constexpr std::string_view tables = "SELECT 1 WHERE to_regclass('hwnas_meta') IS NOT NULL";

  /// A connection URI, postgresql://[user[:password]@][host][:port][/database][?name=value...].
  explicit PostgresDatabase(std::string url) : url_{std::move(url)} {}

  void begin() { transaction_ = std::make_unique<pqxx::work>(connect()); }
  void commit() {
    const auto ends = std::move(transaction_);
    ends->commit();
  }
  void rollback() noexcept {
    transaction_.reset();  // its destructor aborts, and throws nothing
    if (lost_) {
      quiet_.reset();
      connection_.reset();
    }
    lost_ = false;
  }

  SqlRows run(const std::string& sql, const std::vector<SqlValue>& values) {
    if (transaction_) return run_in(*transaction_, sql, values);
    pqxx::nontransaction alone{connect()};
    return run_in(alone, sql, values);
  }
  void script(const std::string& sql) {
    if (transaction_) transaction_->exec(sql);
    else pqxx::nontransaction{connect()}.exec(sql);
  }

  [[nodiscard]] SqlFault fault(const std::exception& exception) {
    const std::string text = exception.what();
    const std::string line = text.substr(0, text.find('\n'));
    const auto* failed = dynamic_cast<const pqxx::sql_error*>(&exception);
    const std::string state = failed == nullptr ? "" : failed->sqlstate();
    const auto says = [&](Error::Code code, std::string_view what) {
      return Error{code, fmt::format("{}: {} ({})", name(), what, line)};
    };
    // Classes of PostgreSQL's appendix A: 53 insufficient resources (a full disk, too many connections), 57P the server
    // shuts down or starts, 08 the connection.
    if (state.starts_with("53")) return {says(Error::Code::io, "the server has no room left"), true};
    lost_ = failed == nullptr;
    if (state.starts_with("57P") || state.starts_with("08")) {
      lost_ = true;
      return {says(Error::Code::unavailable, "the server is away"), true};
    }
    if (dynamic_cast<const pqxx::transaction_rollback*>(&exception) != nullptr) {  // deadlock, serialisation
      return {says(Error::Code::unavailable, "the server is busy"), true};
    }
    if (dynamic_cast<const pqxx::broken_connection*>(&exception) != nullptr ||
        dynamic_cast<const pqxx::in_doubt_error*>(&exception) != nullptr) {
      return {says(Error::Code::unavailable, "the server cannot be reached"), !never_connects(line)};
    }
    return {says(Error::Code::bad_format, "the server refuses"), false};
  }

  /// The URI without its password.
  [[nodiscard]] std::string name() const {
    static const std::regex in_user{"(://[^:@/]*):[^@/]*@"}, in_options{"(password=)[^&]*"};
    return std::regex_replace(std::regex_replace(url_, in_user, "$1@"), in_options, "$1...");
  }

 private:
  /// What no waiting mends: a wrong password, user, database or URI. The server tells them in words only.
  static bool never_connects(const std::string& line) {
    for (const char* words : {"authentication failed", "does not exist", "no pg_hba.conf entry", "no password supplied",
                              "invalid ", "missing \"=\"", "unexpected "}) {
      if (line.find(words) != std::string::npos) return true;
    }
    return false;
  }

  pqxx::connection& connect() {
    if (connection_) return *connection_;
    prepared_.clear();
    // A host that is gone answers nothing: without limits a connection waits for it for minutes.
    std::string url = url_;
    for (const char* limit : {"connect_timeout=5", "keepalives_idle=10", "keepalives_interval=5", "keepalives_count=3",
                              "tcp_user_timeout=25000"}) {
      const std::string_view key = std::string_view{limit}.substr(0, std::string_view{limit}.find('='));
      if (url.find(key) != std::string::npos) continue;
      url += url.find('?') == std::string::npos ? '?' : '&';
      url += limit;
    }
    auto connection = std::make_unique<pqxx::connection>(url);
    quiet_ = std::make_unique<pqxx::quiet_errorhandler>(*connection);
    connection_ = std::move(connection);
    return *connection_;
  }

  SqlRows run_in(pqxx::transaction_base& in, const std::string& sql, const std::vector<SqlValue>& values) {
    auto [found, is_new] = prepared_.try_emplace(sql, fmt::format("s{}", prepared_.size()));
    if (is_new) connect().prepare(found->second, sql);
    std::vector<std::string> texts;
    for (const SqlValue& value : values) {
      texts.push_back(std::visit([](const auto& v) { return fmt::format("{}", v); }, value));
    }
    const pqxx::result result = in.exec_prepared(found->second, pqxx::prepare::make_dynamic_params(texts));
    SqlRows rows;
    for (const auto& line : result) {
      SqlRow& row = rows.emplace_back();
      for (const auto& cell : line) {
        row.push_back(cell.is_null() ? std::nullopt : std::optional{std::string{cell.c_str(), cell.size()}});
      }
    }
    return rows;
  }

  std::string url_;
  bool lost_ = false;  // the connection must not be used again
  std::unique_ptr<pqxx::connection> connection_;
  std::unique_ptr<pqxx::quiet_errorhandler> quiet_;
  std::unique_ptr<pqxx::work> transaction_;  // gone before the connection
  std::unordered_map<std::string, std::string> prepared_;
};

/// A TrialStore on a PostgreSQL server, 9.5 or newer: tables hwnas_* of the first schema in the search path, so that
/// experiments are kept apart by databases or by schemas.
template <class Space>
class PostgresStore : public SqlStore<Space, PostgresDatabase> {
  using Base = SqlStore<Space, PostgresDatabase>;

 public:
  /// Errors: SqlStore::open.
  [[nodiscard]] static Result<PostgresStore> open(const std::string& url, const StoreOptions& options = {}) {
    auto base = Base::open(PostgresDatabase{url}, options);
    if (!base) return base.error();
    return PostgresStore{std::move(*base)};
  }

 private:
  explicit PostgresStore(Base base) : Base{std::move(base)} {}
};

}  // namespace hwnas
