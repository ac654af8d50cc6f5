// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A training step of the ProxylessNAS supernet, and the stand-alone network of a path.
#include "hwnas/nn/load.hpp"
#include "hwnas/nn/subnet.hpp"
#include "hwnas/nn/supernet.hpp"
#include "hwnas/space/counting.hpp"
#include "hwnas/zoo/proxylessnas.hpp"

#include <torch/optim.h>

int main() {
  using Space = hwnas::zoo::ProxylessNas;
  hwnas::Rng rng{1};
  hwnas::Supernet<Space> supernet;
  torch::optim::SGD optimiser{supernet.parameters(), torch::optim::SGDOptions{0.05}};
  const auto a = hwnas::Uniform<Space>{}(rng);
  supernet.forward(torch::zeros({2, 3, 224, 224}), a).sum().backward();
  optimiser.step();
  hwnas::Subnet<Space> net{a};
  load(net, supernet).value();
}
