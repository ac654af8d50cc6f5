// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The spaces that the tables list: how their files name architectures, and the features of what they name.
#pragma once

#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/latency/proxy/space_features.hpp"
#include "hwnas/zoo/measured_networks.hpp"
#include "hwnas/zoo/nasbench201_string.hpp"

namespace one_proxy {

using hwnas::Error;
using hwnas::Result;
using hwnas::SpaceFeatures;

/// How a space's files name its networks: what an architecture becomes with images of one of several sizes.
///   sides   of the images that a search tries, in pixels; 0: the space's own
struct NasBench201Names {
  using space = hwnas::zoo::NasBench201;
  using network = hwnas::Architecture<space>;
  static constexpr std::array sides{0};
  static network at(const network& a, int) { return a; }
  static Result<network> read(std::string_view name) { return hwnas::from_nasbench201_string<space>(name); }
  static std::string write(const network& a) { return hwnas::to_nasbench201_string(a); }
};
struct FbNetNames {
  using space = hwnas::zoo::FbNet;
  using network = hwnas::Architecture<space>;
  static constexpr std::array sides{0};
  static network at(const network& a, int) { return a; }
  static Result<network> read(std::string_view name) { return hwnas::zoo::fbnet_network(name); }
  static std::string write(const network& a) { return hwnas::zoo::fbnet_string(a); }
};
struct OnceForAllNames {
  using space = hwnas::zoo::MobileNetV3Ofa;
  using network = hwnas::zoo::OnceForAllNetwork;
  static constexpr std::array sides{128, 144, 160, 176, 192, 208, 224};  ///< every fourth of those that the tables have
  static network at(const hwnas::Architecture<space>& a, int side) { return {a, side}; }
  static Result<network> read(std::string_view name) { return hwnas::zoo::once_for_all_network(name); }
  static std::string write(const network& n) { return hwnas::zoo::once_for_all_string(n); }
};

/// A network's architecture, and the area of its images in units of the space's own.
template <class Space>
const hwnas::Architecture<Space>& architecture_of(const hwnas::Architecture<Space>& a) {
  return a;
}
inline const auto& architecture_of(const hwnas::zoo::OnceForAllNetwork& n) { return n.architecture; }
template <class Space>
double area_of(const hwnas::Architecture<Space>&) {
  return 1;
}
inline double area_of(const hwnas::zoo::OnceForAllNetwork& n) {
  return std::pow(n.resolution / double(hwnas::RunTimeProgram<hwnas::zoo::MobileNetV3Ofa>::view().shapes.front().h), 2);
}

template <class Names>
using NetworkOf = typename Names::network;

/// The networks that names stand for.
template <class Names>
Result<std::vector<NetworkOf<Names>>> read_all(const std::vector<std::string>& names) {
  std::vector<NetworkOf<Names>> networks;
  for (const std::string& name : names) {
    const auto network = Names::read(name);
    if (!network) return network.error();
    networks.push_back(*network);
  }
  return networks;
}

namespace detail {

template <class Names>
Result<SpaceFeatures> listed_features(const std::vector<std::string>& names) {
  const auto architectures = read_all<Names>(names);
  if (!architectures) return architectures.error();
  return hwnas::space_features<typename Names::space>(*architectures);
}

/// The columns as they are, the image's area beside them, and times the area: what a network costs is between the two.
inline Result<SpaceFeatures> once_for_all_features(const std::vector<std::string>& names) {
  const auto networks = read_all<OnceForAllNames>(names);
  if (!networks) return networks.error();
  std::vector<hwnas::Architecture<hwnas::zoo::MobileNetV3Ofa>> architectures;
  Eigen::VectorXd area(static_cast<Eigen::Index>(names.size()));
  for (const auto& network : *networks) {
    area(static_cast<Eigen::Index>(architectures.size())) = area_of(network);
    architectures.push_back(network.architecture);
  }
  SpaceFeatures features = hwnas::space_features<hwnas::zoo::MobileNetV3Ofa>(architectures);
  const hwnas::FeatureView at_full_size = features.views.front();
  for (Eigen::MatrixXd* columns : {&features.views.front().coarse, &features.views.front().fine}) {
    columns->conservativeResize(Eigen::NoChange, columns->cols() + 1);
    columns->rightCols(1) = area;
  }
  features.views.push_back(
      {"times area", area.asDiagonal() * at_full_size.coarse, area.asDiagonal() * at_full_size.fine});
  features.flops = features.flops.cwiseProduct(area);
  return features;
}

}  // namespace detail

/// The columns of a file of this space that name an architecture.
inline std::string key_of(std::string_view space) { return space == "ofa" ? "ks,e,d,r" : "arch"; }

inline Error no_space(std::string_view space) {
  return {Error::Code::unknown_name, fmt::format("there is no space '{}': nasbench201, fbnet or ofa", space)};
}

inline Result<SpaceFeatures> features_of(std::string_view space, const std::vector<std::string>& names) {
  if (space == "nasbench201") return detail::listed_features<NasBench201Names>(names);
  if (space == "fbnet") return detail::listed_features<FbNetNames>(names);
  if (space == "ofa") return detail::once_for_all_features(names);
  return no_space(space);
}

}  // namespace one_proxy
