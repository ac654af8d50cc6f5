// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/latency/proxy/space_features.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "hwnas/space/architectures.hpp"

namespace proxy_space_features_test {

using namespace hwnas;

template <class Space>
std::vector<Architecture<Space>> every() {
  std::vector<Architecture<Space>> all;
  for_each_architecture<Space>([&](const Architecture<Space>& a) { all.push_back(a); });
  return all;
}

using Chain =
    Input<Sequential<Conv<Kernel<3>, Out<8>>, Named<"a", LayerChoice<Conv<Kernel<1>>, Conv<Kernel<3>>, Identity>>,
                     Named<"b", Residual<MBConv<one_of<2, 4>>>>, GlobalAvgPool, Flatten, Linear<10>>,
          Shape{3, 8, 8}>;

TEST(SpaceFeatures, HasAColumnForEveryCandidateAndTheProfilersFlops) {
  const auto all = every<Chain>();
  const SpaceFeatures features = space_features<Chain>(all);
  ASSERT_EQ(features.views.size(), 1U) << "nothing of a chain is lost";
  const FeatureView& view = features.views.front();
  ASSERT_EQ(view.fine.rows(), 6);
  ASSERT_EQ(view.fine.cols(), 3 + 2);
  const FlopsProfiler<Chain> flops;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    for_each_active_choice(all[i], [&](std::size_t d, int v) { EXPECT_EQ(view.fine(row, (d == 0 ? 0 : 3) + v), 1); });
    EXPECT_EQ(view.fine.row(row).sum(), 2);
    EXPECT_EQ(features.flops(row), static_cast<double>(flops.profile(all[i]).value()));
  }
}

TEST(SpaceFeatures, SumsAreTheSpacesKernels) {
  const auto all = every<Chain>();
  const FeatureView view = space_features<Chain>(all).views.front();
  const ParamsProfiler<Chain> params;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    const auto kernels = kernel_graph(all[i]).nodes;
    const auto heavy =
        std::count_if(kernels.begin(), kernels.end(), [](const auto& node) { return detail::heavy(node.op); });
    EXPECT_EQ(view.coarse(row, 1), static_cast<double>(params.profile(all[i]).value()));
    EXPECT_EQ(view.coarse(row, 3), static_cast<double>(heavy));
  }
}

using Op = LayerChoice<nb201::NoneOp, nb201::SkipConnect, nb201::NorConv<3>>;
using Net =
    Input<Sequential<Conv<Kernel<3>, Out<4>>, Named<"cell", Cell<Node<From<0, Op>>, Node<From<0, Op>, From<1, Op>>>>,
                     GlobalAvgPool, Flatten, Linear<10>>,
          Shape{3, 8, 8}>;

Architecture<Net> net(int first, int across, int last) {
  Architecture<Net> a;
  a.set("cell/node1/from0", first).value();
  a.set("cell/node2/from0", across).value();
  a.set("cell/node2/from1", last).value();
  return a;
}

TEST(SpaceFeatures, TheComputedViewLeavesOutWhatCannotReachTheResult) {
  constexpr int none = 0, skip = 1, conv = 2;
  const std::vector<Architecture<Net>> all{net(conv, skip, none), net(none, skip, conv), net(none, skip, none),
                                           net(conv, none, conv), net(conv, conv, skip)};
  const auto features = space_features<Net>(all);
  ASSERT_EQ(features.views.size(), 2U);
  const Eigen::MatrixXd& written = features.views[0].fine;
  const Eigen::MatrixXd& computed = features.views[1].fine;
  const auto at = [](int decision, int value) { return 3 * decision + value; };
  EXPECT_EQ(written(0, at(0, conv)), 1);
  EXPECT_EQ(computed(0, at(0, conv)), 0) << "nobody reads it";
  EXPECT_EQ(written(1, at(2, conv)), 1);
  EXPECT_EQ(computed(1, at(2, conv)), 0) << "it reads zeros";
  EXPECT_EQ(computed(3, at(0, conv)), 1);
  EXPECT_EQ(computed(3, at(2, conv)), 1);
  // Multiply-adds, weights, elements and kernels of the computed view: the first three networks are one.
  for (Eigen::Index column = 0; column < 4; ++column) {
    EXPECT_EQ(features.views[1].coarse(0, column), features.views[1].coarse(2, column));
    EXPECT_EQ(features.views[1].coarse(1, column), features.views[1].coarse(2, column));
    EXPECT_GT(features.views[0].coarse(0, column), features.views[1].coarse(0, column));
  }
}

TEST(SpaceFeatures, TheLongestWayTellsChainsFromBranches) {
  // Two convolutions in a row are longer than two side by side, of equal multiply-adds.
  const auto chain =
      detail::KernelSums{{{.op = KernelOp::conv, .macs = 5, .fed = true, .joined = 1, .live = true},
                          {.op = KernelOp::conv, .macs = 5, .operands = {0}, .fed = true, .joined = 1, .live = true}},
                         true};
  const auto beside =
      detail::KernelSums{{{.op = KernelOp::conv, .macs = 5, .fed = true, .joined = 1, .live = true},
                          {.op = KernelOp::conv, .macs = 5, .fed = true, .joined = 1, .live = true},
                          {.op = KernelOp::add, .operands = {0, 1}, .fed = true, .joined = 2, .live = true}},
                         true};
  EXPECT_EQ(chain.longest[0], 2);
  EXPECT_EQ(beside.longest[0], 1);
  EXPECT_EQ(chain.longest[1], 10);
  EXPECT_EQ(beside.longest[1], 5);
  EXPECT_EQ(chain.total, beside.total);
}

}  // namespace proxy_space_features_test
