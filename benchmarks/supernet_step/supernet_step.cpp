// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What a training step on one path of a supernet costs, against the same network written by hand in LibTorch.
///        scripts/run supernet_step [PAIRS]       30 by default
#include <cstdlib>
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

#include "../processor_time.hpp"
#include "memory.hpp"
#include "outline.hpp"

namespace {

using namespace hwnas;  // NOLINT
/// Both sides of a comparison.
template <class Space>
class Comparison {
 public:
  explicit Comparison(const by_hand::Outline& outline)
      : outline_{outline}, a_{Uniform<Space>{}(rng_)}, other_{Uniform<Space>{}(rng_)} {
    torch::manual_seed(1);
    supernet_ = std::make_shared<Supernet<Space>>();
    const Shape image = supernet_->input_shape(a_);
    images_ = torch::randn({outline.batch, image.c, image.h, image.w});
    labels_ = torch::randint(outline.classes, {outline.batch});
    hand_ = by_hand::Network{by_hand::written_by_hand(outline, a_, image)};
    check();
    // A step plans twice, as if paths alternated, though only one of them is run.
    ours_ = std::make_unique<by_hand::Trained>(supernet_->parameters(), [this](const torch::Tensor& x) {
      static_cast<void>(supernet_->plan(other_));
      return supernet_->forward(x, a_);
    });
    theirs_ = std::make_unique<by_hand::Trained>(hand_->parameters(),
                                                 [this](const torch::Tensor& x) { return hand_->forward(x); });
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
    const double begin = processor_seconds();
    for (int i = 0; i < rounds; ++i) static_cast<void>(supernet_->plan(i % 2 == 0 ? other_ : a_));
    fmt::print("{:<28} {:>9.1f}\n", outline_.name + ", plan, us", 1e6 * (processor_seconds() - begin) / rounds);
  }
  void memory(MemoryMeter& meter) {
    const auto peak = [&](by_hand::Trained& side) {
      return 1e-6 * static_cast<double>(meter.peak_of([&] { side.step(images_, labels_); }));
    };
    const double ours = peak(*ours_);
    const double theirs = peak(*theirs_);
    fmt::print("{:<28} {:>9.2f} {:>9.2f}   {:.4f}\n", outline_.name + ", memory, MB", ours, theirs, ours / theirs);
  }

 private:
  double block(by_hand::Trained& side) {
    const double begin = processor_seconds();
    for (int i = 0; i < outline_.steps; ++i) side.step(images_, labels_);
    return (processor_seconds() - begin) / outline_.steps;
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
    if (!(difference < 1e-4)) {
      throw Error{Error::Code::mismatch, fmt::format("the two networks differ by {}", difference)};
    }
  }

  by_hand::Outline outline_;
  Rng rng_{2};
  Architecture<Space> a_, other_;
  std::shared_ptr<Supernet<Space>> supernet_;
  by_hand::Network hand_{nullptr};
  torch::Tensor images_, labels_;
  std::unique_ptr<by_hand::Trained> ours_, theirs_;
};

template <class Space>
void compare(const by_hand::Outline& outline, int pairs) {
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
  compare<zoo::small::ProxylessNas>(by_hand::small_images(), pairs);
  compare<zoo::ProxylessNas>(by_hand::large_images(), pairs);
} catch (const std::exception& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 2;
}
