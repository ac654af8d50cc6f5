// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  LibTorch, included in the one order that every supported compiler accepts.
///        #include "hwnas/nn/torch.hpp"     // never <torch/torch.h> before it; costs some 8 s: precompile it
#pragma once

// Clang 14 with LibTorch 1.13 instantiates a container of IValue before it is complete unless this stands first.
#include <ATen/core/ivalue.h>

#include <torch/torch.h>
