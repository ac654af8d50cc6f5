// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What a training step on one path of a supernet costs, against the same network written by hand in LibTorch.
///        scripts/run supernet_step [PAIRS]       30 by default
#include <cstdlib>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/statistics.hpp"
#include "hwnas/nn/load.hpp"
#include "hwnas/nn/subnet.hpp"
#include "hwnas/nn/supernet.hpp"
#include "hwnas/space/counting.hpp"
#include "hwnas/zoo/proxylessnas.hpp"
#include "hwnas/zoo/small.hpp"

#include "by_hand.hpp"
#include "memory.hpp"

namespace {

using namespace hwnas;  // NOLINT
// Processor time: what other programs of the machine take is not part of a step, and there is one thread to wait for.
double now() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// What the hand-written side must know of a space.
struct Outline {
  std::string name;
  int batch = 0;
  int steps = 0;  // in a block
  std::vector<int> widths, depths, strides;
  int stem_stride = 0, classes = 0;
};

template <class Space>
by_hand::NetworkOptions written_by_hand(const Outline& o, const Architecture<Space>& a, Shape image) {
  by_hand::NetworkOptions options{image.c, o.widths[0], o.stem_stride, o.widths.back(), o.classes, {}};
  options.blocks.push_back({o.widths[0], o.widths[1], 1, 3, 1});
  int in = o.widths[1];
  std::size_t decision = 0;
  for (std::size_t stage = 0; stage < o.depths.size(); ++stage) {
    for (int block = 0; block < o.depths[stage]; ++block) {
      const int choice = a[decision++];
      const int out = o.widths[stage + 2];
      const int stride = block == 0 ? o.strides[stage] : 1;
      if (choice < 6) options.blocks.push_back({in, out, choice % 2 == 0 ? 3 : 6, 3 + choice / 2 * 2, stride});
      in = out;
    }
  }
  return options;
}

/// A module with its optimiser.
class Trained {
 public:
  Trained(std::vector<torch::Tensor> parameters, std::function<torch::Tensor(const torch::Tensor&)> forward)
      : forward_{std::move(forward)},
        optimiser_{std::move(parameters), torch::optim::SGDOptions{1e-3}.momentum(0.9).weight_decay(4e-5)} {}

  void step(const torch::Tensor& images, const torch::Tensor& labels) {
    for (auto& group : optimiser_.param_groups()) {
      for (auto& p : group.params()) p.mutable_grad().reset();
    }
    torch::nn::functional::cross_entropy(forward_(images), labels).backward();
    optimiser_.step();
  }

 private:
  std::function<torch::Tensor(const torch::Tensor&)> forward_;
  torch::optim::SGD optimiser_;
};

/// Both sides of a comparison.
template <class Space>
class Comparison {
 public:
  explicit Comparison(const Outline& outline) : outline_{outline}, a_{Uniform<Space>{}(rng_)}, other_{Uniform<Space>{}(rng_)} {
    torch::manual_seed(1);
    supernet_ = std::make_shared<Supernet<Space>>();
    const Shape image = supernet_->input_shape(a_);
    images_ = torch::randn({outline.batch, image.c, image.h, image.w});
    labels_ = torch::randint(outline.classes, {outline.batch});
    hand_ = by_hand::Network{written_by_hand(outline, a_, image)};
    check();
    // A step plans twice, as if paths alternated, though only one of them is run.
    ours_ = std::make_unique<Trained>(supernet_->parameters(), [this](const torch::Tensor& x) {
      static_cast<void>(supernet_->plan(other_));
      return supernet_->forward(x, a_);
    });
    theirs_ = std::make_unique<Trained>(hand_->parameters(), [this](const torch::Tensor& x) { return hand_->forward(x); });
    for (int i = 0; i < 2; ++i) {
      ours_->step(images_, labels_);
      theirs_->step(images_, labels_);
    }
  }

