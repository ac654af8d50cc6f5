// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The part of LibTorch that networks are made of: tensors, modules, the layers with weights. A program that uses
///        more includes it too, as <torch/optim.h>, or all of it with hwnas/nn/torch.hpp, which no header of nn/ does: it
///        would cost every program with a network some 3 s.
#pragma once

// Clang 14 with LibTorch 1.13 instantiates a container of IValue before it is complete unless this stands first.
#include <ATen/core/ivalue.h>

#include <torch/nn/init.h>
#include <torch/nn/module.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/types.h>
#include <torch/utils.h>
