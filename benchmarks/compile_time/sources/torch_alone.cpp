// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  LibTorch and nothing else: what a training program pays anyway.
#include <torch/torch.h>

int main() { return static_cast<int>(torch::zeros({1}).dim()); }
