// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What SqlStore needs of a database. Adding one: sqlite_store.hpp is the example.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "hwnas/core/result.hpp"

namespace hwnas {

using SqlValue = std::variant<std::int64_t, double, std::string>;
using SqlRow = std::vector<std::optional<std::string>>;  ///< cells as text; nullopt is NULL
using SqlRows = std::vector<SqlRow>;

/// How a store is opened.
struct StoreOptions {
  bool create = true;            ///< false: a store that is not there is an Error
  std::string space_name{};      ///< for messages; what tells spaces apart is their fingerprint
  std::chrono::duration<double> patience{30};  ///< how long a database that is away, locked or full is tried again
};

/// What an exception of the database's library means.
struct SqlFault {
  Error error;
  bool passes = false;  ///< worth another try: away, locked, no space left
};

/// One connection, opened by the first begin() and again after a fault. Operations throw what their library throws.
///   now, skip_locked, lock, tables    SQL: seconds since the epoch; the clause for rows others hold; what serialises
///                                     writers of several rows; a row if the tables are there
///   unflushed                         SQL behind RETURNING: this commit need not wait for the disk. A taking that a
///                                     power failure undoes is a trial that is taken again
///   begin(), commit(), rollback()     of a transaction that may write; rollback never throws
///   run(sql, values)                  one statement with $1, $2, ...; outside begin() it is a transaction of its own
///   script(sql)                       several statements without values
///   fault(exception), name()
template <class D>
concept SqlDatabase = requires(D& d, const D& c, const std::string& sql, const std::vector<SqlValue>& values,
                               const std::exception& exception) {
  { D::now } -> std::convertible_to<std::string_view>;
  { D::skip_locked } -> std::convertible_to<std::string_view>;
  { D::lock } -> std::convertible_to<std::string_view>;
  { D::tables } -> std::convertible_to<std::string_view>;
  { D::unflushed } -> std::convertible_to<std::string_view>;
  d.begin();
  d.commit();
  { d.rollback() } noexcept;
  { d.run(sql, values) } -> std::same_as<SqlRows>;
  d.script(sql);
  { d.fault(exception) } -> std::same_as<SqlFault>;
  { c.name() } -> std::convertible_to<std::string>;
};

}  // namespace hwnas
