// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  KernelPredictor: latency of kernels learnt from measured ones, one tree ensemble for each type of kernel, as nn-Meter
///        (Zhang et al., MobiSys 2021). Needs XGBoost and nlohmann-json.
///        KernelPredictor predictor{rules};   predictor.fit(samples).value();   predictor.save("device.json").value();
///        LatencyProfiler<OnImages, KernelPredictor> latency{KernelPredictor::load("device.json").value()};
///        File format: docs/reference/kernel_predictor.md
#pragma once

#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/quantity.hpp"
#include "hwnas/core/result.hpp"
#include "hwnas/latency/booster.hpp"
#include "hwnas/latency/error_statistics.hpp"
#include "hwnas/latency/fusion_rules_json.hpp"
#include "hwnas/latency/kernel.hpp"
#include "hwnas/latency/kernel_correction.hpp"
#include "hwnas/latency/kernel_trend.hpp"
#include "hwnas/latency/measurement.hpp"
#include "hwnas/space/fingerprint.hpp"

namespace hwnas {

/// A measured kernel.
struct KernelSample {
  KernelKey kernel;
  Milliseconds latency{};
};
/// A measured network, as the kernels that it runs.
struct KernelNetworkSample {
  std::vector<KernelKey> kernels;
  Milliseconds latency{};
};

/// Predicts kernels.
///   Model      latency = trend(multiply-adds, bytes) exp(trees(features)): the trend carries beyond the samples, where trees
///              are flat. correct() adds what kernels cost inside networks beside alone
///   predict    a type without samples of its own is predicted as its longest beginning that has some (conv-bn-add as
///              conv-bn); extrapolation() says so. Errors: unknown_name where no beginning is known
class KernelPredictor {
 public:
  using key = KernelKey;
  static constexpr std::string_view format = "hwnas kernel predictor 2";
  using Warn = std::function<void(const std::string&)>;

  /// Conditions of the measurements as ordered names and values: device, cpu, threads, library, ...
  std::map<std::string, std::string> conditions;

  explicit KernelPredictor(FusionRules rules = {}) : rules_{std::move(rules)} {}

  [[nodiscard]] const FusionRules& rules() const { return rules_; }
  /// Types with samples of their own, and how many.
  [[nodiscard]] std::map<std::string, std::size_t> types() const {
    std::map<std::string, std::size_t> result;
    for (const auto& [type, model] : models_) result[type] = model.count;
    return result;
  }

  /// Learns from measured kernels and forgets what it knew.
  ///   Errors  bad_value for no samples, or a latency that is not finite and above 0, naming the kernel
  [[nodiscard]] Result<void> fit(std::span<const KernelSample> samples, const TreeOptions& options = {}) {
    if (samples.empty()) {
      return Error{Error::Code::bad_value, "a kernel predictor needs measured kernels; there are none"};
    }
    std::map<std::string, std::vector<const KernelSample*>> of_type;
    for (const KernelSample& sample : samples) {
      if (auto checked = check_measured(sample.latency, sample.kernel.text()); !checked) return checked;
      of_type[sample.kernel.type()].push_back(&sample);
    }
    std::map<std::string, Model> models;
    for (const auto& [type, own] : of_type) {
      auto model = fitted(own, options);
      if (!model) return model.error();
      models.emplace(type, std::move(*model));
    }
    models_ = std::move(models);
    corrections_.clear();
    return {};
  }

  /// Learns from measured networks how kernels inside them differ from kernels measured alone; a network's latency stays the
  /// sum of its kernels'. A new fit() forgets it.
  ///   Errors  those of fit_corrections(); of predict()
  [[nodiscard]] Result<void> correct(std::span<const KernelNetworkSample> networks) {
    std::vector<NetworkSum> sums;
    for (const KernelNetworkSample& network : networks) {
      auto sum = summed(network);
      if (!sum) return sum.error();
      sums.push_back(std::move(*sum));
    }
    auto corrections = fit_corrections(sums);
    if (!corrections) return corrections.error();
    corrections_ = std::move(*corrections);
    return {};
  }
  [[nodiscard]] const KernelCorrections& corrections() const { return corrections_; }

  /// Whether predict() has an answer.
  [[nodiscard]] bool knows(const KernelKey& kernel) const { return model_of(kernel) != nullptr; }

  /// What a network takes: the sum of its kernels.
  [[nodiscard]] Result<Milliseconds> predict_network(std::span<const KernelKey> kernels) const {
    const auto all = predict_all(kernels);
    if (!all) return all.error();
    double sum = 0;
    for (const Milliseconds latency : *all) sum += latency.value();
    return Milliseconds{sum};
  }

  [[nodiscard]] Result<Milliseconds> predict(const KernelKey& kernel) const {
    const auto all = predict_all({&kernel, 1});
    if (!all) return all.error();
    return all->front();
  }

