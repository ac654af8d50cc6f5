// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  64 small networks of real images, what each reaches when it is trained alone (table.csv), and searches among
/// them.
///        GoldenTable table = GoldenTable::read(file).value();   table.regret(found, budget())
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "../processor_time.hpp"
#include "hwnas/core/csv.hpp"
#include "hwnas/core/statistics.hpp"
#include "hwnas/oneshot/expectation_penalty.hpp"
#include "hwnas/oneshot/fairnas.hpp"
#include "hwnas/oneshot/learned_search.hpp"
#include "hwnas/oneshot/one_shot.hpp"
#include "hwnas/oneshot/spos.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/op/mbconv.hpp"
#include "hwnas/profile/profilers.hpp"
#include "hwnas/space/enumerate.hpp"
#include "hwnas/space/nodes.hpp"
#include "hwnas/train/evaluate.hpp"
#include "hwnas/train/load_data.hpp"
#include "hwnas/train/loader.hpp"
#include "hwnas/train/seeded_subnet.hpp"
#include "hwnas/train/split.hpp"
#include "hwnas/train/trainer.hpp"

namespace golden {

using namespace hwnas;

template <int Width, int Step>
using Candidates =
    LayerChoice<MBConv<1, Kernel<3>, Out<Width>, Stride<Step>>, MBConv<3, Kernel<3>, Out<Width>, Stride<Step>>,
                MBConv<3, Kernel<5>, Out<Width>, Stride<Step>>, MBConv<6, Kernel<5>, Out<Width>, Stride<Step>>>;
/// Three places, four candidates each.
using Space = Input<Sequential<Conv<Kernel<3>, Out<8>, Stride<2>>, Named<"first", Candidates<12, 2>>,
                               Named<"second", Candidates<12, 1>>, Named<"third", Candidates<24, 2>>, GlobalAvgPool,
                               Flatten, Linear<10>>,
                    Shape{1, 28, 28}>;
static_assert(space_size<Space> == 64);
using A = Architecture<Space>;
inline constexpr FlopsProfiler<Space> flops;
inline constexpr int runs = 3;  ///< trainings of each network

/// Half of the networks meet it.
inline Flops budget() {
  std::vector<Flops> all;
  for_each_architecture<Space>([&](const A& a) { all.push_back(flops.profile(a)); });
  std::nth_element(all.begin(), all.begin() + 31, all.end());
  return all[31];
}

/// Images: 9,000 to train, 10,000 to choose by, 10,000 to judge by; none in two of them.
struct Data {
  Loader train, validation, judge;
  Loader architecture;  ///< validation's images in batches as train's: what architecture parameters learn from

  /// Errors  those of load_data: not_found where the images are not installed
  [[nodiscard]] static Result<Data> load() {
    auto parts = load_data("fashion-mnist");
    if (!parts) return parts.error();
    Rng rng{64};
    const Split judged = split(parts->train, {.validation = 1.0 / 6}, rng).value();
    const Split few = split(judged.train, {.validation = 0.24}, rng).value();
    const Split own = split(few.validation, {.validation = 0.25}, rng).value();
    const Split rest = split(few.train, {.validation = 5.0 / 19}, rng).value();
    const auto loader = [normalisation = normalisation_of(parts->train)](const ImageData& data, bool training) {
      return Loader::make(data,
                          {.batch_size = training ? 64 : 500,
                           .training = training,
                           .normalisation = normalisation,
                           .workers = 0},
                          Rng{5})
          .value();
    };
    return Data{loader(own.train, true), loader(rest.validation, false), loader(judged.validation, false),
                loader(rest.validation, true)};
  }
};

/// How a network is trained alone, and a supernet.
inline TrainOptions recipe(std::int64_t epochs) {
  return {.epochs = epochs, .optimiser = {.weight_decay = 1e-4}, .schedule = CosineRate{.rate = 0.1, .warmup = 0.1}};
}
inline constexpr std::int64_t alone_epochs = 6;

/// What every network reached in each of its trainings: shares of the judging images.
class GoldenTable {
 public:
  static constexpr std::string_view head = "architecture,run,accuracy\n";

  [[nodiscard]] static std::string key(const A& a) { return fmt::format("{}-{}-{}", a[0], a[1], a[2]); }

  /// Errors  those of Csv; bad_format for a number that is none, bad_value where a network or a training is missing
  [[nodiscard]] static Result<GoldenTable> read(const std::filesystem::path& file) {
    auto table = read_some(file);
    if (!table) return table.error();
    std::optional<Error> missing;
    for_each_architecture<Space>([&](const A& a) {
      const std::size_t found = table->reached_[key(a)].size();
      if (found == runs) return;
      missing = Error{Error::Code::bad_value, fmt::format("{}: expected {} trainings of network {}, found {}",
                                                          file.string(), runs, key(a), found)};
    });
    if (missing) return *missing;
    return table;
  }
  /// The same of a table that is not finished.
  [[nodiscard]] static Result<GoldenTable> read_some(const std::filesystem::path& file) {
    const auto csv = Csv::read(file.string());
    if (!csv) return csv.error();
    GoldenTable table;
    for (const Csv::Row& row : csv->rows()) {
      const auto accuracy = row.fields.size() == 3 ? finite_number(row.fields[2]) : std::nullopt;
      if (!accuracy) return csv->fault(row, "expected a network, a run and an accuracy");
      table.reached_[std::string{row.fields[0]}].push_back(*accuracy);
    }
    return table;
  }

