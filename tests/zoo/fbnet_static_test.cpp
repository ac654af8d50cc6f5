// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// Size of FBNet's space, where skipping is possible everywhere and where it is not.
#include "hwnas/zoo/fbnet.hpp"

#include "zoo/figures.hpp"

namespace hwnas {
namespace fbnet_static_test {
static_assert(space_size<zoo::FbNet> == ipow(9, 22));
static_assert(space_size<zoo::FbNetIdentity> == ipow(9, 16) * ipow(8, 6));
static_assert(Compiled<zoo::FbNetCifar>::output == Shape{10, 1, 1});
}  // namespace fbnet_static_test
}  // namespace hwnas
