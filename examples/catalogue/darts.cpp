// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/darts.hpp"

#include "catalogue/catalogue.hpp"

namespace catalogue {

hwnas::AnySpace darts() { return hwnas::any_space<hwnas::zoo::Darts>("darts", "cells of DARTS, 3x32x32"); }

}  // namespace catalogue
