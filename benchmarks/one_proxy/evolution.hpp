// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The search beyond the listed networks: NSGA-II over the whole space, latencies by a model linear in the choices,
///        which is the paper's.
///        const auto model = choice_model<FbNet>(architectures, latencies).value();
///        const auto found = evolved_front(model, multiply_adds<FbNet>, {.generations = 100});
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "features.hpp"
#include "hwnas/latency/linear_predictor.hpp"
#include "hwnas/profile/profilers.hpp"
#include "hwnas/search/nsga2.hpp"
#include "hwnas/space/counting.hpp"

namespace one_proxy {

/// How fronts are searched.
enum class SearchMethod {
  exhaustive,  ///< among the listed networks
  evolution    ///< over the whole space
};

/// Once-for-all's finder has the same population and five times the generations.
struct EvolutionOptions {
  std::size_t population = 100, generations = 100;
  std::uint64_t seed = 1;
};

/// A network of the front, latency as the search believed it.
template <class Space>
struct EvolvedNetwork {
  hwnas::Architecture<Space> architecture{};
  double latency = 0;  ///< ms
  double quality = 0;  ///< more is better
};

/// Latencies (a row an architecture; NaN: none) as a sum over the choices. Rows that an adapter put at or below 0 say nothing.
template <class Space>
Result<hwnas::LinearPredictor<Space>> choice_model(const std::vector<hwnas::Architecture<Space>>& architectures,
                                                   const Eigen::VectorXd& latency) {
  std::vector<hwnas::NetworkSample<Space>> samples;
  for (std::size_t i = 0; i < architectures.size(); ++i) {
    const double value = latency(Eigen::Index(i));
    if (std::isfinite(value) && value > 0) samples.push_back({architectures[i], hwnas::Milliseconds{value}});
  }
  hwnas::LinearPredictor<Space> model;
  if (auto fit = model.fit(samples); !fit) return fit.error();
  return model;
}

/// What a model says; NaN where the sum is not above 0.
template <class Space>
double latency_of(const hwnas::LinearPredictor<Space>& model, const hwnas::Architecture<Space>& a) {
  const auto latency = model.predict(a);
  return latency ? latency->value() : std::numeric_limits<double>::quiet_NaN();
}

/// In millions: what stands in for accuracy where there is none.
template <class Space>
double multiply_adds(const hwnas::Architecture<Space>& a) {
  return static_cast<double>(hwnas::FlopsProfiler<Space>{}.profile(a).value()) / 1e6;
}

/// The front of quality against latency that NSGA-II ends with, fastest first, each pair of values once.
template <class Space, class Quality>
std::vector<EvolvedNetwork<Space>> evolved_front(const hwnas::LinearPredictor<Space>& latency, const Quality& quality,
                                                 const EvolutionOptions& options) {
  using hwnas::Goal;
  hwnas::Nsga2<Space> search{{.objectives = {{"quality", Goal::maximise}, {"latency", Goal::minimise}},
                              .population = options.population}};
  hwnas::Rng rng{options.seed};
  for (std::size_t trial = 0; trial < options.population * options.generations; ++trial) {
    const auto a = *search.ask(rng);
    search.tell(a, {{{"quality", quality(a)}, {"latency", latency_of(latency, a)}}});
  }
  std::vector<EvolvedNetwork<Space>> front;
  for (const auto& member : search.front()) {
    if (std::isfinite(latency_of(latency, member.architecture)) && std::isfinite(quality(member.architecture))) {
      front.push_back({member.architecture, latency_of(latency, member.architecture), quality(member.architecture)});
    }
  }
  const auto values = [](const auto& network) { return std::pair{network.latency, network.quality}; };
  std::sort(front.begin(), front.end(), [&](const auto& a, const auto& b) { return values(a) < values(b); });
  front.erase(std::unique(front.begin(), front.end(),
                          [&](const auto& a, const auto& b) { return values(a) == values(b); }),
              front.end());
  return front;
}

/// The best of a front within a budget: the last that keeps it, since quality rises with latency.
template <class Space>
std::optional<EvolvedNetwork<Space>> best_within(const std::vector<EvolvedNetwork<Space>>& front, double budget) {
  std::optional<EvolvedNetwork<Space>> best;
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
  double operator()(const ArchitectureOf<Names>& a) const {
    return values_.empty() ? multiply_adds(a) : values_.at(Names::write(a));
  }

 private:
  std::unordered_map<std::string, double> values_;
};

/// The whole space searched by predictions, and with full knowledge where the target's measurements are known.
template <class Names>
struct WholeSpaceSearch {
  using Space = typename Names::space;
  std::vector<EvolvedNetwork<Space>> found = {}, best = {};
  std::optional<hwnas::LinearPredictor<Space>> truth = std::nullopt;  ///< fitted to all that the target has measured

  ///   names       of the listed networks;  accuracy: of these, or empty
  ///   predicted   their latencies (ms) as an adapter has them;  measured: as the target has them
  static Result<WholeSpaceSearch> run(const std::vector<std::string>& names, const Eigen::VectorXd& accuracy,
                                      const Eigen::VectorXd& predicted, const std::optional<Eigen::VectorXd>& measured,
                                      const EvolutionOptions& options) {
    const auto architectures = read_all<Names>(names);
    if (!architectures) return architectures.error();
    const auto quality = ListedQuality<Names>::make(names, accuracy);
    if (!quality) return quality.error();
    const auto model = choice_model<Space>(*architectures, predicted);
    if (!model) return model.error();
    WholeSpaceSearch out{.found = evolved_front(*model, *quality, options)};
    if (!measured) return out;
    auto truth = choice_model<Space>(*architectures, *measured);
    if (!truth) return truth.error();
    out.best = evolved_front(*truth, *quality, options);
    out.truth = std::move(*truth);
    return out;
  }
};

/// Calls f with the names of the space: those spaces are searched whole whose every choice their files name.
template <class F>
auto with_names(std::string_view space, F f) -> decltype(f(NasBench201Names{})) {
  if (space == "nasbench201") return f(NasBench201Names{});
  if (space == "fbnet") return f(FbNetNames{});
  return Error{Error::Code::bad_value,
               fmt::format("evolution searches nasbench201 and fbnet, not '{}': --search exhaustive", space)};
}

}  // namespace one_proxy
