// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  StopSignal is in core/: programs without LibTorch stop, too. This name stays for programs that include it.
#pragma once

#include "hwnas/core/stop_signal.hpp"