  /// The same for many kernels, cheaper.
  [[nodiscard]] Result<std::vector<Milliseconds>> predict_all(std::span<const KernelKey> kernels) const {
    auto result = predict_alone(kernels);
    if (!result || corrections_.empty()) return result;
    for (std::size_t i = 0; i < kernels.size(); ++i) {
      const auto own = corrections_.find(kernels[i].type());
      const KernelCorrection& correction = own == corrections_.end() ? corrections_.at("") : own->second;
      (*result)[i] =
          Milliseconds{correction.apply((*result)[i].value(), static_cast<double>(kernels[i].features().weights))};
    }
    return result;
  }

  /// Kernels by themselves, as they were measured: without the correction.
  [[nodiscard]] Result<std::vector<Milliseconds>> predict_alone(std::span<const KernelKey> kernels) const {
    std::map<const Model*, std::vector<std::size_t>> of_model;
    for (std::size_t i = 0; i < kernels.size(); ++i) {
      const auto* found = model_of(kernels[i]);
      if (found == nullptr) {
        return Error{
            Error::Code::unknown_name,
            fmt::format("kernel predictor: nothing like {} was measured; measure such kernels", kernels[i].text())};
      }
      of_model[&found->second].push_back(i);
    }
    std::vector<Milliseconds> result(kernels.size());
    for (const auto& [model, places] : of_model) {
      std::vector<float> rows;
      for (std::size_t i : places) append_row(rows, kernels[i].features(), columns_of(model->seen));
      const auto corrections = model->trees.predict(rows);
      if (!corrections) return corrections.error();
      for (std::size_t k = 0; k < places.size(); ++k) {
        result[places[k]] = Milliseconds{model->trend(kernels[places[k]].features()) * std::exp((*corrections)[k])};
      }
    }
    return result;
  }

  /// Why a prediction of this kernel goes beyond what was measured; nothing where it does not.
  [[nodiscard]] std::optional<std::string> extrapolation(const KernelKey& kernel) const {
    const auto* found = model_of(kernel);
    if (found == nullptr) return fmt::format("{}: nothing like it was measured", kernel.text());
    if (const std::string type = kernel.type(); found->first != type) {
      return fmt::format("{}: no {} was measured; predicted as {}", kernel.text(), type, found->first);
    }
    const auto values = kernel.features().values();
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto [low, high] = found->second.seen[i];
      if (values[i] >= low && values[i] <= high) continue;
      return fmt::format("{}: its {} of {} is outside the measured {} to {}", kernel.text(), KernelFeatures::names[i],
                         values[i], low, high);
    }
    return std::nullopt;
  }

  /// Errors on kernels measured by themselves, for each type and, under "all", for all of them.
  [[nodiscard]] Result<std::map<std::string, ErrorStatistics>> evaluate(std::span<const KernelSample> samples) const {
    std::map<std::string, std::pair<std::vector<double>, std::vector<double>>> lists;
    for (const KernelSample& sample : samples) {
      const auto predicted = predict_alone({&sample.kernel, 1});
      if (!predicted) return predicted.error();
      for (const std::string& name : {sample.kernel.type(), std::string{"all"}}) {
        lists[name].first.push_back(predicted->front().value());
        lists[name].second.push_back(sample.latency.value());
      }
    }
    std::map<std::string, ErrorStatistics> result;
    for (const auto& [name, pair] : lists) result[name] = error_statistics(pair.first, pair.second);
    return result;
  }

  /// Writes one JSON file; nothing is left half-written.
  [[nodiscard]] Result<void> save(const std::filesystem::path& path) const {
    nlohmann::json types = nlohmann::json::object();
    for (const auto& [type, model] : models_) {
      const auto text = model.trees.text();
      if (!text) return text.error();
      types[type] = {
          {"count", model.count}, {"trend", model.trend.coefficients}, {"seen", model.seen}, {"trees", *text}};
    }
    nlohmann::json corrections = nlohmann::json::object();
    for (const auto& [type, c] : corrections_) corrections[type] = {c.factor, c.start, c.weight};
    nlohmann::json document{{"format", format}, {"conditions", conditions}, {"rules", to_json(rules_)},
                            {"features", KernelFeatures::names}, {"types", types}, {"corrections", corrections}};
    document["checksum"] = json_checksum(document);
    return write_file_atomically(path, document.dump(1) + "\n");
  }

  /// Reads what save() wrote.
  ///   `here`    the conditions found now; each that differs is one line to `warn` (standard error)
  ///   Errors    not_found; mismatch for another format or version, or other features; bad_format for a truncated or edited file
  [[nodiscard]] static Result<KernelPredictor> load(const std::filesystem::path& path,
                                                         const std::map<std::string, std::string>& here = {},
                                                         const Warn& warn = to_standard_error) {
    auto document = read_json_file(path, format);
    if (!document) return document.error();
    auto read = reading_json(path, [&] { return from(*document, path); });
    if (!read) return read;
    for (const std::string& line : read->differences(here)) warn(fmt::format("{}: {}", path.string(), line));
    return read;
  }

  /// What differs from the conditions named here, one line each.
  [[nodiscard]] std::vector<std::string> differences(const std::map<std::string, std::string>& here) const {
    std::vector<std::string> lines;
    for (const auto& [name, value] : here) {
      const auto found = conditions.find(name);
      const std::string then = found == conditions.end() ? "nothing" : found->second;
      if (then != value) {
        lines.push_back(fmt::format("the predictor was built for {} {}, here it is {}", name, then, value));
      }
    }
    return lines;
  }

