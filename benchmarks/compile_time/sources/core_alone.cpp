// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What every unit without LibTorch pays.
#include "hwnas/core.hpp"

int main() {}
