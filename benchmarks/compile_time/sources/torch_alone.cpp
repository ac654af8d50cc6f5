// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  LibTorch and nothing else: what a training program pays anyway.
#include "hwnas/nn/torch.hpp"

int main() { return static_cast<int>(torch::zeros({1}).dim()); }
