// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  SqliteStore: the trials of an experiment in one file, for any number of processes of one machine.
///        auto store = SqliteStore<Space>::open("trials.db").value();
///        Needs SQLiteCpp. docs/guides/workers.md
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include "hwnas/experiment/sql_store.hpp"

namespace hwnas {

/// A SQLite file in WAL mode. Commits are not flushed one by one (synchronous = NORMAL): a process killed at any moment
/// loses nothing, a power failure may take back the last results, and their trials are evaluated again.
class SqliteDatabase {
 public:
  static constexpr std::string_view now = "((julianday('now') - 2440587.5) * 86400.0)";  // Julian day of 1970-01-01
  static constexpr std::string_view skip_locked = "";  // one writer at a time
  static constexpr std::string_view lock = "";
  static constexpr std::string_view unflushed = "";
  static constexpr std::string_view tables = "SELECT name FROM sqlite_master WHERE name = 'hwnas_meta'";

  explicit SqliteDatabase(std::filesystem::path path, const StoreOptions& options = {})
      : path_{std::move(path)}, create_{options.create}, patience_{std::make_unique<Patience>(options.patience)} {}

  void begin() { connect().exec("BEGIN IMMEDIATE"); }
  void commit() { connect().exec("COMMIT"); }
  void rollback() noexcept {
    if (!connection_ || sqlite3_get_autocommit(connection_->getHandle()) != 0) return;
    try {
      connection_->exec("ROLLBACK");
    } catch (const std::exception&) {
      statements_.clear();
      connection_.reset();  // closing rolls back
    }
  }

  SqlRows run(const std::string& sql, const std::vector<SqlValue>& values) {
    SQLite::Statement& statement = prepared(sql);
    const Reset reset{statement};
    for (std::size_t i = 0; i < values.size(); ++i) {
      std::visit([&](const auto& value) { statement.bind(static_cast<int>(i) + 1, value); }, values[i]);
    }
    SqlRows rows;
    while (statement.executeStep()) {
      SqlRow& row = rows.emplace_back();
      for (int c = 0; c < statement.getColumnCount(); ++c) row.push_back(cell(statement.getColumn(c)));
    }
    return rows;
  }
  void script(const std::string& sql) { connect().exec(sql); }

  [[nodiscard]] SqlFault fault(const std::exception& exception) const {
    const auto* failed = dynamic_cast<const SQLite::Exception*>(&exception);
    const int code = failed == nullptr ? SQLITE_ERROR : failed->getErrorCode() & 0xff;
    const auto says = [&](Error::Code kind, std::string_view what) {
      return Error{kind, fmt::format("{}: {}", name(), what)};
    };
    switch (code) {
      case SQLITE_BUSY:
      case SQLITE_LOCKED: return {says(Error::Code::unavailable, "another process keeps it locked"), true};
      case SQLITE_FULL: return {says(Error::Code::io, "cannot be written: no space left; free some"), true};
      case SQLITE_IOERR: return {says(Error::Code::io, "cannot be read or written: input/output error"), true};
      case SQLITE_NOTADB: return {says(Error::Code::bad_format, "is no SQLite database: choose another file"), false};
      case SQLITE_CORRUPT: return {damaged("the database is malformed"), false};
      case SQLITE_READONLY:
      case SQLITE_PERM: return {says(Error::Code::io, "cannot be written: choose a file that you may write to"), false};
      case SQLITE_CANTOPEN:
        return {says(Error::Code::io, "cannot be opened: its folder must exist and be writable"), false};
      default: return {says(Error::Code::bad_format, exception.what()), false};
    }
  }
  [[nodiscard]] std::string name() const { return path_.string(); }

  /// SQLite's own full check, page by page.
  ///   Errors  bad_format
  [[nodiscard]] Result<void> check() {
    const std::string found = connect().execAndGet("PRAGMA integrity_check(1)").getString();
    return found == "ok" ? Result<void>{} : Result<void>{damaged(found)};
  }

 private:
  using Patience = std::chrono::duration<double>;
  struct Reset {  // a statement that is not reset keeps its read transaction open
    SQLite::Statement& statement;
    ~Reset() { statement.tryReset(); }
  };

  [[nodiscard]] Error damaged(std::string_view what) const {
    return {Error::Code::bad_format,
            fmt::format("{} is damaged ({}): put back a copy, or save what is readable with: sqlite3 {} .recover",
                        name(), what, name())};
  }
  static std::optional<std::string> cell(const SQLite::Column& column) {
    return column.isNull() ? std::nullopt : std::optional{column.getString()};
  }

  SQLite::Statement& prepared(const std::string& sql) {
    SQLite::Database& connection = connect();
    const auto found = statements_.find(sql);
    if (found != statements_.end()) return *found->second;
    std::string numbered = sql;  // $1 is a name in SQLite, and ?1 the number
    std::ranges::replace(numbered, '$', '?');
    return *statements_.emplace(sql, std::make_unique<SQLite::Statement>(connection, numbered)).first->second;
  }

  SQLite::Database& connect() {
    if (connection_) return *connection_;
    const int flags = SQLite::OPEN_READWRITE | (create_ ? SQLite::OPEN_CREATE : 0);
    std::error_code ignored;
    if (!create_ && !std::filesystem::exists(path_, ignored)) {
      throw Error{Error::Code::not_found, "there is no such file: start the search first, with the same store"};
    }
    auto connection = std::make_unique<SQLite::Database>(path_.string(), flags);
    sqlite3_busy_handler(connection->getHandle(), &wait_a_little, patience_.get());
    const std::string found = connection->execAndGet("PRAGMA quick_check(1)").getString();
    if (found != "ok") throw SQLite::Exception("damaged", SQLITE_CORRUPT);
    if (connection->execAndGet("SELECT COUNT(*) FROM sqlite_master").getInt() > 0 &&
        connection->execAndGet("SELECT COUNT(*) FROM sqlite_master WHERE name = 'hwnas_meta'").getInt() == 0) {
      throw Error{Error::Code::bad_format, "it is a SQLite database of something else: choose another file"};
    }
    connection->exec("PRAGMA journal_mode = WAL");
    connection->exec("PRAGMA synchronous = NORMAL");
    connection_ = std::move(connection);
    return *connection_;
  }

  /// SQLite's own waiting grows to 0.1 s, which with many writers is most of the time.
  static int wait_a_little(void* patience, int tries) {
    const std::chrono::microseconds pause{std::min(200 * (1 + tries), 5000)};
    if (tries * Patience{pause} > *static_cast<const Patience*>(patience)) return 0;
    std::this_thread::sleep_for(pause);
    return 1;
  }

  std::filesystem::path path_;
  bool create_;
  std::unique_ptr<Patience> patience_;  // SQLite keeps its address, also when this is moved
  std::unique_ptr<SQLite::Database> connection_;
  std::unordered_map<std::string, std::unique_ptr<SQLite::Statement>> statements_;  // gone before the connection
};

/// A TrialStore in a SQLite file. The file must lie on a disk of this machine: WAL needs shared memory.
template <class Space>
class SqliteStore : public SqlStore<Space, SqliteDatabase> {
  using Base = SqlStore<Space, SqliteDatabase>;

 public:
  /// Errors: SqlStore::open.
  [[nodiscard]] static Result<SqliteStore> open(const std::filesystem::path& path, const StoreOptions& options = {}) {
    auto base = Base::open(SqliteDatabase{path, options}, options);
    if (!base) return base.error();
    return SqliteStore{std::move(*base)};
  }

 private:
  explicit SqliteStore(Base base) : Base{std::move(base)} {}
};

}  // namespace hwnas
