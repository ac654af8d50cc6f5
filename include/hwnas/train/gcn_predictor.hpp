// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  GcnPredictor: latency of whole networks by graph convolution, learnt from measured networks (BRP-NAS, Dudziak et al.
///        2020). Needs zlib.
///        GcnPredictor<OnImages> predictor;   predictor.fit(samples, {.width = 600}).value();   predictor.save("device.gcn").value();
///        LatencyProfiler<OnImages, GcnPredictor<OnImages>> latency{predictor};    // by inference: no ranges, no exact draws
#pragma once

#include <cmath>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hwnas/core/quantity.hpp"
#include "hwnas/latency/evaluate.hpp"
#include "hwnas/latency/network_sample.hpp"
#include "hwnas/nn/space_layout.hpp"
#include "hwnas/space/fingerprint.hpp"
#include "hwnas/train/gcn_model.hpp"

namespace hwnas {

/// A graph convolution over the network that an architecture runs: its kernels before fusion, as the plan has them.
///   Copies   share what was learnt, which does not change
template <class Space>
class GcnPredictor {
 public:
  using key = Architecture<Space>;
  static constexpr std::string_view format = "hwnas gcn predictor 1";

  /// Conditions of the measurements as ordered names and values.
  std::map<std::string, std::string> conditions;

  /// Learns from measured networks and forgets what it knew.
  ///   Errors  bad_value for fewer than two samples, a latency that is not finite and above 0, or options out of range;
  ///           interrupted; LibTorch's. Then it knows what it knew before
  [[nodiscard]] Result<void> fit(std::span<const NetworkSample<Space>> samples, const GcnOptions& options = {}) {
    if (const auto checked = check_samples(samples, 2); !checked) return checked.error();
    std::vector<GraphFeatures> graphs;
    std::vector<double> latencies;
    for (const NetworkSample<Space>& sample : samples) {
      graphs.push_back(features_of(sample.architecture));
      latencies.push_back(sample.latency.value());
    }
    auto fitted = GcnModel::fit(graphs, latencies, options);
    if (!fitted) return fitted.error();
    model_ = std::make_shared<const GcnModel>(std::move(*fitted));
    return {};
  }

  ///   Errors  unavailable before a fit
  [[nodiscard]] Result<Milliseconds> predict(const Architecture<Space>& a) const {
    const auto all = predict_all({&a, 1});
    if (!all) return all.error();
    return all->front();
  }

  /// The same for many networks, cheaper: what they have in common is computed once.
  [[nodiscard]] Result<std::vector<Milliseconds>> predict_all(std::span<const Architecture<Space>> networks) const {
    if (!model_) return Error{Error::Code::unavailable, "a gcn predictor must be fitted or loaded before it predicts"};
    std::vector<GraphFeatures> graphs;
    for (const Architecture<Space>& a : networks) graphs.push_back(features_of(a));
    const auto latencies = model_->predict(graphs);
    if (!latencies) return latencies.error();
    std::vector<Milliseconds> result;
    for (const double latency : *latencies) result.emplace_back(latency);
    return result;
  }

  /// Errors on measured networks.
  [[nodiscard]] Result<ErrorStatistics> evaluate(std::span<const NetworkSample<Space>> samples) const {
    return hwnas::evaluate(*this, samples);
  }

  /// Writes one binary file with a version and a checksum; nothing is left half-written.
  ///   Errors  unavailable before a fit; io
  [[nodiscard]] Result<void> save(const std::filesystem::path& path) const {
    if (!model_) return Error{Error::Code::unavailable, "a gcn predictor must be fitted before it is saved"};
    StateRecord state;
    state.put("format", std::string{format});
    state.put("space", space_text());
    for (const auto& [name, value] : conditions) state.put("condition/" + name, value);
    model_->put(state);
    return save_state(state, path);
  }
  /// Reads what save() wrote.
  ///   Errors  not_found; bad_format for a cut-off, damaged or other file; mismatch for another version or another space
  [[nodiscard]] static Result<GcnPredictor> load(const std::filesystem::path& path) {
    const auto state = load_state(path);
    if (!state) return state.error();
    for (const auto& [name, expected] : {std::pair{"format", std::string{format}}, std::pair{"space", space_text()}}) {
      const auto found = state->template get<std::string>(name);
      if (!found) return found.error();
      if (*found == expected) continue;
      return Error{Error::Code::mismatch, fmt::format("{}: expected the {} {}, found {}; fit it again", path.string(),
                                                      name, expected, *found)};
    }
    auto model = guarded(path.string(), [&] { return GcnModel::get(*state); });
    if (!model) return model.error();
    GcnPredictor result;
    result.model_ = std::make_shared<const GcnModel>(std::move(*model));
    constexpr std::string_view prefix = "condition/";
    for (const auto& [name, value] : state->values()) {
      if (!name.starts_with(prefix)) continue;
      if (const auto* text = std::get_if<std::string>(&value)) result.conditions[name.substr(prefix.size())] = *text;
    }
    return result;
  }

 private:
  static GraphFeatures features_of(const Architecture<Space>& a) {
    return graph_features(graph_of(*space_layout<Space>(), a.values()));
  }
  static std::string space_text() { return fmt::format("{:016x}", fingerprint<Space>()); }

  std::shared_ptr<const GcnModel> model_;
};

}  // namespace hwnas