 private:
  using Seen = std::array<std::pair<double, double>, KernelFeatures::count>;  // least and largest of each feature
  struct Model {
    std::size_t count = 0;
    KernelTrend trend{};
    Seen seen{};
    TreeEnsemble trees;
  };

  // Trees look at a share of the columns: those that seldom vary would only keep the others from being looked at.
  static std::size_t columns_of(const Seen& seen) {
    std::size_t columns = KernelFeatures::count;
    while (columns > KernelFeatures::usual && seen[columns - 1].first == seen[columns - 1].second) --columns;
    return columns;
  }
  static void append_row(std::vector<float>& rows, const KernelFeatures& features, std::size_t columns) {
    const auto values = features.values();
    for (std::size_t k = 0; k < columns; ++k) rows.push_back(static_cast<float>(values[k]));
  }

  static void to_standard_error(const std::string& line) { fmt::print(stderr, "warning: {}\n", line); }

  // The model of the kernel's type, or of its longest beginning that has one.
  [[nodiscard]] const std::pair<const std::string, Model>* model_of(const KernelKey& kernel) const {
    for (std::string type = kernel.type();;) {
      if (const auto found = models_.find(type); found != models_.end()) return &*found;
      const auto dash = type.rfind('-');
      if (dash == std::string::npos) return nullptr;
      type.resize(dash);
    }
  }

  [[nodiscard]] Result<NetworkSum> summed(const KernelNetworkSample& network) const {
    const auto alone = predict_alone(network.kernels);
    if (!alone) return alone.error();
    NetworkSum sum{.types = {}, .latency = network.latency.value()};
    for (std::size_t i = 0; i < network.kernels.size(); ++i) {
      TypeSum& type = sum.types[network.kernels[i].type()];
      type.alone += (*alone)[i].value();
      type.count += 1;
      type.weights += static_cast<double>(network.kernels[i].features().weights);
    }
    return sum;
  }

  static Result<Model> fitted(const std::vector<const KernelSample*>& samples, const TreeOptions& options) {
    std::vector<KernelFeatures> features;
    std::vector<double> latencies;
    for (const KernelSample* sample : samples) {
      features.push_back(sample->kernel.features());
      latencies.push_back(sample->latency.value());
    }
    const KernelTrend trend = KernelTrend::fit(features, latencies);
    Seen seen;
    for (std::size_t i = 0; i < features.size(); ++i) {
      const auto values = features[i].values();
      for (std::size_t k = 0; k < values.size(); ++k) {
        seen[k] = i == 0 ? std::pair{values[k], values[k]}
                         : std::pair{std::min(seen[k].first, values[k]), std::max(seen[k].second, values[k])};
      }
    }
    std::vector<float> rows, targets;
    for (std::size_t i = 0; i < features.size(); ++i) {
      append_row(rows, features[i], columns_of(seen));
      targets.push_back(static_cast<float>(std::log(latencies[i] / trend(features[i]))));
    }
    auto trees = TreeEnsemble::fit(rows, columns_of(seen), targets, options);
    if (!trees) return trees.error();
    return Model{samples.size(), trend, seen, std::move(*trees)};
  }

  static Result<KernelPredictor> from(nlohmann::json& document, const std::filesystem::path& path) {
    const auto bad = [&](Error::Code code, const std::string& what) {
      return Error{code, fmt::format("{}: {}", path.string(), what)};
    };
    if (auto whole = take_checksum(document, path); !whole) return whole.error();
    if (document.at("features") != nlohmann::json(KernelFeatures::names)) {
      return bad(Error::Code::mismatch, "was built on other features of kernels; build it again");
    }
    auto rules = fusion_rules_from(document.at("rules"));
    if (!rules) return bad(rules.error().code, rules.error().message);
    KernelPredictor result{std::move(*rules)};
    document.at("conditions").get_to(result.conditions);
    for (const auto& [type, stored] : document.at("types").items()) {
      const auto seen = stored.at("seen").get<Seen>();
      auto trees = TreeEnsemble::from_text(stored.at("trees").get<std::string>(), columns_of(seen));
      if (!trees) return bad(trees.error().code, fmt::format("{}: {}", type, trees.error().message));
      Model model{stored.at("count").get<std::size_t>(), {}, seen, std::move(*trees)};
      stored.at("trend").get_to(model.trend.coefficients);
      result.models_.emplace(type, std::move(model));
    }
    for (const auto& [type, stored] : document.at("corrections").items()) {
      const auto c = stored.get<std::array<double, 3>>();
      result.corrections_[type] = {c[0], c[1], c[2]};
    }
    if (!result.corrections_.empty() && !result.corrections_.contains("")) {
      return bad(Error::Code::bad_format, "its corrections lack the one for other types");
    }
    return result;
  }

  FusionRules rules_;
  std::map<std::string, Model> models_;
  KernelCorrections corrections_;
};

}  // namespace hwnas
