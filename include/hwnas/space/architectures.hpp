// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  architectures<Space>: all architectures as a lazy range, for pipelines of range-v3 views.
///        for (const auto& a : architectures<Space> | ranges::views::filter(small) | ranges::views::take(10)) ...
#pragma once

#include <range/v3/iterator/default_sentinel.hpp>
#include <range/v3/view/facade.hpp>

#include "hwnas/space/counting.hpp"

namespace hwnas {

/// A forward range over a space, in the order of nth_architecture; an element is made when it is read. The space may be
/// larger than memory: nothing is kept.
template <class Space>
class ArchitecturesView : public ranges::view_facade<ArchitecturesView<Space>, ranges::unknown> {
  friend ranges::range_access;

  class cursor {
   public:
    [[nodiscard]] Architecture<Space> read() const { return nth_architecture<Space>(rank_); }
    void next() { rank_ += 1; }
    [[nodiscard]] bool equal(const cursor& other) const { return rank_ == other.rank_; }
    [[nodiscard]] bool equal(ranges::default_sentinel_t) const { return rank_ == space_size<Space>; }

   private:
    u128 rank_ = 0;
  };
  [[nodiscard]] cursor begin_cursor() const { return {}; }
};

template <class Space>
inline constexpr ArchitecturesView<Space> architectures{};

}  // namespace hwnas
