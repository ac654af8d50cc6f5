// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Shared<T>: an object that its copies share and never change, also in constant expressions, where
///        std::shared_ptr cannot be used before C++26.
///        const auto table = Shared<Table>::make(argument);  auto same = table;  table->look_up();
#pragma once

#include <atomic>
#include <type_traits>
#include <utility>

namespace hwnas {

/// Owns nothing (the default) or a constant T, which goes with its last owner.
///   Threads   as std::shared_ptr: copies of one object may be made and dropped by several threads at once
template <class T>
class Shared {
 public:
  constexpr Shared() = default;
  template <class... Args>
  [[nodiscard]] static constexpr Shared make(Args&&... args) {
    Shared made;
    made.held_ = new Held{T(std::forward<Args>(args)...)};
    return made;
  }
  constexpr Shared(const Shared& other) noexcept : held_{other.held_} {
    if (held_ != nullptr) add(1);
  }
  constexpr Shared(Shared&& other) noexcept : held_{std::exchange(other.held_, nullptr)} {}
  constexpr Shared& operator=(Shared other) noexcept {
    std::swap(held_, other.held_);
    return *this;
  }
  constexpr ~Shared() {
    if (held_ != nullptr && add(-1) == 0) delete held_;
  }

  [[nodiscard]] constexpr const T& operator*() const noexcept { return held_->object; }
  [[nodiscard]] constexpr const T* operator->() const noexcept { return &held_->object; }
  [[nodiscard]] explicit constexpr operator bool() const noexcept { return held_ != nullptr; }

 private:
  struct Held {
    const T object;
    int owners = 1;
  };

  // How many owners there are afterwards.
  constexpr int add(int owners) const noexcept {
    if (std::is_constant_evaluated()) return held_->owners += owners;
    return std::atomic_ref{held_->owners}.fetch_add(owners, std::memory_order_acq_rel) + owners;
  }

  Held* held_ = nullptr;
};

}  // namespace hwnas
