// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The zoo's spaces by name, for programs that take --space. No LibTorch. Adding one: a file and a line in catalogue.cpp.
#pragma once

#include <string>

#include "hwnas/latency/any_space.hpp"

namespace catalogue {

[[nodiscard]] hwnas::Result<hwnas::AnySpace> find_space(const std::string& name);
/// "proxylessnas (MBConv blocks, 3x224x224); ..."
[[nodiscard]] std::string space_help();

}  // namespace catalogue
