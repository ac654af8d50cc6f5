// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// Size and exact ends of NAS-Bench-201's space.
#include "hwnas/zoo/nasbench201.hpp"

#include "zoo/figures.hpp"

namespace hwnas {
namespace nasbench201_static_test {
static_assert(space_size<zoo::NasBench201> == 15'625);
static_assert(meets_all_decisions<zoo::NasBench201>);
static_assert(zoo_test::smallest<zoo::NasBench201>() == zoo_test::Costs{7'783'040, 73'306});
static_assert(zoo_test::largest<zoo::NasBench201>() == zoo_test::Costs{220'119'680, 1'531'546});
// Small: one cell a stage on grey images.
using Small = zoo::NasBench201Space<Shape{1, 28, 28}, 10, zoo::Widths<8, 16, 32>, 1>;
static_assert(space_size<Small> == 15'625 && Compiled<Small>::output == Shape{10, 1, 1});
}  // namespace nasbench201_static_test
}  // namespace hwnas
