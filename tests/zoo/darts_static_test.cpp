// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// Size of DARTS's space: a cell's nodes choose 2 of 2, 3, 4 and 5 sources, each of the two edges one of 7 operations.
#include "hwnas/zoo/darts.hpp"

#include "zoo/figures.hpp"

namespace hwnas {
namespace darts_static_test {
static_assert(space_size<zoo::Darts> == ipow(1'037'664'180, 2));
static_assert(ipow(7, 8) * 180 == 1'037'664'180);
// With "none" among the candidates, as its supernet is searched: 8 cells of 16 channels.
static_assert(space_size<zoo::DartsSearch> == ipow(180 * ipow(8, 8), 2));
static_assert(Compiled<zoo::Darts>::output == Shape{10, 1, 1});
}  // namespace darts_static_test
}  // namespace hwnas
