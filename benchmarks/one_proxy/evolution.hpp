// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The search beyond the listed networks: NSGA-II over the whole space, latencies by a model linear in the choices.
///        const auto model = ChoiceModel<FbNetNames>::fit(networks, latencies).value();
///        const auto found = evolved_front(model, ListedQuality<FbNetNames>{}, {.generations = 100});
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "choice_model.hpp"
#include "features.hpp"
#include "hwnas/profile/profilers.hpp"
#include "hwnas/search/nsga2.hpp"
#include "hwnas/space/counting.hpp"

namespace one_proxy {

/// How fronts are searched.
enum class SearchMethod {
  exhaustive,  ///< among the listed networks
  evolution    ///< over the whole space
};

/// Once-for-all's finder has the same population and five times the generations; for each size of images.
struct EvolutionOptions {
  std::size_t population = 100, generations = 100;
  std::uint64_t seed = 1;
};

/// In millions: what stands in for accuracy where there is none.
template <class Network>
double multiply_adds(const Network& network) {
  const auto& a = architecture_of(network);
  using Space = typename std::decay_t<decltype(a)>::space;
  return static_cast<double>(hwnas::FlopsProfiler<Space>{}.profile(a).value()) / 1e6 * area_of(network);
}

/// A network of the front, latency as the search believed it.
template <class Names>
struct EvolvedNetwork {
  NetworkOf<Names> network{};
  double latency = 0;  ///< ms
  double quality = 0;  ///< more is better
};

/// The front of quality against latency that NSGA-II ends with, fastest first, each pair of values once. Images of several
/// sizes are searched one size after the other.
template <class Names, class Quality>
std::vector<EvolvedNetwork<Names>> evolved_front(const ChoiceModel<Names>& latency, const Quality& quality,
                                                 const EvolutionOptions& options) {
  using hwnas::Goal;
  std::vector<EvolvedNetwork<Names>> found;
  for (const int side : Names::sides) {
    hwnas::Nsga2<typename Names::space> search{
        {.objectives = {{"quality", Goal::maximise}, {"latency", Goal::minimise}}, .population = options.population}};
    hwnas::Rng rng{options.seed};
    for (std::size_t trial = 0; trial < options.population * options.generations; ++trial) {
      const auto a = *search.ask(rng);
      const auto network = Names::at(a, side);
      search.tell(a, {{{"quality", quality(network)}, {"latency", latency(network)}}});
    }
    for (const auto& member : search.front()) {
      const auto network = Names::at(member.architecture, side);
      found.push_back({network, latency(network), quality(network)});
    }
  }
  std::erase_if(found, [](const auto& network) { return !std::isfinite(network.latency + network.quality); });
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return a.latency != b.latency ? a.latency < b.latency : a.quality > b.quality;
  });
  std::vector<EvolvedNetwork<Names>> front;
  for (auto& network : found) {
    if (front.empty() || network.quality > front.back().quality) front.push_back(std::move(network));
  }
  return front;
}

/// The best of a front within a budget: the last that keeps it, since quality rises with latency.
template <class Names>
std::optional<EvolvedNetwork<Names>> best_within(const std::vector<EvolvedNetwork<Names>>& front, double budget) {
  std::optional<EvolvedNetwork<Names>> best;
  for (const auto& network : front) {
    if (network.latency <= budget) best = network;
  }
  return best;
}

/// Quality by a table of listed networks, which must have the whole space: a search would only find its own rows else.
///   accuracy   of the listed names; empty: multiply-adds stand in
template <class Names>
class ListedQuality {
 public:
  static Result<ListedQuality> make(const std::vector<std::string>& names, const Eigen::VectorXd& accuracy) {
    ListedQuality made;
    if (accuracy.size() == 0) return made;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!std::isnan(accuracy(Eigen::Index(i)))) made.values_[names[i]] = accuracy(Eigen::Index(i));
    }
    if (hwnas::u128{made.values_.size()} == hwnas::space_size<typename Names::space>) return made;
    return Error{Error::Code::mismatch,
                 fmt::format("evolution needs the accuracy of every network of the space, and {} have one: without "
                             "--accuracy multiply-adds stand in",
                             made.values_.size())};
  }
  double operator()(const NetworkOf<Names>& network) const {
    return values_.empty() ? multiply_adds(network) : values_.at(Names::write(network));
  }

 private:
  std::unordered_map<std::string, double> values_;
};

/// The whole space searched by predictions, and with full knowledge where the target's measurements are known.
template <class Names>
struct WholeSpaceSearch {
  std::vector<EvolvedNetwork<Names>> found = {}, best = {};
  std::optional<ChoiceModel<Names>> truth = std::nullopt;  ///< fitted to all that the target has measured

  ///   names       of the listed networks;  accuracy: of these, or empty
  ///   predicted   their latencies (ms) as an adapter has them;  measured: as the target has them
  static Result<WholeSpaceSearch> run(const std::vector<std::string>& names, const Eigen::VectorXd& accuracy,
                                      const Eigen::VectorXd& predicted, const std::optional<Eigen::VectorXd>& measured,
                                      const EvolutionOptions& options) {
    const auto networks = read_all<Names>(names);
    if (!networks) return networks.error();
    const auto quality = ListedQuality<Names>::make(names, accuracy);
    if (!quality) return quality.error();
    const auto model = ChoiceModel<Names>::fit(*networks, predicted);
    if (!model) return model.error();
    WholeSpaceSearch out{.found = evolved_front(*model, *quality, options)};
    if (!measured) return out;
    auto truth = ChoiceModel<Names>::fit(*networks, *measured);
    if (!truth) return truth.error();
    out.best = evolved_front(*truth, *quality, options);
    out.truth = std::move(*truth);
    return out;
  }
};

}  // namespace one_proxy
