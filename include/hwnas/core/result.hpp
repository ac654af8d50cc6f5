// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Result<T>: a value, or an Error that says what is wrong and what was expected.
///        Result<int> choice = a.choice("b1");
///        if (!choice) fmt::print("{}\n", choice.error().message);
///        int index = a.choice("b1").value();      // throws the Error
#pragma once

#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

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

namespace detail {

/// An Error or none, usable in constant expressions as long as it is none: Error itself is not, for std::exception has no
/// constexpr destructor in C++20.
class HeldError {
 public:
  constexpr HeldError() = default;
  explicit HeldError(Error error) : error_{new Error{std::move(error)}} {}
  constexpr HeldError(const HeldError& other) : error_{other.error_ == nullptr ? nullptr : new Error{*other.error_}} {}
  constexpr HeldError(HeldError&& other) noexcept : error_{std::exchange(other.error_, nullptr)} {}
  constexpr HeldError& operator=(HeldError other) noexcept {
    std::swap(error_, other.error_);
    return *this;
  }
  constexpr ~HeldError() { delete error_; }

  [[nodiscard]] constexpr bool empty() const noexcept { return error_ == nullptr; }
  [[nodiscard]] constexpr const Error& get() const {
    if (error_ == nullptr) throw std::logic_error{"hwnas: a Result that has a value has no error"};
    return *error_;
  }
  constexpr void throw_if_held() const {
    if (error_ != nullptr) throw Error{*error_};
  }

 private:
  Error* error_ = nullptr;
};

}  // namespace detail

/// A value or an Error. `value()` throws the Error, so a program's main catches one type.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  constexpr Result(T value) : value_{std::move(value)} {}    // NOLINT: implicit by design
  Result(Error error) : error_{std::move(error)} {}          // NOLINT

  [[nodiscard]] constexpr bool has_value() const noexcept { return error_.empty(); }
  explicit constexpr operator bool() const noexcept { return has_value(); }

  [[nodiscard]] constexpr T& value() & { return error_.throw_if_held(), *value_; }
  [[nodiscard]] constexpr const T& value() const& { return error_.throw_if_held(), *value_; }
  /// Of a temporary by value: `for (auto& x : f().value())` keeps what it walks over.
  [[nodiscard]] constexpr T value() && { return error_.throw_if_held(), *std::move(value_); }
  [[nodiscard]] constexpr T value_or(T other) const& { return has_value() ? *value_ : std::move(other); }

  [[nodiscard]] constexpr T& operator*() & { return value(); }
  [[nodiscard]] constexpr const T& operator*() const& { return value(); }
  [[nodiscard]] constexpr T operator*() && { return std::move(*this).value(); }
  [[nodiscard]] constexpr T* operator->() { return &value(); }
  [[nodiscard]] constexpr const T* operator->() const { return &value(); }

  /// The error; throws std::logic_error where there is a value.
  [[nodiscard]] constexpr const Error& error() const { return error_.get(); }

 private:
  std::optional<T> value_;
  detail::HeldError error_;
};

/// Success or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  constexpr Result() = default;
  Result(Error error) : error_{std::move(error)} {}  // NOLINT: implicit by design

  [[nodiscard]] constexpr bool has_value() const noexcept { return error_.empty(); }
  explicit constexpr operator bool() const noexcept { return has_value(); }
  constexpr void value() const { error_.throw_if_held(); }
  [[nodiscard]] constexpr const Error& error() const { return error_.get(); }

 private:
  detail::HeldError error_;
};

}  // namespace hwnas
