// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  LinearPredictor: latency of whole networks as w^T x, x one-hot over the candidates, learnt from measured networks.
///        LinearPredictor<OnImages> predictor;   predictor.fit(samples).value();
///        LatencyProfiler<OnImages, LinearPredictor<OnImages>> latency{predictor};   // a table: ranges, counts, exact draws
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "hwnas/core/atomic_file.hpp"
#include "hwnas/core/quantity.hpp"
#include "hwnas/core/result.hpp"
#include "hwnas/latency/network_sample.hpp"
#include "hwnas/latency/proxy/ridge_path.hpp"
#include "hwnas/space/architecture.hpp"
#include "hwnas/space/fingerprint.hpp"

namespace hwnas {

/// Least squares in closed form, with the ridge penalty that leaving one sample out finds best.
///   Formula   latency(a) = w0 + sum of w(d, v) over the active decisions d with candidate v;
///             w minimises (1/n) ||w0 + X w - y||^2 + mu ||w||^2, w0 without penalty
template <class Space>
class LinearPredictor {
 public:
  using key = Architecture<Space>;
  static constexpr std::string_view format = "hwnas linear predictor 2";

  /// Conditions of the measurements as ordered names and values.
  std::map<std::string, std::string> conditions;

  /// Learns from measured networks and forgets what it knew.
  ///   Errors  bad_value for fewer than two samples, or a latency that is not finite and above 0
  [[nodiscard]] Result<void> fit(std::span<const NetworkSample<Space>> samples) {
    if (const auto checked = check_samples(samples, 2); !checked) return checked.error();
    const auto n = static_cast<Eigen::Index>(samples.size());
    Eigen::MatrixXd x = Eigen::MatrixXd::Zero(n, column_of(decision_total<Space>));
    Eigen::VectorXd y(n);
    for (Eigen::Index i = 0; i < n; ++i) {
      const NetworkSample<Space>& sample = samples[static_cast<std::size_t>(i)];
      y(i) = sample.latency.value();
      for_each_active_choice(sample.architecture, [&](std::size_t d, int v) { x(i, column_of(d) + v) = 1; });
    }
    const RidgePath path{Eigen::MatrixXd::Ones(n, 1), x, y};
    const Eigen::VectorXd w = path.coefficients(path.best_by_leave_one_out(path.grid()));
    intercept_ = path.free_coefficients(w)(0);
    weights_.assign(w.data(), w.data() + w.size());
    return {};
  }

  ///   Errors  unavailable before a fit; bad_value where the prediction is not above 0
  [[nodiscard]] Result<Milliseconds> predict(const Architecture<Space>& a) const {
    if (weights_.empty()) {
      return Error{Error::Code::unavailable, "a linear predictor must be fitted or loaded before it predicts"};
    }
    double sum = intercept_;
    for_each_active_choice(a, [&](std::size_t d, int v) { sum += weight(static_cast<int>(d), v); });
    if (sum > 0) return Milliseconds{sum};
    return Error{Error::Code::bad_value,
                 fmt::format("the linear predictor gives {} ms for {}; fit it on more networks", sum, a)};
  }

  /// w0 and w(decision, candidate) in milliseconds; LatencyProfiler makes a table of them.
  [[nodiscard]] double intercept() const { return intercept_; }
  [[nodiscard]] double weight(int decision, int value) const {
    return weights_.empty() ? 0
                            : weights_[static_cast<std::size_t>(column_of(static_cast<std::size_t>(decision)) + value)];
  }

  /// Writes a text file: conditions, then decision, candidate, weight; before them a checksum of them all.
  [[nodiscard]] Result<void> save(const std::filesystem::path& path) const {
    std::string text;
    for (const auto& [name, value] : conditions) text += fmt::format("# {}: {}\n", name, value);
    text += fmt::format("decision,candidate,weight_ms\n,0,{}\n", intercept_);
    for_each_weight([&](const Decision& decision, int v, std::size_t i) {
      text += fmt::format("{},{},{}\n", decision.label, v, weights_.empty() ? 0 : weights_[i]);
    });
    return write_file_atomically(path, fmt::format("# {}\n# checksum: {}\n{}", format, checksum(text), text));
  }
  /// Reads what save() wrote.
  ///   Errors  not_found; mismatch for another format, or decisions that are not the space's; bad_format with file and line
  [[nodiscard]] static Result<LinearPredictor> load(const std::filesystem::path& path) {
    std::ifstream in{path};
    if (!in) return Error{Error::Code::not_found, fmt::format("{}: cannot be read", path.string())};
    int number = 0;
    std::string line;
    const auto next = [&] { return ++number, static_cast<bool>(std::getline(in, line)); };
    const auto bad = [&](Error::Code code, const std::string& what) {
      return Error{code, fmt::format("{}:{}: {}", path.string(), number, what)};
    };
    if (!next() || line != fmt::format("# {}", format)) {
      return bad(Error::Code::mismatch, fmt::format("expected \"# {}\"", format));
    }
    if (!next() || !line.starts_with("# checksum: ")) return bad(Error::Code::bad_format, "expected \"# checksum: ...\"");
    const std::string said = line.substr(line.find(": ") + 2);
    const auto body = in.tellg();
    LinearPredictor result;
    while (next() && line.starts_with("# ")) {
      const auto colon = line.find(": ");
      if (colon == std::string::npos) return bad(Error::Code::bad_format, "expected \"# name: value\"");
      result.conditions[line.substr(2, colon - 2)] = line.substr(colon + 2);
    }
    if (line != "decision,candidate,weight_ms") {
      return bad(Error::Code::bad_format, "expected the names of three columns");
    }
    std::vector<std::pair<std::string, double*>> expected{{",0,", &result.intercept_}};
    result.weights_.resize(static_cast<std::size_t>(column_of(decision_total<Space>)));
    for_each_weight([&](const Decision& decision, int v, std::size_t i) {
      expected.emplace_back(fmt::format("{},{},", decision.label, v), &result.weights_[i]);
    });
    for (const auto& [head, target] : expected) {
      if (!next()) return bad(Error::Code::bad_format, fmt::format("the file ends before \"{}\"", head));
      if (!line.starts_with(head)) {
        return bad(Error::Code::mismatch, fmt::format("expected \"{}\", as this space has it", head));
      }
      const auto [end, code] = std::from_chars(line.data() + head.size(), line.data() + line.size(), *target);
      if (code != std::errc{} || end != line.data() + line.size() || !std::isfinite(*target)) {
        return bad(Error::Code::bad_format, "expected a finite number in the third column");
      }
    }
    if (next()) return bad(Error::Code::mismatch, "more lines than this space has candidates");
    in.clear();
    in.seekg(body);
    if (checksum({std::istreambuf_iterator<char>{in}, {}}) == said) return result;
    return Error{Error::Code::bad_format,
                 fmt::format("{}: was edited or damaged: its checksum is not that of its content; fit it again",
                             path.string())};
  }

 private:
  static std::string checksum(const std::string& text) {
    detail::Fingerprint f;
    f.text(text);
    return fmt::format("{:016x}", f.value);
  }
  static Eigen::Index column_of(std::size_t decision) {
    Eigen::Index column = 0;
    for (std::size_t d = 0; d < decision; ++d) column += decisions<Space>[d].count;
    return column;
  }
  static void for_each_weight(auto&& f) {
    std::size_t i = 0;
    for (const Decision& decision : decisions<Space>) {
      for (int v = 0; v < decision.count; ++v) f(decision, v, i++);
    }
  }

  double intercept_ = 0;
  std::vector<double> weights_;
};

}  // namespace hwnas