  [[nodiscard]] std::size_t count(const A& a) const {
    const auto found = reached_.find(key(a));
    return found == reached_.end() ? 0 : found->second.size();
  }
  [[nodiscard]] const std::vector<double>& trainings(const A& a) const { return reached_.at(key(a)); }
  [[nodiscard]] double accuracy(const A& a) const { return mean(trainings(a)); }
  /// Of one training, from all networks together: how far a seed takes a network from its mean.
  [[nodiscard]] double deviation() const {
    double square = 0;
    for_each_architecture<Space>([&](const A& a) {
      for (const double x : trainings(a)) square += (x - accuracy(a)) * (x - accuracy(a));
    });
    return std::sqrt(square / (64.0 * (runs - 1)));
  }
  [[nodiscard]] std::vector<A> inside(Flops most) const {
    std::vector<A> all;
    for_each_architecture<Space>([&](const A& a) {
      if (flops.profile(a) <= most) all.push_back(a);
    });
    return all;
  }
  /// Below the best network that meets the budget.
  [[nodiscard]] double regret(const A& a, Flops most) const {
    double best = 0;
    for (const A& b : inside(most)) best = std::max(best, accuracy(b));
    return best - accuracy(a);
  }
  /// The expected regret of the best of so many random networks that meet the budget, each trained once: draws with
  /// replacement, over all networks and trainings.
  [[nodiscard]] double random_regret(double draws, Flops most) const {
    std::vector<std::pair<double, double>> seen;  // what one training shows, and the network's regret
    for (const A& a : inside(most)) {
      for (const double x : trainings(a)) seen.emplace_back(x, regret(a, most));
    }
    std::sort(seen.begin(), seen.end());
    double sum = 0, below = 0;
    for (std::size_t i = 0; i < seen.size(); ++i) {  // the largest of the draws is the i-th with this probability
      const double upto = std::pow(static_cast<double>(i + 1) / static_cast<double>(seen.size()), draws);
      sum += (upto - below) * seen[i].second;
      below = upto;
    }
    return sum;
  }

 private:
  std::map<std::string, std::vector<double>> reached_;
};

/// Trains a network alone; its share of right answers on the judging images.
[[nodiscard]] inline Result<double> train_alone(const A& a, const Data& data, std::uint64_t seed) {
  const auto net = seeded_subnet(a, seed);
  Trainer trainer{*net, data.train, recipe(alone_epochs), Rng{seed}};
  const auto forward = [&](const torch::Tensor& images) { return net->forward(images); };
  const auto done = trainer.fit([&](const Batch& batch) { return cross_entropy(forward(batch.images), batch.labels); });
  if (!done) return done.error();
  const auto scores = evaluate(*net, forward, data.judge);
  if (!scores) return scores.error();
  return scores->top1();
}

/// What a search found, and its processor time.
struct Found {
  A architecture{};
  double seconds = 0;
};

/// One search, which sees the training and validation images only.
template <class Strategy>
[[nodiscard]] Found search(const Data& data, Strategy strategy, std::int64_t epochs, std::uint64_t seed) {
  const double begin = processor_seconds();
  torch::manual_seed(seed);
  Supernet<Space> supernet;
  OneShot search{supernet, std::move(strategy)};
  // 2,048 images for the statistics of batch-norm: four batches of this size would be 256.
  OneShotOptions options{.train = recipe(epochs), .recalibration_batches = 32};
  constexpr bool learns = requires { search.strategy().most_probable(); };
  if (learns) options.warmup_epochs = epochs / 3;
  const auto best =
      search.fit({.train = data.train, .validation = learns ? data.architecture : data.validation}, options, Rng{seed})
          .value()
          .best;
  return {best.architecture, processor_seconds() - begin};
}

/// Single Path One-Shot, or FairNAS, choosing under the budget. Paths of training are drawn from the whole space: inside the
/// budget cheap candidates are trained more often than others, and then look better than they are.
template <class Strategy> [[nodiscard]] Strategy chosen_by_evolution() {
  Budgets<Space> budgets;
  budgets.add("FLOPs", flops, Flops{0}, budget());
  return Strategy{{.evolution = {.population = 12, .generations = 3, .parents = 6}, .label_smoothing = 0}, budgets};
}
/// A learned policy under the budget; those that learn by gradients are driven there by a multiplier, too: their gates do
/// not see the constraint, which only draws and chooses.
template <class Policy> [[nodiscard]] auto inside_the_budget(Policy policy) {
  using Inside = HardConstraint<FlopsProfiler<Space>>;
  const Inside inside{flops, budget()};
  if constexpr (Policy::differentiable) {
    const ExpectationPenalty driven{flops, budget(), DualAscent{}};
    return LearnedSearch<Space, Policy, std::remove_const_t<decltype(driven)>, Inside>{std::move(policy), driven, inside};
  } else {
    return LearnedSearch<Space, Policy, Inside>{std::move(policy), inside};
  }
}

}  // namespace golden
