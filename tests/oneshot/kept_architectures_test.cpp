// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/oneshot/kept_architectures.hpp"

#include <cmath>
#include <type_traits>

#include <gtest/gtest.h>

#include "hwnas/latency/latency_profiler.hpp"
#include "hwnas/oneshot/learned_search.hpp"
#include "hwnas/oneshot/proxylessnas.hpp"
#include "hwnas/space/counting.hpp"
#include "hwnas/zoo/small.hpp"
#include "oneshot/small_space.hpp"

namespace hwnas {
namespace kept_architectures_test {

using Space = oneshot_test::Space;

TEST(KeptArchitectures, ComeBackInOrder) {
  Rng rng{1};
  std::vector<Architecture<Space>> all;
  for (int i = 0; i < 20; ++i) all.push_back(Uniform<Space>{}(rng));
  for (const auto& some : {all, {}}) {
    StateRecord state;
    put_architectures(state, "some", some);
    EXPECT_EQ(get_architectures<Space>(state, "some").value(), some);
  }
}
TEST(KeptArchitectures, RefuseWhatIsNone) {
  StateRecord state;
  const auto put = [&](const torch::Tensor& rows) { state.put("some", to_array(rows)); };
  EXPECT_FALSE(get_architectures<Space>(state, "some").has_value());
  for (const torch::Tensor& rows : {torch::full({1, 3}, 9, torch::kInt64), torch::full({1, 3}, -1, torch::kInt64),
                                    torch::zeros({1, 2}, torch::kInt64), torch::zeros({1, 3})}) {
    put(rows);
    const auto none = get_architectures<Space>(state, "some");
    ASSERT_FALSE(none.has_value());
    EXPECT_EQ(none.error().code, Error::Code::mismatch);
    EXPECT_NE(none.error().message.find("some holds no architectures of this space"), std::string::npos);
  }
}

// Costs that no grid of a search's memory can hold exactly.
struct Uneven {
  using key = OperatorKey;
  [[nodiscard]] Result<Milliseconds> predict(const OperatorKey& operation) const {
    double time = 1;
    for (const char c : operation.text()) time = std::fmod(1.37 * time + 0.0101 * c, 3) + 0.1;
    return Milliseconds{time};
  }
};

// What draws have found just outside decides what they find next.
TEST(KeptArchitectures, ASearchThatIsResumedDrawsAsTheOneThatWasStopped) {
  using Large = zoo::small::ProxylessNas;
  const LatencyProfiler<Large, Uneven> latency{Uneven{}};
  Rng rng{2};
  const auto wanted = Uniform<Large>{}(rng);
  const HardConstraint constraint{latency, Milliseconds{latency.profile(wanted).value() - 1e-6}};
  Probabilities<Large> logits;
  for (std::size_t d = 0; d < decision_total<Large>; ++d) logits[d][static_cast<std::size_t>(wanted[d])] = 4;
  const Loader images = oneshot_test::loader(32, true);
  const auto begun = [&] {
    LearnedSearch<Large, ProxylessNas<Gradient>, std::remove_const_t<decltype(constraint)>> search{{}, constraint};
    search.begin({.validation = images, .warmup_steps = 0, .steps = 10, .device = torch::kCPU, .rate = CosineRate{}}, Rng{4});
    return search;
  };
  auto first = begun(), second = begun();
  first.set_logits(logits);
  for (int i = 0; i < 500; ++i) static_cast<void>(first.inside().draw(rng));
  ASSERT_FALSE(first.inside().known_outside().empty());
  StateRecord state;
  first.save(state);
  ASSERT_TRUE(second.load(state).has_value());
  EXPECT_EQ(second.inside().known_outside(), first.inside().known_outside());
  first.set_logits(first.logits());
  Rng same = rng;
  for (int i = 0; i < 500; ++i) ASSERT_EQ(first.inside().draw(rng), second.inside().draw(same)) << i;
}

}  // namespace kept_architectures_test
}  // namespace hwnas
