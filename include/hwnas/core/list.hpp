// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  List<T>: a growing array for work at compile time. Clang counts every statement that a constant expression runs:
///        a push_back costs std::vector about 70 and List 7, an element 5 and 3, so spaces of twice the size compile.
///        List<int> values{1, 2};  values.push_back(3);  values.remove_at(0);
#pragma once

#include <cstddef>
#include <initializer_list>

namespace hwnas {

/// A part of std::vector's interface, by the shortest way. Elements must be default-constructible and assignable.
template <class T>
class List {
 public:
  using value_type = T;

  constexpr List() = default;
  constexpr List(std::initializer_list<T> values) { append(values.begin(), values.size()); }
  constexpr List(std::size_t count, const T& value) { assign(count, value); }
  constexpr List(const List& other) { append(other.data_, other.size_); }
  constexpr List(List&& other) noexcept : data_{other.data_}, size_{other.size_}, capacity_{other.capacity_} {
    other.release();
  }
  constexpr List& operator=(const List& other) {
    if (this == &other) return *this;
    size_ = 0;
    append(other.data_, other.size_);
    return *this;
  }
  constexpr List& operator=(List&& other) noexcept {
    if (this == &other) return *this;
    delete[] data_;
    data_ = other.data_;
    size_ = other.size_;
    capacity_ = other.capacity_;
    other.release();
    return *this;
  }
  constexpr ~List() { delete[] data_; }

  [[nodiscard]] constexpr std::size_t size() const { return size_; }
  [[nodiscard]] constexpr bool empty() const { return size_ == 0; }
  [[nodiscard]] constexpr T* data() { return data_; }
  [[nodiscard]] constexpr const T* data() const { return data_; }
  [[nodiscard]] constexpr T* begin() { return data_; }
  [[nodiscard]] constexpr const T* begin() const { return data_; }
  [[nodiscard]] constexpr T* end() { return data_ + size_; }
  [[nodiscard]] constexpr const T* end() const { return data_ + size_; }
  /// Any integer: a function that casts it first would be two steps more.
  [[nodiscard]] constexpr T& operator[](auto i) { return data_[i]; }
  [[nodiscard]] constexpr const T& operator[](auto i) const { return data_[i]; }
  [[nodiscard]] constexpr T& front() { return data_[0]; }
  [[nodiscard]] constexpr const T& front() const { return data_[0]; }
  [[nodiscard]] constexpr T& back() { return data_[size_ - 1]; }
  [[nodiscard]] constexpr const T& back() const { return data_[size_ - 1]; }

  constexpr void push_back(const T& value) {
    if (size_ == capacity_) {
      T copy = value;  // the value may be one of the elements
      grow(size_ + 1);
      data_[size_++] = static_cast<T&&>(copy);
      return;
    }
    data_[size_++] = value;
  }
  constexpr void push_back(T&& value) {
    if (size_ == capacity_) {
      T taken = static_cast<T&&>(value);
      grow(size_ + 1);
      data_[size_++] = static_cast<T&&>(taken);
      return;
    }
    data_[size_++] = static_cast<T&&>(value);
  }
  /// Index of the new element.
  constexpr std::size_t add(const T& value) {
    if (size_ == capacity_) return push_back(value), size_ - 1;
    data_[size_] = value;
    return size_++;
  }
  constexpr void reserve(std::size_t count) {
    if (count > capacity_) grow(count);
  }
  constexpr void pop_back() { --size_; }
  constexpr void clear() { size_ = 0; }
  constexpr void truncate(std::size_t count) { size_ = count; }
  /// Elements of another array, not of this one.
  constexpr void append(const T* values, std::size_t count) {
    if (size_ + count > capacity_) grow(size_ + count);
    for (std::size_t i = 0; i < count; ++i) data_[size_ + i] = values[i];
    size_ += count;
  }
  constexpr void append(const auto& values) { append(values.data(), values.size()); }
  constexpr void assign(std::size_t count, const T& value) {
    const T copy = value;  // the value may be one of the elements
    size_ = 0;
    if (count > capacity_) grow(count);
    for (std::size_t i = 0; i < count; ++i) data_[i] = copy;
    size_ = count;
  }
  constexpr void resize(std::size_t count) {
    if (count > capacity_) grow(count);
    for (std::size_t i = size_; i < count; ++i) data_[i] = T{};
    size_ = count;
  }
  constexpr void insert_at(std::size_t place, const T& value) {
    push_back(value);
    T inserted = static_cast<T&&>(back());
    for (std::size_t i = size_ - 1; i > place; --i) data_[i] = static_cast<T&&>(data_[i - 1]);
    data_[place] = static_cast<T&&>(inserted);
  }
  constexpr void remove_at(std::size_t place) {
    for (std::size_t i = place + 1; i < size_; ++i) data_[i - 1] = static_cast<T&&>(data_[i]);
    --size_;
  }

  friend constexpr bool operator==(const List& a, const List& b) {
    if (a.size_ != b.size_) return false;
    for (std::size_t i = 0; i < a.size_; ++i) {
      if (!(a.data_[i] == b.data_[i])) return false;
    }
    return true;
  }

 protected:
  // What derives from it may read without a call.
  T* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;

 private:
  static constexpr std::size_t first_capacity = 4;

  constexpr void grow(std::size_t at_least) {
    std::size_t capacity = capacity_ == 0 ? first_capacity : 2 * capacity_;
    if (capacity < at_least) capacity = at_least;
    T* more = new T[capacity]{};
    for (std::size_t i = 0; i < size_; ++i) more[i] = static_cast<T&&>(data_[i]);
    delete[] data_;
    data_ = more;
    capacity_ = capacity;
  }
  constexpr void release() {
    data_ = nullptr;
    size_ = 0;
    capacity_ = 0;
  }
};

}  // namespace hwnas
