// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What the steps of one-shot searches cost, against the same paths by hand in LibTorch; README.md.
///        scripts/run oneshot [PAIRS [PYTHON]]       30 by default; PYTHON has NNI, whose step is measured then, too
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/statistics.hpp"
#include "hwnas/oneshot/expectation_penalty.hpp"
#include "hwnas/oneshot/learned_search.hpp"
#include "hwnas/oneshot/proxylessnas.hpp"
#include "hwnas/oneshot/spos.hpp"
#include "hwnas/profile/profilers.hpp"
#include "hwnas/space/counting.hpp"
#include "hwnas/zoo/proxylessnas.hpp"
#include "hwnas/zoo/small.hpp"

#include "../peer.hpp"
#include "../processor_time.hpp"
#include "../supernet_step/memory.hpp"
#include "../supernet_step/outline.hpp"

namespace {

using namespace hwnas;  // NOLINT
using Side = std::function<void(std::uint64_t round)>;

/// Rounds of a block; each has paths of its own.
constexpr std::uint64_t rounds = 4;

double block(const Side& side) {
  const double begin = processor_seconds();
  for (std::uint64_t round = 0; round < rounds; ++round) side(round);
  return (processor_seconds() - begin) / static_cast<double>(rounds);
}

/// Prints and gives the median ratio of two sides, whose blocks alternate. Milliseconds a step.
void compare(const std::string& name, const std::string& goal, int pairs, const Side& ours, const Side& theirs) {
  std::vector<double> ratios, a, b;
  block(ours);
  block(theirs);
  for (int i = 0; i < pairs; ++i) {
    if (i % 2 == 0) a.push_back(block(ours));
    b.push_back(block(theirs));
    if (i % 2 != 0) a.push_back(block(ours));
    ratios.push_back(a.back() / b.back());
  }
  Rng rng{2};
  const Interval interval = bootstrap_interval(ratios, [](auto v) { return median(v); }, rng);
  fmt::print("{:<58} {:>9.2f} {:>9.2f}   {:.3f} [{:.3f}, {:.3f}]  {}\n", name, 1e3 * median(a), 1e3 * median(b),
             median(ratios), interval.low, interval.high, goal);
  std::fflush(stdout);
}

/// A supernet with its searches, and networks by hand of the paths that they draw.
template <class Space> class Bench {
 public:
  explicit Bench(const by_hand::Outline& outline)
      : outline_{outline}, penalty_{flops_, middle(), AddLinear{}},
        search_{ProxylessNas{ProxylessNasOptions{.architecture = {.rate = 1e-12}, .label_smoothing = 0}}, penalty_},
        spos_{SposOptions{.label_smoothing = 0}} {
    torch::manual_seed(1);
    supernet_ = std::make_shared<Supernet<Space>>();
    image_ = supernet_->input_shape(Uniform<Space>{}(rng_));
    const Loader loader = random_images();
    batch_ = keep_batches(loader).value().front();
    search_.begin({.validation = loader, .steps = 1'000'000}, Rng{3});
    trained_ = std::make_unique<by_hand::Trained>(supernet_->parameters(),
                                                  std::function<torch::Tensor(const torch::Tensor&)>{});
    for (std::uint64_t round = 0; round < rounds; ++round) add_networks(round);
  }

  /// Gates of two paths: their gradient, the penalty's, and a step of the architecture.
  void architecture(std::uint64_t round) {
    Rng rng{round};
    search_.learn(*supernet_, batch_, batch_, rng);
  }
  /// The same paths by hand: both run, the active one backwards.
  void two_paths(std::uint64_t round) {
    Networks& networks = by_hand_[round];
    for (auto& p : networks.active->parameters()) p.mutable_grad().reset();
    const torch::Tensor loss = cross_entropy(networks.active->forward(batch_.images), batch_.labels);
    const torch::Tensor beside = networks.beside->forward(batch_.images);
    loss.backward();
  }
  /// A step of the architecture and one of the weights.
  void proxylessnas(std::uint64_t round) {
    trained_->step([&] {
      Rng rng{round};
      return search_.step(*supernet_, batch_, rng);
    });
  }
  void spos(std::uint64_t round) {
    trained_->step([&] {
      Rng rng{round};
      return spos_.step(*supernet_, batch_, rng);
    });
  }
  /// A training step on SPOS's path.
  void one_path(std::uint64_t round) {
    by_hand_[round].trained->step(batch_.images, batch_.labels);
  }
  /// The hardware term alone: expectation, its gradient, both derivatives.
  double penalty_seconds() {
    const auto& p = search_.probabilities();
    const int times = 2000;
    double sum = 0;
    const double begin = processor_seconds();
    for (int i = 0; i < times; ++i) {
      const auto cost = penalty_.expected(p);
      const auto by_cost = softmax_gradient(p, penalty_.gradient(p));
      sum += penalty_(1.0, cost).by_cost * by_cost.all()[static_cast<std::size_t>(i) % by_cost.all().size()];
    }
    const double seconds = (processor_seconds() - begin) / times;
    return std::isfinite(sum) ? seconds : 0;  // looked at, so that it is computed
  }

 private:
  struct Networks {
    by_hand::Network active{nullptr}, beside{nullptr}, single{nullptr};
    std::unique_ptr<by_hand::Trained> trained;
  };
  using Policy = ProxylessNas<Gradient>;
  using Term = ExpectationPenalty<FlopsProfiler<Space>, AddLinear>;

  static Flops middle() {
    const auto range = FlopsProfiler<Space>{}.range();
    return Flops{(range.min.value() + range.max.value()) / 2};
  }
  [[nodiscard]] Loader random_images() const {
    ImageData data{.name = "random", .shape = image_, .classes = outline_.classes};
    Rng rng{4};
    for (std::int64_t i = 0; i < outline_.batch; ++i) data.labels.push_back(i % outline_.classes);
    for (std::int64_t i = 0; i < outline_.batch * image_.elements(); ++i) {
      data.pixels.push_back(static_cast<std::uint8_t>(rng.below(256)));
    }
    return Loader::make(
               data,
               {.batch_size = outline_.batch, .training = true, .normalisation = normalisation_of(data), .workers = 0})
        .value();
  }
  by_hand::Network network(const Architecture<Space>& a) const {
    return by_hand::Network{by_hand::written_by_hand(outline_, a, image_)};
  }
  // The paths that a round's Rng leads to.
  void add_networks(std::uint64_t round) {
    Rng rng{round};
    const Policy policy;
    const auto mixture =
        policy.estimate(PolicyRun<Space>{*supernet_, search_.logits(), search_.inside()}, batch_, rng, {}).mixture;
    typename Architecture<Space>::values_type active{}, beside{};
    for (std::size_t d = 0; d < decision_total<Space>; ++d) {
      active[d] = mixture.runs[d].front();
      beside[d] = mixture.runs[d].back();
    }
    Rng same{round};
    Networks networks{network(Architecture<Space>::from_canonical(active)),
                      network(Architecture<Space>::from_canonical(beside)),
                      network(spos_.feasible()(same)),
                      {}};
    networks.trained = std::make_unique<by_hand::Trained>(
        networks.single->parameters(),
        [net = networks.single](const torch::Tensor& x) mutable { return net->forward(x); });
    by_hand_.push_back(std::move(networks));
  }

  by_hand::Outline outline_;
  Rng rng_{2};
  FlopsProfiler<Space> flops_{};
  Term penalty_;
  LearnedSearch<Space, Policy, Term> search_;
  Spos<Space> spos_;
  std::shared_ptr<Supernet<Space>> supernet_;
  Shape image_{};
  Batch batch_;
  std::unique_ptr<by_hand::Trained> trained_;
  std::vector<Networks> by_hand_;
};

template <class Space> void measure(const by_hand::Outline& outline, int pairs) {
  {
    Bench<Space> bench{outline};
    const auto side = [&](void (Bench<Space>::*step)(std::uint64_t)) {
      return [&bench, step](std::uint64_t r) { (bench.*step)(r); };
    };
    using B = Bench<Space>;
    compare(outline.name + ", architecture step / two paths", "goal 1.05", pairs, side(&B::architecture),
            side(&B::two_paths));
    compare(outline.name + ", SPOS step / one path", "goal 1.03", pairs, side(&B::spos), side(&B::one_path));
    compare(outline.name + ", ProxylessNAS's whole step / one path", "NNI 4.7, goal 2.35", pairs,
            side(&B::proxylessnas), side(&B::one_path));
    const double step = block(side(&B::architecture)), term = bench.penalty_seconds();
    fmt::print("{:<58} {:>9.4f} {:>9.2f}   {:.5f}  goal 0.01\n", outline.name + ", hardware term / architecture step",
               1e3 * term, 1e3 * step, term / step);
  }
  with_memory_meter([&](MemoryMeter& meter) {
    Bench<Space> bench{outline};
    for (std::uint64_t round = 0; round < rounds; ++round) {
      const auto ours = static_cast<double>(meter.peak_of([&] { bench.architecture(round); }));
      const auto theirs = static_cast<double>(meter.peak_of([&] { bench.two_paths(round); }));
      fmt::print("{:<58} {:>9.1f} {:>9.1f}   {:.3f}  goal 1.1\n", outline.name + ", peak memory, MB", 1e-6 * ours,
                 1e-6 * theirs, ours / theirs);
    }
  });
}

/// The peer's setting: its ProxylessNAS on 64 x 64 images, ten classes, batch 32.
using Peers = zoo::ProxylessNasSpace<Shape{3, 64, 64}, 10>;
by_hand::Outline peers() {
  by_hand::Outline outline = by_hand::large_images();
  outline.name = "64 x 64, batch 32";
  outline.batch = 32;
  outline.classes = 10;
  return outline;
}

}  // namespace

int main(int argc, char** argv) try {
  const int pairs = argc > 1 ? std::atoi(argv[1]) : 30;
  if (pairs < 1) throw Error{Error::Code::bad_value, "usage: oneshot [PAIRS [PYTHON]]"};
  at::set_num_threads(1);
  at::set_num_interop_threads(1);
  fmt::print("ProxylessNAS's space; one thread; {} pairs of blocks, ratios' median and its 95 % interval\n", pairs);
  fmt::print("{:<58} {:>9} {:>9}   ratio\n", "milliseconds a step", "hwnas", "by hand");
  measure<zoo::small::ProxylessNas>(by_hand::small_images(), pairs);
  measure<Peers>(peers(), pairs);
  if (argc > 2) run_peer(argv[2], "oneshot/peer/nni_proxyless.py", std::to_string(pairs));
} catch (const std::exception& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 2;
}
