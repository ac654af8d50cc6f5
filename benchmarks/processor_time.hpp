// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Processor time of this process in seconds, so that other programs of the machine do not count.
#pragma once

#include <ctime>

inline double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }
