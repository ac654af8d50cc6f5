// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: a leaf operator must have a module to be trained; specialise hwnas::nn::LeafModule<Operator>
// expect: no_module<Fft>
#include "hwnas/nn/supernet.hpp"
#include "hwnas/op/leaf.hpp"

struct Fft : hwnas::LeafOperator<Fft> {
  static constexpr hwnas::Shape shape(hwnas::Shape in) { return in; }
  static constexpr hwnas::Flops flops(hwnas::Shape in) { return hwnas::Flops{in.elements()}; }
  static constexpr hwnas::Params params(hwnas::Shape) { return hwnas::Params{0}; }
};

#ifndef HWNAS_COMPILE_FAIL
template <>
struct hwnas::nn::LeafModule<Fft> : torch::nn::Module {
  explicit LeafModule(hwnas::Shape) {}
  torch::Tensor forward(const torch::Tensor& images) { return images; }
};
#endif

using Space = hwnas::Input<hwnas::Sequential<Fft>, hwnas::Shape{3, 8, 8}>;
hwnas::Supernet<Space>* made() { return new hwnas::Supernet<Space>; }
