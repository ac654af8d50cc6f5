// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Finds a device's fusion rules as nn-Meter's builder does (Zhang et al., MobiSys 2021, section 3.2): two operators are
///        fused where running both costs clearly less than running each. In the same way it finds whether constants are folded and
///        equal operators run once.
///        auto found = detect_rules(device).value();   save_fusion_rules(found.rules, "device.json");
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "hwnas/latency/fusion_rules.hpp"
#include "hwnas/measure/device.hpp"

namespace hwnas {

/// The test networks and when they count as fused.
struct DetectOptions {
  // Few channels: convolutions then take about as long as what follows them, which noise would hide otherwise.
  Shape shape{8, 80, 80};      ///< large enough that calling costs little beside computing
  Shape flat{256, 1, 1};       ///< of what follows a linear layer
  double threshold = 0.5;      ///< nn-Meter's: fused where T(A) + T(B) - T(AB) > threshold min(T(A), T(B))
  int passes = 3;              ///< of measuring everything; the second best tells how certain the best is
  double least_share = 0.5;    ///< of the time of an empty network of one pixel; what is quicker cannot be told
  std::vector<KernelOp> tails{KernelOp::conv,   KernelOp::dwconv, KernelOp::fc,      KernelOp::bn,     KernelOp::relu,
                              KernelOp::hswish, KernelOp::add,    KernelOp::maxpool, KernelOp::avgpool};
  std::vector<KernelOp> readers{KernelOp::conv, KernelOp::dwconv, KernelOp::bn, KernelOp::relu, KernelOp::hswish,
                                KernelOp::sigmoid, KernelOp::add, KernelOp::maxpool, KernelOp::avgpool};
};

/// One pair, with the time of an empty network of one pixel taken off each: what a call takes.
struct PairTimes {
  KernelOp tail{};
  KernelOp reader{};
  Milliseconds first{};
  Milliseconds second{};
  Milliseconds both{};
  Milliseconds noise{};  ///< how far the three times are from certain: how much slower the second best pass was
  bool told = true;      ///< false: too quick on this device, or too noisy, for an answer
  bool fused = false;
};

struct DetectedRules {
  FusionRules rules;
  std::vector<PairTimes> pairs;
};

namespace detail {

/// Appends one operator; false for one that cannot stand there.
[[nodiscard]] inline bool append_operator(Net& net, KernelOp op) {
  const NetTensor image{0};
  switch (op) {
    case KernelOp::conv: net.conv({.kernel = 1}); break;
    case KernelOp::dwconv: net.conv({.kernel = 3, .groups = net.shape().c}); break;
    case KernelOp::fc: net.linear({.out = net.shape().c}); break;
    case KernelOp::bn: net.norm(); break;
    case KernelOp::relu: net.act(Activation::relu); break;
    case KernelOp::hswish: net.act(Activation::hswish); break;
    case KernelOp::hsigmoid: net.act(Activation::hsigmoid); break;
    case KernelOp::sigmoid: net.act(Activation::sigmoid); break;
    case KernelOp::swish: net.act(Activation::swish); break;
    case KernelOp::tanh: net.act(Activation::tanh); break;
    case KernelOp::maxpool: net.pool({.kind = Pooling::max}); break;
    case KernelOp::avgpool: net.pool({.kind = Pooling::average}); break;
    case KernelOp::global_avgpool: net.global_pool(); break;
    case KernelOp::channelshuffle: net.shuffle(2); break;
    case KernelOp::add: net.add(image); break;
    case KernelOp::concat: net.concat(image); break;
    default: return false;
  }
  return !net.fault();
}

/// Operators one after another as a network; nothing for what has no shape.
[[nodiscard]] inline std::shared_ptr<FixedNetwork> network_of(Shape in, std::span<const KernelOp> ops) {
  Net net{in};
  for (const KernelOp op : ops) {
    if (!append_operator(net, op)) return nullptr;
  }
  return operator_network(in, {net.nodes().data(), net.nodes().size()}, net.here().id);
}

}  // namespace detail

/// Measures every pair and the operators by themselves, all in the same rounds, and all of it several times.
template <RoundsDevice D>
class RuleDetector {
 public:
  RuleDetector(D& device, DetectOptions options) : device_{device}, options_{std::move(options)} {}

