// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A chain of N choices between two blocks; of 100 of them there are 2^100 networks, which can still be counted.
#pragma once

#include <utility>

#include "tables.hpp"

template <int> using Layer = hwnas::LayerChoice<hwnas::MBConv<3>, hwnas::MBConv<6>>;

template <int... I>
auto chain(std::integer_sequence<int, I...>) -> hwnas::Input<hwnas::Sequential<Layer<I>...>, hwnas::Shape{16, 32, 32}>;

template <int N> using Layers = decltype(chain(std::make_integer_sequence<int, N>{}));
