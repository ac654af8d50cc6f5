// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Result<T>: a value, or an Error that says what is wrong and what was expected.
///        Result<int> choice = a.choice("b1");
///        if (!choice) fmt::print("{}\n", choice.error().message);
///        int index = a.choice("b1").value();      // throws the Error
#pragma once

#include <exception>
#include <string>
#include <utility>
#include <variant>

namespace hwnas {

/// What went wrong with data: a code for programs, one line for people.
struct Error : std::exception {
  /// bad_value: a value out of range; unknown_name: a label, column or flag nobody declared;
  /// bad_format: a file that is not what it should be; not_found, io: the file system; infeasible: constraints that
  /// nothing meets; mismatch: data of another space, machine or version; unavailable: the machine lacks it;
  /// interrupted: a person or a time limit stopped it.
  enum class Code {
    bad_value,
    unknown_name,
    bad_format,
    not_found,
    io,
    infeasible,
    mismatch,
    unavailable,
    interrupted
  };

  Code code = Code::bad_value;
  std::string message;

  Error(Code error_code, std::string text) : code{error_code}, message{std::move(text)} {}
  [[nodiscard]] const char* what() const noexcept override { return message.c_str(); }
};

/// A value or an Error. `value()` throws the Error, so a program's main catches one type.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_{std::in_place_index<0>, std::move(value)} {}        // NOLINT: implicit by design
  Result(Error error) : state_{std::in_place_index<1>, std::move(error)} {}    // NOLINT

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard]] T& value() & { return check(), std::get<0>(state_); }
  [[nodiscard]] const T& value() const& { return check(), std::get<0>(state_); }
  /// Of a temporary by value: `for (auto& x : f().value())` keeps what it walks over.
  [[nodiscard]] T value() && { return check(), std::get<0>(std::move(state_)); }
  [[nodiscard]] T value_or(T other) const& { return has_value() ? std::get<0>(state_) : std::move(other); }

  [[nodiscard]] T& operator*() & { return value(); }
  [[nodiscard]] const T& operator*() const& { return value(); }
  [[nodiscard]] T operator*() && { return std::move(*this).value(); }
  [[nodiscard]] T* operator->() { return &value(); }
  [[nodiscard]] const T* operator->() const { return &value(); }

  /// The error; only where has_value() is false.
  [[nodiscard]] const Error& error() const { return std::get<1>(state_); }

 private:
  void check() const {
    if (!has_value()) throw std::get<1>(state_);
  }
  std::variant<T, Error> state_;
};

/// Success or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : state_{std::move(error)} {}  // NOLINT: implicit by design

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }
  void value() const {
    if (!has_value()) throw std::get<1>(state_);
  }
  [[nodiscard]] const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<std::monostate, Error> state_;
};

}  // namespace hwnas
