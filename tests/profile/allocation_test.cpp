// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What a search asks millions of times takes no memory from the heap.
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "hwnas/profile/feasible_set.hpp"
#include "hwnas/profile/profilers.hpp"
#include "hwnas/space/counting.hpp"
#include "hwnas/zoo/proxylessnas.hpp"
#include "hwnas/zoo/small.hpp"

namespace allocation_test {
std::size_t allocations = 0;
}
// Not inlined: GCC would take malloc and delete for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocation_test::allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc{};
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace allocation_test {

using namespace hwnas;

template <class Space> void expect_none() {
  const FlopsProfiler<Space> flops;
  const ParamsProfiler<Space> params;
  const MemoryProfiler<Space> peak;
  const auto draw = uniform_within(flops, flops.range().min, (flops.range().min + flops.range().max) / 2).value();
  Rng rng{1};
  std::int64_t sum = 0;
  const std::size_t before = allocations;
  for (int i = 0; i < 100; ++i) {
    const auto anywhere = Uniform<Space>{}(rng);
    const auto inside = draw(rng);
    for (const auto& a : {anywhere, inside}) sum += flops.ticks(a) + params.ticks(a) + peak.ticks(a);
  }
  EXPECT_EQ(allocations, before);
  EXPECT_GT(sum, 0);
}

TEST(Allocation, ProfilesAndDrawsNeedNone) {
  const std::size_t before = allocations;
  ::operator delete(::operator new(1));
  ASSERT_GT(allocations, before) << "allocations are not counted";
  expect_none<zoo::ProxylessNas>();
  expect_none<zoo::small::ProxylessNas>();
}

}  // namespace allocation_test
