// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Umbrella of the whole library, LibTorch's half included.
///        #include <hwnas/hwnas.hpp>
#pragma once

#include "hwnas/core.hpp"
#include "hwnas/train.hpp"
