// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Shape: channels, height and width of one image's tensor (no batch dimension).
///        Input<Space, Shape{3, 224, 224}>
#pragma once

#include <compare>
#include <cstdint>

#include <fmt/format.h>

namespace hwnas {

/// Shape of an activation tensor, (C, H, W). A flattened tensor has h = w = 1.
struct Shape {
  int c = 0;
  int h = 1;
  int w = 1;

  [[nodiscard]] constexpr std::int64_t elements() const { return std::int64_t{c} * h * w; }
  friend constexpr bool operator==(const Shape&, const Shape&) = default;
  friend constexpr auto operator<=>(const Shape&, const Shape&) = default;
};

}  // namespace hwnas

/// Prints a shape as papers do: (3, 224, 224).
template <>
struct fmt::formatter<hwnas::Shape> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  template <class Context>
  auto format(const hwnas::Shape& shape, Context& context) const {
    return fmt::format_to(context.out(), "({}, {}, {})", shape.c, shape.h, shape.w);
  }
};
