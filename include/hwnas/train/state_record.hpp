// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  StateRecord: named values in a versioned, checksummed file that is written whole or not at all. No torch
/// here.
///        StateRecord state;  state.put("epoch", std::int64_t{3});  save_state(state, "run.ckpt");
///        auto loaded = load_state("run.ckpt");  loaded->get<std::int64_t>("epoch").value();
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <zlib.h>

#include "hwnas/core/atomic_file.hpp"
#include "hwnas/core/result.hpp"
#include "hwnas/train/file_bytes.hpp"

namespace hwnas {

/// An array of numbers as bytes: a tensor without torch.
struct StateArray {
  std::int64_t type = 0;  ///< whose meaning is the writer's (torch::ScalarType for tensors)
  std::vector<std::int64_t> sizes{};
  std::string bytes{};
  friend bool operator==(const StateArray&, const StateArray&) = default;
};

/// Named values, in the order of their names, so that equal states are equal files.
class StateRecord {
 public:
  using Value = std::variant<std::int64_t, double, std::string, StateArray>;

  void put(std::string name, Value value) { values_.insert_or_assign(std::move(name), std::move(value)); }
  [[nodiscard]] bool contains(const std::string& name) const { return values_.contains(name); }
  /// Where the record came from, for messages.
  [[nodiscard]] const std::string& source() const { return source_; }
  void set_source(std::string source) { source_ = std::move(source); }
  [[nodiscard]] const std::map<std::string, Value>& values() const { return values_; }

  /// A value by name; mismatch where there is none or it is of another type.
  template <class Type> [[nodiscard]] Result<Type> get(const std::string& name) const {
    const auto found = values_.find(name);
    if (found == values_.end())
      return Error{Error::Code::mismatch, fmt::format("{}: expected '{}', found nothing of that name", source_, name)};
    if (const auto* value = std::get_if<Type>(&found->second)) return *value;
    return Error{Error::Code::mismatch, fmt::format("{}: '{}' is of another type than expected", source_, name)};
  }

 private:
  std::map<std::string, Value> values_;
  std::string source_ = "state";
};

inline constexpr std::string_view state_magic = "HWNASCKP";
inline constexpr std::uint32_t state_version = 1;

namespace detail {
static_assert(std::endian::native == std::endian::little,
              "hwnas: state files are little-endian; this machine needs a conversion");

/// What stands before the payload.
struct StateHead {
  std::uint32_t version = state_version;
  std::uint32_t checksum = 0;  // CRC-32 of the payload
  std::uint64_t length = 0;    // of the payload
};

class StateWriter {
 public:
  template <class Number> void number(Number value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void text(std::string_view value) {
    number(static_cast<std::uint64_t>(value.size()));
    bytes_.append(value);
  }
  void value(const StateRecord::Value& any) {
    number(static_cast<std::uint8_t>(any.index()));
    if (const auto* integer = std::get_if<std::int64_t>(&any)) number(*integer);
    if (const auto* real = std::get_if<double>(&any)) number(*real);
    if (const auto* words = std::get_if<std::string>(&any)) text(*words);
    if (const auto* array = std::get_if<StateArray>(&any)) {
      number(array->type);
      number(static_cast<std::uint64_t>(array->sizes.size()));
      for (const std::int64_t size : array->sizes) number(size);
      text(array->bytes);
    }
  }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads what StateWriter wrote; past the end it throws, which load_state catches. The checksum has been compared
/// before, so this only fires on a file that someone made on purpose.
class StateReader {
 public:
  explicit StateReader(std::string_view bytes) : bytes_{bytes} {}
  [[nodiscard]] bool at_end() const { return bytes_.empty(); }
  template <class Number> Number number() {
    Number value{};
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string text() { return std::string{take(number<std::uint64_t>())}; }
  StateRecord::Value value() {
    switch (number<std::uint8_t>()) {
      case 0:
        return number<std::int64_t>();
      case 1:
        return number<double>();
      case 2:
        return text();
      case 3:
        return array();
      default:
        throw Error{Error::Code::bad_format, "a value of unknown kind"};
    }
  }

 private:
  std::string_view take(std::uint64_t count) {
    if (count > bytes_.size()) throw Error{Error::Code::bad_format, "a value that ends after the file"};
    const std::string_view part = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return part;
  }
  StateArray array() {
    StateArray result{.type = number<std::int64_t>()};
    const auto dimensions = number<std::uint64_t>();
    for (std::uint64_t i = 0; i < dimensions; ++i) result.sizes.push_back(number<std::int64_t>());
    result.bytes = text();
    return result;
  }
  std::string_view bytes_;
};
}  // namespace detail

/// The file's bytes: magic, version, checksum, length, then name and value of each entry.
[[nodiscard]] inline std::string encode_state(const StateRecord& state) {
  detail::StateWriter payload;
  for (const auto& [name, value] : state.values()) {
    payload.text(name);
    payload.value(value);
  }
  const std::string body = payload.take();
  const auto sum = crc32_z(0, reinterpret_cast<const Bytef*>(body.data()), body.size());
  detail::StateWriter head;
  head.number(state_version);
  head.number(static_cast<std::uint32_t>(sum));
  head.number(static_cast<std::uint64_t>(body.size()));
  return std::string{state_magic} + head.take() + body;
}

/// Reads those bytes; `source` begins each message.
///   Errors   bad_format for another kind of file, a cut-off or a damaged one; mismatch for another version
[[nodiscard]] inline Result<StateRecord> decode_state(std::string_view bytes, const std::string& source) {
  const auto bad = [&](const std::string& text) { return Error{Error::Code::bad_format, source + ": " + text}; };
  constexpr std::size_t head_size = 8 + 4 + 4 + 8;
  const std::string_view magic = bytes.substr(0, state_magic.size());
  if (magic != state_magic.substr(0, magic.size()) || bytes.empty())
    return bad("expected a checkpoint, found another kind of file");
  if (bytes.size() < head_size)
    return bad(fmt::format("cut off: expected a head of {} bytes, found {}", head_size, bytes.size()));
  detail::StateReader head{bytes.substr(state_magic.size())};
  const auto version = head.number<std::uint32_t>();
  if (version != state_version) {
    return Error{Error::Code::mismatch, fmt::format("{}: expected a checkpoint of version {}, found version {}", source,
                                                    state_version, version)};
  }
  const auto checksum = head.number<std::uint32_t>();
  const auto length = head.number<std::uint64_t>();
  const std::string_view body = bytes.substr(head_size);
  if (body.size() != length)
    return bad(fmt::format("cut off: expected {} bytes after the head, found {}", length, body.size()));
  if (crc32_z(0, reinterpret_cast<const Bytef*>(body.data()), body.size()) != checksum)
    return bad("damaged: its checksum does not fit");
  try {
    StateRecord state;
    state.set_source(source);
    for (detail::StateReader reader{body}; !reader.at_end();) {
      std::string name = reader.text();
      state.put(std::move(name), reader.value());
    }
    return state;
  } catch (const Error& error) {
    return bad(error.message);
  }
}

/// Writes the record so that a crash leaves the old file or the new one.
[[nodiscard]] inline Result<void> save_state(const StateRecord& state, const std::filesystem::path& path) {
  return write_file_atomically(path, encode_state(state));
}

/// Reads a record back.
[[nodiscard]] inline Result<StateRecord> load_state(const std::filesystem::path& path) {
  auto bytes = read_file_bytes(path);
  if (!bytes) return bytes.error();
  return decode_state({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, path.string());
}

}  // namespace hwnas
