// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// What a project that trains begins with.
#include <hwnas/train.hpp>

int main() { return torch::ones({2, 2}).sum().item<double>() == 4.0 ? 0 : 1; }
