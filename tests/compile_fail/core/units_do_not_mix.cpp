// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: operator+
#include "hwnas/core/quantity.hpp"

using namespace hwnas;

#ifdef HWNAS_COMPILE_FAIL
[[maybe_unused]] constexpr auto sum = 3_MFLOPs + 2_ms;
#else
[[maybe_unused]] constexpr auto sum = 3_MFLOPs + 2_MFLOPs;
#endif