  void time(int pairs) {
    std::vector<double> ratios, ours, theirs;
    for (int i = 0; i < pairs; ++i) {
      const bool first = i % 2 == 0;
      double a = first ? block(*ours_) : 0;
      const double b = block(*theirs_);
      if (!first) a = block(*ours_);
      ours.push_back(a);
      theirs.push_back(b);
      ratios.push_back(a / b);
    }
    const Interval interval = bootstrap_interval(ratios, [](auto v) { return median(v); }, rng_);
    fmt::print("{:<28} {:>9.2f} {:>9.2f}   {:.4f} [{:.4f}, {:.4f}]\n", outline_.name + ", step, ms", 1e3 * median(ours),
               1e3 * median(theirs), median(ratios), interval.low, interval.high);
  }
  void time_plan() {
    const int rounds = 2000;
    const double begin = now();
    for (int i = 0; i < rounds; ++i) static_cast<void>(supernet_->plan(i % 2 == 0 ? other_ : a_));
    fmt::print("{:<28} {:>9.1f}\n", outline_.name + ", plan, us", 1e6 * (now() - begin) / rounds);
  }
  void memory(MemoryMeter& meter) {
    const auto peak = [&](Trained& side) { return 1e-6 * static_cast<double>(meter.peak_of([&] { side.step(images_, labels_); })); };
    const double ours = peak(*ours_);
    const double theirs = peak(*theirs_);
    fmt::print("{:<28} {:>9.2f} {:>9.2f}   {:.4f}\n", outline_.name + ", memory, MB", ours, theirs, ours / theirs);
  }

 private:
  double block(Trained& side) {
    const double begin = now();
    for (int i = 0; i < outline_.steps; ++i) side.step(images_, labels_);
    return (now() - begin) / outline_.steps;
  }
  // Both must compute the same, or the comparison means nothing.
  void check() {
    Subnet<Space> net{a_};
    load(net, *supernet_).value();
    const torch::NoGradGuard no_gradients;
    const auto from = net.parameters();
    const auto to = hand_->parameters();
    if (from.size() != to.size()) throw Error{Error::Code::mismatch, "the hand-written network has other layers"};
    for (std::size_t i = 0; i < from.size(); ++i) to[i].copy_(from[i]);
    const torch::Tensor apart = (net.forward(images_) - hand_->forward(images_)).abs().max();
    const double difference = apart.item<double>();
    if (!(difference < 1e-4)) throw Error{Error::Code::mismatch, fmt::format("the two networks differ by {}", difference)};
  }

  Outline outline_;
  Rng rng_{2};
  Architecture<Space> a_, other_;
  std::shared_ptr<Supernet<Space>> supernet_;
  by_hand::Network hand_{nullptr};
  torch::Tensor images_, labels_;
  std::unique_ptr<Trained> ours_, theirs_;
};

const Outline small{"28 x 28, batch 64", 64, 3, {16, 8, 16, 24, 40, 96}, {3, 3, 2}, {2, 2, 1}, 1, 10};
const Outline full{"224 x 224, batch 4", 4, 1, {32, 16, 24, 40, 80, 96, 192, 320, 1280}, {4, 4, 4, 4, 4, 1}, {2, 2, 2, 1, 2, 1}, 2, 1000};

template <class Space>
void compare(const Outline& outline, int pairs) {
  {
    Comparison<Space> timed{outline};
    timed.time(pairs);
    timed.time_plan();
  }
  with_memory_meter([&](MemoryMeter& meter) { Comparison<Space>{outline}.memory(meter); });
}

}  // namespace

int main(int argc, char** argv) try {
  const int pairs = argc > 1 ? std::atoi(argv[1]) : 30;
  if (pairs < 1) throw Error{Error::Code::bad_value, "usage: supernet_step [PAIRS]"};
  at::set_num_threads(1);
  at::set_num_interop_threads(1);
  fmt::print("ProxylessNAS, one path; one thread; {} pairs of blocks, ratios' median and its 95 % interval\n", pairs);
  fmt::print("{:<28} {:>9} {:>9}   {}\n", "", "supernet", "by hand", "ratio");
  compare<zoo::small::ProxylessNas>(small, pairs);
  compare<zoo::ProxylessNas>(full, pairs);
} catch (const std::exception& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 2;
}
