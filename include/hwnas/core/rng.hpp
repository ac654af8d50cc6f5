// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Rng: the one source of randomness, the same on every machine and in constant expressions.
///        Rng rng{7};  auto i = rng.below(10);  Rng worker = rng.split(3);
#pragma once

#include <array>
#include <cstdint>

#include "hwnas/core/u128.hpp"

namespace hwnas {

/// xoshiro256** 1.0 (Blackman and Vigna, 2018), seeded through splitmix64 as its authors advise.
///   Laws   equal seeds give equal sequences on every platform, at compile time and at run time
class Rng {
 public:
  using result_type = std::uint64_t;

  constexpr explicit Rng(std::uint64_t seed = 0) {
    for (auto& word : state_) word = mix(seed += 0x9e3779b97f4a7c15ULL);
  }

  [[nodiscard]] static constexpr result_type min() { return 0; }
  [[nodiscard]] static constexpr result_type max() { return ~result_type{0}; }

  constexpr result_type operator()() {
    const std::uint64_t result = rotate(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = rotate(state_[3], 45);
    return result;
  }

  /// Uniform integer in [0, bound), without bias; bound 0 is taken as 2^64.
  constexpr std::uint64_t below(std::uint64_t bound) {
    // Lemire 2019, "Fast random integer generation in an interval": multiply, and reject the short first stripe.
    if (bound == 0) return (*this)();
    for (;;) {
      const detail::uint128 product = static_cast<detail::uint128>((*this)()) * bound;
      if (static_cast<std::uint64_t>(product) >= (0 - bound) % bound) return static_cast<std::uint64_t>(product >> 64);
    }
  }

  /// Uniform integer in [0, bound) for 128-bit bounds; bound must not be 0.
  constexpr u128 below(u128 bound) {
    if (bound.high() == 0) return u128{below(bound.low())};
    std::uint64_t mask = ~std::uint64_t{0};
    while ((mask >> 1) >= bound.high()) mask >>= 1;
    for (;;) {  // accepted with probability above one half
      const std::uint64_t high = (*this)() & mask;
      const u128 value = u128::from_words(high, (*this)());
      if (value < bound) return value;
    }
  }

  /// Uniform double in [0, 1) with 53 random bits.
  constexpr double uniform() { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }

  /// An independent generator for a numbered stream (a worker, an epoch); does not advance this one.
  [[nodiscard]] constexpr Rng split(std::uint64_t stream) const {
    return Rng{mix(state_[0] ^ rotate(state_[2], 23)) ^ mix(stream + 0x632be59bd9b4e019ULL)};
  }

  /// The state, for checkpoints.
  [[nodiscard]] constexpr std::array<std::uint64_t, 4> state() const { return state_; }
  constexpr void set_state(const std::array<std::uint64_t, 4>& state) { state_ = state; }

  friend constexpr bool operator==(const Rng&, const Rng&) = default;

 private:
  static constexpr std::uint64_t rotate(std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
  static constexpr std::uint64_t mix(std::uint64_t z) {  // splitmix64's output function
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace hwnas
