// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The ProxylessNAS space with all of its tables.
#include "hwnas/zoo/proxylessnas.hpp"
#include "tables.hpp"

int main() { return ask_all_tables<hwnas::zoo::ProxylessNas>(); }
