// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Feature views of NAS-Bench-201, FBNet and once-for-all architectures from their strings. Provisional: the same columns
///        (operator at each place, counts, costs) are to come from the spaces' trellises.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "hwnas/core/csv.hpp"
#include "hwnas/core/result.hpp"
#include "hwnas/latency/measured_latencies.hpp"
#include "hwnas/latency/proxy/proxy_pool.hpp"

namespace one_proxy {

using hwnas::Error;
using hwnas::Result;

/// Everything the methods see of the architectures.
struct Features {
  std::vector<hwnas::FeatureView> views = {};
  Eigen::VectorXd flops = {};
};

namespace nb201 {
inline constexpr std::array<std::string_view, 5> operators{"none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"};
inline constexpr std::array<std::pair<int, int>, 6> edges{{{0, 1}, {0, 2}, {1, 2}, {0, 3}, {1, 3}, {2, 3}}};
using Cell = std::array<int, 6>;

inline Result<Cell> parse(std::string_view text) {
  Cell cell{};
  std::size_t edge = 0;
  for (const auto node : hwnas::split_text(text, '+')) {
    for (const auto token : hwnas::split_text(node, '|')) {
      if (token.empty()) continue;
      const auto name = token.substr(0, token.find('~'));
      const auto found = std::find(operators.begin(), operators.end(), name);
      const auto from = token.substr(std::min(token.size(), name.size() + 1));
      if (edge == 6 || found == operators.end() || from != fmt::format("{}", edges[edge].first)) {
        return Error{Error::Code::mismatch, fmt::format("'{}' is no NAS-Bench-201 cell (at '{}')", text, token)};
      }
      cell[edge++] = int(found - operators.begin());
    }
  }
  if (edge != 6) return Error{Error::Code::mismatch, fmt::format("'{}' is no NAS-Bench-201 cell: {} edges", text, edge)};
  return cell;
}

/// The cell without edges that the input does not reach or that do not reach the output.
inline Cell live(const Cell& cell) {
  std::array<bool, 4> forward{true, false, false, false}, backward{false, false, false, true};
  for (std::size_t e = 0; e < 6; ++e) {
    if (cell[e] != 0 && forward[std::size_t(edges[e].first)]) forward[std::size_t(edges[e].second)] = true;
  }
  for (std::size_t e = 6; e-- > 0;) {
    if (cell[e] != 0 && backward[std::size_t(edges[e].second)]) backward[std::size_t(edges[e].first)] = true;
  }
  Cell out{};
  for (std::size_t e = 0; e < 6; ++e) {
    if (forward[std::size_t(edges[e].first)] && backward[std::size_t(edges[e].second)]) out[e] = cell[e];
  }
  return out;
}

/// Largest sum of the operators' weights over the paths from input to output; -1 where there is none.
inline double longest(const Cell& cell, const std::array<double, 5>& weight, bool through_none) {
  std::array<double, 4> reach{0, -1e9, -1e9, -1e9};
  for (std::size_t e = 0; e < 6; ++e) {
    if (cell[e] == 0 && !through_none) continue;
    auto& to = reach[std::size_t(edges[e].second)];
    to = std::max(to, reach[std::size_t(edges[e].first)] + weight[std::size_t(cell[e])]);
  }
  return std::max(reach[3], -1.0);
}

inline Result<Features> features(const std::vector<std::string>& architectures) {
  const auto n = Eigen::Index(architectures.size());
  Features out;
  hwnas::FeatureView written{"as written", Eigen::MatrixXd::Zero(n, 4), Eigen::MatrixXd::Zero(n, 24)};
  hwnas::FeatureView alive{"live", Eigen::MatrixXd::Zero(n, 13), Eigen::MatrixXd::Zero(n, 24)};
  out.flops.resize(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const auto cell = parse(architectures[std::size_t(i)]);
    if (!cell) return cell.error();
    const Cell lit = live(*cell);
    std::array<int, 4> in_degree{};
    for (std::size_t e = 0; e < 6; ++e) {
      if ((*cell)[e] != 0) written.coarse(i, (*cell)[e] - 1) += 1, written.fine(i, 6 * ((*cell)[e] - 1) + Eigen::Index(e)) = 1;
      if (lit[e] != 0) alive.coarse(i, lit[e] - 1) += 1, alive.fine(i, 6 * (lit[e] - 1) + Eigen::Index(e)) = 1;
      if (lit[e] != 0) ++in_degree[std::size_t(edges[e].second)];
    }
    alive.coarse(i, 4) = longest(lit, {0, 0, 1, 1, 0}, false);  // convolutions, 3x3, kernels, operators in a row
    alive.coarse(i, 5) = longest(lit, {0, 0, 0, 1, 0}, false);
    alive.coarse(i, 6) = longest(lit, {0, 0, 1, 1, 1}, false);
    alive.coarse(i, 7) = longest(lit, {0, 1, 1, 1, 1}, false);
    alive.coarse(i, 8) = longest(*cell, {0, 0, 1, 1, 0}, true);
    alive.coarse(i, 9) = longest(*cell, {0, 0, 0, 1, 0}, true);
    alive.coarse(i, 10) = longest(*cell, {0, 0, 1, 1, 1}, true);
    for (const int d : in_degree) alive.coarse(i, 11) += std::max(0, d - 1);
    alive.coarse(i, 12) = std::any_of(lit.begin(), lit.end(), [](int op) { return op != 0; });
    out.flops(i) = 9 * written.coarse(i, 2) + written.coarse(i, 1);  // channels and resolution are common to all edges
  }
  out.views = {written, alive};
  return out;
}
}  // namespace nb201

namespace fbnet {
inline constexpr int layers = 22;
inline constexpr std::array<int, layers> in{16, 16, 24, 24, 24, 24, 32, 32, 32, 32, 64, 64, 64, 64, 112, 112, 112, 112, 184, 184, 184, 184};
inline constexpr std::array<int, layers> out{16, 24, 24, 24, 24, 32, 32, 32, 32, 64, 64, 64, 64, 112, 112, 112, 112, 184, 184, 184, 184, 352};
inline constexpr std::array<int, layers> stride{1, 2, 1, 1, 1, 2, 1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1};
inline constexpr std::array<int, 9> expansion{1, 1, 3, 6, 1, 1, 3, 6, 0}, kernel{3, 3, 3, 3, 5, 5, 5, 5, 0}, groups{1, 2, 1, 1, 1, 2, 1, 1, 1};

/// Multiply-adds, activations and weights of a block; skip is a 1x1 convolution where it changes the shape.
inline std::array<double, 3> costs(std::size_t layer, std::size_t op, double size) {
  const double after = size / stride[layer], i = in[layer], o = out[layer];
  if (op == 8) {
    if (i == o && stride[layer] == 1) return {0, 0, 0};
    return {after * after * i * o, after * after * o, i * o};
  }
  const double middle = i * expansion[op], window = kernel[op] * kernel[op], g = groups[op];
  return {size * size * i * middle / g + after * after * middle * window + after * after * middle * o / g,
          size * size * middle + after * after * middle + after * after * o, i * middle / g + middle * window + middle * o / g};
}

inline Result<Features> features(const std::vector<std::string>& architectures) {
  const auto n = Eigen::Index(architectures.size());
  Features result;
  hwnas::FeatureView view{"as written", Eigen::MatrixXd::Zero(n, 4), Eigen::MatrixXd::Zero(n, layers * 9)};
  for (Eigen::Index i = 0; i < n; ++i) {
    const auto ids = hwnas::split_text(architectures[std::size_t(i)], '-');
    double size = 112;
    for (std::size_t l = 0; l < ids.size(); ++l) {
      int op = -1;
      const auto [end, fault] = std::from_chars(ids[l].data(), ids[l].data() + ids[l].size(), op);
      if (ids.size() != layers || fault != std::errc{} || end != ids[l].data() + ids[l].size() || op < 0 || op > 8) {
        return Error{Error::Code::mismatch, fmt::format("'{}' is no FBNet architecture: 22 operator ids 0 to 8 joined by '-'",
                                                        architectures[std::size_t(i)])};
      }
      const auto cost = costs(l, std::size_t(op), size);
      for (std::size_t c = 0; c < 3; ++c) view.coarse(i, Eigen::Index(c)) += cost[c];
      view.coarse(i, 3) += op != 8;
      view.fine(i, layers * op + Eigen::Index(l)) = 1;
      size /= stride[l];
    }
  }
  result.flops = view.coarse.col(0);
  result.views = {view};
  return result;
}
}  // namespace fbnet

namespace ofa {
inline constexpr int stages = 5, slots = 4;
inline constexpr std::array<int, 6> width{16, 24, 40, 80, 112, 160}, stride{1, 2, 2, 2, 1, 2};

inline Result<std::vector<int>> numbers(std::string_view text, std::size_t count, std::initializer_list<int> allowed) {
  std::vector<int> out;
  for (const auto token : hwnas::split_text(text, '-')) {
    int value = 0;
    const auto [end, fault] = std::from_chars(token.data(), token.data() + token.size(), value);
    const bool good = fault == std::errc{} && end == token.data() + token.size() &&
                      (allowed.size() == 0 ? value > 0 : std::find(allowed.begin(), allowed.end(), value) != allowed.end());
    if (!good) return Error{Error::Code::mismatch, fmt::format("'{}' in '{}'", token, text)};
    out.push_back(value);
  }
  if (out.size() != count) return Error{Error::Code::mismatch, fmt::format("{} numbers in '{}', expected {}", out.size(), text, count)};
  return out;
}

/// Kernels, expansions, depths, resolution: blocks beyond a stage's depth are not there, whatever their columns say.
struct Network {
  std::vector<int> kernels, expansions, depths;
  int resolution = 0;
};
inline Result<Network> parse(std::string_view text) {
  const auto parts = hwnas::split_text(text, ',');
  const auto refuse = [&](std::string why) {
    return Error{Error::Code::mismatch, fmt::format("'{}' is no once-for-all network (kernels,expansions,depths,resolution): {}", text, why)};
  };
  if (parts.size() != 4) return refuse(fmt::format("{} parts", parts.size()));
  auto k = numbers(parts[0], stages * slots, {3, 5, 7}), e = numbers(parts[1], stages * slots, {3, 4, 6});
  auto d = numbers(parts[2], stages, {2, 3, 4}), r = numbers(parts[3], 1, {});
  for (const auto* part : {&k, &e, &d, &r}) {
    if (!*part) return refuse(part->error().message);
  }
  return Network{std::move(*k), std::move(*e), std::move(*d), r->front()};
}

/// The same columns as they are and times the image's area, because costs are between the two.
inline Result<Features> features(const std::vector<std::string>& architectures) {
  const auto n = Eigen::Index(architectures.size());
  Features out;
  hwnas::FeatureView fixed{"as written", Eigen::MatrixXd::Zero(n, 6), Eigen::MatrixXd::Zero(n, 3 * stages * slots)};
  Eigen::VectorXd area(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const auto network = parse(architectures[std::size_t(i)]);
    if (!network) return network.error();
    area(i) = network->resolution * network->resolution / double(224 * 224);
    double size = network->resolution / 2.0;
    for (std::size_t s = 0; s < stages; ++s) {
      for (std::size_t l = 0; l < std::size_t(network->depths[s]); ++l) {
        const std::size_t at = s * slots + l;
        const double in = width[l == 0 ? s : s + 1], o = width[s + 1], e = network->expansions[at], k = network->kernels[at];
        const double before = size * size, after = before / (l == 0 ? stride[s + 1] * stride[s + 1] : 1);
        fixed.coarse(i, 0) += before * in * in * e + after * in * e * (k * k + o);  // multiply-adds
        fixed.coarse(i, 1) += before * in * e + after * (in * e + o);               // activations
        fixed.coarse(i, 2) += 1, fixed.coarse(i, 3) += e, fixed.coarse(i, 4) += k;
        const auto column = Eigen::Index(3 * at);
        fixed.fine(i, column) = 1, fixed.fine(i, column + 1) = e, fixed.fine(i, column + 2) = k;
        if (l == 0) size /= stride[s + 1];
      }
    }
    fixed.coarse(i, 5) = area(i);
  }
  out.flops = fixed.coarse.col(0);
  out.views = {fixed, {"times area", area.asDiagonal() * fixed.coarse, area.asDiagonal() * fixed.fine}};
  return out;
}
}  // namespace ofa

/// The columns of a file of this space that name an architecture.
inline std::string key_of(std::string_view space) { return space == "ofa" ? "ks,e,d,r" : "arch"; }

inline Result<Features> features_of(std::string_view space, const std::vector<std::string>& architectures) {
  if (space == "nasbench201") return nb201::features(architectures);
  if (space == "fbnet") return fbnet::features(architectures);
  if (space == "ofa") return ofa::features(architectures);
  return Error{Error::Code::unknown_name, fmt::format("there is no space '{}': nasbench201, fbnet or ofa", space)};
}

}  // namespace one_proxy
