// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: this strategy cannot draw its training paths inside a constraint
// expect: use Budgets, its second argument
#include "hwnas/oneshot/fairnas.hpp"
#include "hwnas/oneshot/one_shot.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/profile/profilers.hpp"

using namespace hwnas;

using Space = Input<LayerChoice<Conv3x3, Identity>, Shape{3, 32, 32}>;
#ifdef HWNAS_COMPILE_FAIL
using Evolving = FairNas<Space>;
#else
using Evolving = Spos<Space>;
#endif
void check(Supernet<Space>& supernet) {
  OneShot search{supernet, Evolving{}, HardConstraint{FlopsProfiler<Space>{}, Flops{9}}};
}
