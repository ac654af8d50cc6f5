// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/zoo/fbnet.hpp"

#include "catalogue/catalogue.hpp"

namespace catalogue {

hwnas::AnySpace fbnet() { return hwnas::any_space<hwnas::zoo::FbNet>("fbnet", "FBNet blocks, 3x224x224"); }

}  // namespace catalogue
