// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A chain of 20 choices between two blocks, with its tables.
#include "layers.hpp"

int main() { return ask_all_tables<Layers<20>>(); }
