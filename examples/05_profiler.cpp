// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A profiler of one's own: anything with a unit and profile(architecture). Here a formula; it could be a table, a program,
///        a device on the other side of the world.
#include <fmt/core.h>

#include <hwnas/core.hpp>

using namespace hwnas;

using Block = LayerChoice<MBConv<3>, MBConv<6>, Identity>;
using Space =
    Input<Sequential<Conv<Kernel<3>, Stride<2>, Out<16>>, Repeat<Block, 6>, GlobalAvgPool, Flatten, Linear<10>>,
          Shape{3, 32, 32}>;

// A chip that computes a million multiply-adds in 0.4 ms, and needs 0.25 ms more for every block it starts.
struct MyChip {
  using unit = Milliseconds;
  Milliseconds profile(const Architecture<Space>& a) const {
    double ms = 0.4 * static_cast<double>(FlopsProfiler<Space>{}.profile(a).value()) / 1e6;
    for_each_active_choice(a, [&](std::size_t, int choice) { ms += choice == 2 ? 0 : 0.25; });
    return Milliseconds{ms};
  }
};
static_assert(Profiler<MyChip, Space>);
// count_within(MyChip{}, 0_ms, 2_ms) does not compile: "a profiler without a table cannot give ranges, ... or exact draws".

int main() {
  const MyChip chip;
  auto fast = Chain{Random<Space>{}, Filter{[&](const auto& a) { return chip.profile(a) <= 2_ms; }}};
  Rng rng{1};
  for (int i = 0; i < 3; ++i) {
    const auto a = fast.ask(rng).value();
    fmt::print("{:.3f} ms  {}\n", chip.profile(a).value(), a);
  }
}