  ///   Errors  those of the device
  [[nodiscard]] Result<DetectedRules> run() {
    const int empty = add({options_.shape.c, 1, 1}, {});  // of one pixel: ONNX Runtime copies what is returned as it came
    const WholeNetworks whole = add_whole_networks();
    for (const KernelOp tail : options_.tails) {
      for (const KernelOp reader : options_.readers) add_pair(tail, reader);
    }
    // Again at other moments: the quickest counts, and what does not come again cannot be told.
    std::vector<std::vector<Milliseconds>> least(things_.size());  // of each thing, in order
    for (int pass = 0; pass < options_.passes; ++pass) {
      const auto measured = measure_all(device_, things_);
      if (!measured) return measured.error();
      for (std::size_t t = 0; t < things_.size(); ++t) least[t].push_back((*measured)[t].minimum);
    }
    for (auto& of_thing : least) std::sort(of_thing.begin(), of_thing.end());
    const auto time = [&](int i) { return least[static_cast<std::size_t>(i)].front(); };
    const auto noise = [&](int i) { return least[static_cast<std::size_t>(i)][options_.passes > 1 ? 1 : 0] - time(i); };
    const Milliseconds nothing = time(empty);
    DetectedRules found;
    found.rules.conditions = device_.conditions();
    for (Pair& pair : pairs_) {
      pair.times.first = time(pair.first) - nothing;
      pair.times.second = time(pair.second) - nothing;
      pair.times.both = time(pair.both) - nothing;
      pair.times.noise = noise(pair.first) + noise(pair.second) + noise(pair.both);
      judge(pair.times, nothing);
      if (pair.times.fused) found.rules.allow(pair.times.tail, pair.times.reader);
      found.pairs.push_back(pair.times);
    }
    // Less than the threshold of an operator is left of it.
    const auto left = [&](int with, int without, int alone) {
      return (time(with) - time(without)).value() < options_.threshold * (time(alone) - nothing).value();
    };
    found.rules.folds_constants = left(whole.of_zeros, whole.add, whole.conv);
    found.rules.merges_equals = left(whole.twice, whole.once, whole.pool);
    return found;
  }

 private:
  struct Pair {
    PairTimes times;
    int first = -1;
    int second = -1;
    int both = -1;
  };

  // Indices of networks: a convolution of zeros, and a pooling that is made twice, each added to something; and their parts.
  struct WholeNetworks {
    int conv = -1, pool = -1, add = -1, once = -1, of_zeros = -1, twice = -1;
  };
  WholeNetworks add_whole_networks() {
    const Shape shape = options_.shape;
    WholeNetworks whole{.conv = add(shape, {KernelOp::conv}), .pool = add(shape, {KernelOp::avgpool}),
                        .add = add(shape, {KernelOp::add}), .once = add(shape, {KernelOp::avgpool, KernelOp::add})};
    const auto append = [&](const Net& net) {
      things_.push_back({operator_network(shape, {net.nodes().data(), net.nodes().size()}, net.here().id)});
      return static_cast<int>(things_.size()) - 1;
    };
    Net zeros{shape};
    whole.of_zeros = append(zeros.zero(shape).conv({.kernel = 1}).add({0}));
    Net twice{shape};
    const NetTensor first = twice.pool({.kind = Pooling::average}).here();
    whole.twice = append(twice.at({0}).pool({.kind = Pooling::average}).add(first));
    return whole;
  }

  void judge(PairTimes& times, Milliseconds nothing) const {
    const double least = std::min(times.first.value(), times.second.value());
    times.told = least >= options_.least_share * nothing.value() && times.noise.value() <= options_.threshold * least;
    const double saved = (times.first + times.second - times.both).value();
    times.fused = times.told && saved > options_.threshold * least;
  }
  void add_pair(KernelOp tail, KernelOp reader) {
    const Shape shape = tail == KernelOp::fc ? options_.flat : options_.shape;
    const bool on_images = reader == KernelOp::conv || reader == KernelOp::dwconv || reader == KernelOp::maxpool ||
                           reader == KernelOp::avgpool;
    if (tail == KernelOp::fc && on_images) return;
    const Pair pair{
        {.tail = tail, .reader = reader}, add(shape, {tail}), add(shape, {reader}), add(shape, {tail, reader})};
    if (pair.first >= 0 && pair.second >= 0 && pair.both >= 0) pairs_.push_back(pair);
  }
  // Index of the thing; -1 where there is no such network.
  int add(Shape shape, const std::vector<KernelOp>& ops) {
    const auto [found, is_new] = known_.try_emplace({shape.c, ops}, -1);
    if (!is_new) return found->second;
    auto network = detail::network_of(shape, ops);
    if (network == nullptr) return -1;
    things_.push_back({std::move(network)});
    return found->second = static_cast<int>(things_.size()) - 1;
  }

  D& device_;
  DetectOptions options_;
  std::vector<Measurable> things_;
  std::vector<Pair> pairs_;
  std::map<std::pair<int, std::vector<KernelOp>>, int> known_;
};

/// A device's rules.
template <RoundsDevice D>
[[nodiscard]] Result<DetectedRules> detect_rules(D& device, const DetectOptions& options = {}) {
  return RuleDetector<D>{device, options}.run();
}

}  // namespace hwnas
