// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  One-shot search as the documentation writes it.
#include <hwnas/train.hpp>
using namespace hwnas;

using Block = LayerChoice<Conv3x3, Conv5x5, MBConv<6>>;
using Space = Sequential<Conv<Kernel<3>, Stride<2>, Out<32>>, Named<"b1", Block>, GlobalAvgPool, Flatten, Linear<10>>;
using OnImages = Input<Space, Shape{3, 224, 224}>;

torch::Tensor with_inherited_weights(const torch::Tensor& x, const Architecture<OnImages>& a) {
  Supernet<OnImages> supernet;
  Subnet<OnImages> net{a};
  load(net, supernet).value();
  return supernet.forward(x, a) - net.forward(x);
}

Architecture<OnImages> found(const LatencyProfiler<OnImages, LookupTable>& latency, const OneShotData& data) {
  Supernet<OnImages> supernet;
  OneShot search{supernet, ProxylessNas{}, ExpectationPenalty{latency, 65.0_ms, MulLog{.alpha = 0.2, .beta = 0.3}}};
  auto best = search.fit(data, {.epochs = 120, .warmup_epochs = 0});
  return best.value().best.architecture;
}

Architecture<OnImages> found_inside(const LatencyProfiler<OnImages, LookupTable>& latency, const OneShotData& data) {
  constexpr ParamsProfiler<OnImages> params;
  Supernet<OnImages> supernet;
  OneShot search{supernet, ProxylessNas<Reinforce>{{.samples = 10}}, SamplePenalty{latency, 65.0_ms, AbsoluteReward{}},
                 HardConstraint{latency, 70.0_ms}, RangeProfilerFilter{params, 1_Mparams, 4_Mparams}};
  return search.fit(data, {.epochs = 120}).value().best.architecture;
}
