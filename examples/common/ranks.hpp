// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A run in several processes ("ranks"; common/join.hpp): all train, rank 0 decides, writes and prints.
///        const std::string text = from_first(options.ranks, [&] { return read(path); });
#pragma once

#include <string>
#include <utility>

#include "hwnas/core/result.hpp"
#include "hwnas/train/ranks.hpp"
#include "hwnas/train/torch_error.hpp"

namespace programs {

namespace detail {
/// What rank 0's work came to, and whether it was stopped or failed: its text or its message.
[[nodiscard]] inline std::string in_words(const hwnas::Result<std::string>& done) {
  if (done) return "+" + *done;
  return (done.error().code == hwnas::Error::Code::interrupted ? "!" : "-") + done.error().message;
}
[[nodiscard]] inline hwnas::Error from_words(const std::string& words) {
  using Code = hwnas::Error::Code;
  return {words.front() == '!' ? Code::interrupted : Code::unavailable, "rank 0: " + words.substr(1)};
}
}  // namespace detail

/// The text that `work` makes on rank 0, on all ranks: all call this together, and none calls anything else of the ranks
/// meanwhile. Without ranks, that of this process.
///   Errors   throws what `work` throws, on the others with "rank 0: " before it
template <class Work> [[nodiscard]] std::string from_first(hwnas::Ranks* ranks, Work&& work) {
  if (ranks == nullptr) return work();
  const bool here = ranks->rank() == 0;
  hwnas::Result<std::string> done = std::string{};
  if (here) done = hwnas::guarded("hwnas", [&]() -> hwnas::Result<std::string> { return work(); });
  const std::string words = ranks->broadcast(here ? detail::in_words(done) : std::string{}, 0);
  if (!done) throw done.error();
  if (words.front() != '+') throw detail::from_words(words);
  return words.substr(1);
}

}  // namespace programs
