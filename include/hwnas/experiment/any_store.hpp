// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  AnyStore: the store that a command line names. Needs SQLiteCpp and libpqxx.
///        auto store = AnyStore<Space>::open("trials.db" or "postgresql://host/database").value();
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "hwnas/experiment/postgres_store.hpp"
#include "hwnas/experiment/sqlite_store.hpp"

namespace hwnas {

/// Whether a store's name is the URI of a server, and not a file.
[[nodiscard]] inline bool is_server_url(std::string_view name) {
  return name.starts_with("postgresql://") || name.starts_with("postgres://");
}

/// A TrialStore: a SQLite file or a PostgreSQL server.
template <class Space>
class AnyStore {
 public:
  using space = Space;

  /// Errors: SqlStore::open; bad_value: a URI of something else
  [[nodiscard]] static Result<AnyStore> open(const std::string& name, const StoreOptions& options = {}) {
    if (is_server_url(name)) return wrap(PostgresStore<Space>::open(name, options));
    if (name.find("://") == std::string::npos) return wrap(SqliteStore<Space>::open(name, options));
    return Error{Error::Code::bad_value, fmt::format("{}: expected a file, or postgresql://host/database", name)};
  }

  Result<bool> append(std::size_t first, std::span<const Architecture<Space>> proposals, int max_attempts,
                      const StoreMeta& meta) {
    return ask([&](auto& store) { return store.append(first, proposals, max_attempts, meta); });
  }
  Result<std::optional<Trial<Space>>> take(const std::string& owner, StoreSeconds lease) {
    return ask([&](auto& store) { return store.take(owner, lease); });
  }
  Result<bool> heartbeat(const Claim& claim, StoreSeconds lease) {
    return ask([&](auto& store) { return store.heartbeat(claim, lease); });
  }
  Result<bool> record(const Claim& claim, const Metrics& metrics) {
    return ask([&](auto& store) { return store.record(claim, metrics); });
  }
  Result<bool> fail(const Claim& claim, const std::string& reason) {
    return ask([&](auto& store) { return store.fail(claim, reason); });
  }
  Result<bool> give_back(const Claim& claim) {
    return ask([&](auto& store) { return store.give_back(claim); });
  }
  Result<std::size_t> release_expired() {
    return ask([](auto& store) { return store.release_expired(); });
  }
  Result<std::vector<Trial<Space>>> trials(std::size_t from = 0) {
    return ask([&](auto& store) { return store.trials(from); });
  }
  Result<TrialCounts> counts() {
    return ask([](auto& store) { return store.counts(); });
  }
  Result<std::vector<Trial<Space>>> best(std::size_t k = 1) {
    return ask([&](auto& store) { return store.best(k); });
  }
  Result<std::optional<std::string>> meta(const std::string& key) {
    return ask([&](auto& store) { return store.meta(key); });
  }
  Result<void> set_meta(const std::string& key, const std::string& value) {
    return ask([&](auto& store) { return store.set_meta(key, value); });
  }
  /// For messages: without a password.
  [[nodiscard]] std::string name() const {
    return std::visit([](const auto& store) { return store.name(); }, store_);
  }

 private:
  using Variant = std::variant<SqliteStore<Space>, PostgresStore<Space>>;

  explicit AnyStore(Variant store) : store_{std::move(store)} {}
  template <class Store>
  static Result<AnyStore> wrap(Result<Store> store) {
    if (!store) return store.error();
    return AnyStore{Variant{std::move(*store)}};
  }
  template <class F>
  auto ask(F operation) {
    return std::visit(operation, store_);
  }

  Variant store_;
};

}  // namespace hwnas
