// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Subnet<Space>: the stand-alone network of one architecture.
///        Subnet<OnImages> net{a};  load(net, supernet).value();  auto logits = net.forward(images);
#pragma once

#include "hwnas/nn/network.hpp"
#include "hwnas/nn/space_layout.hpp"
#include "hwnas/space/architecture.hpp"

namespace hwnas {

/// One architecture's network: its parameters are exactly those the tables count. Names are the supernet's.
template <class Space>
class Subnet : public FixedNetwork {
 public:
  using space = Space;

  explicit Subnet(const Architecture<Space>& a, const NetworkOptions& options = {})
      : FixedNetwork{space_layout<Space>(), a.values(), leaf_factories<Space>(), options}, architecture_{a} {}

  [[nodiscard]] const Architecture<Space>& architecture() const { return architecture_; }

 private:
  Architecture<Space> architecture_;
};

}  // namespace hwnas
