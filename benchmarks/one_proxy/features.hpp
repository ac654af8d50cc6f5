// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The spaces that the tables list: how their files name architectures, and the features of what they name.
#pragma once

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

/// How a space's files name its architectures.
struct NasBench201Names {
  using space = hwnas::zoo::NasBench201;
  static Result<hwnas::Architecture<space>> read(std::string_view name) {
    return hwnas::from_nasbench201_string<space>(name);
  }
  static std::string write(const hwnas::Architecture<space>& a) { return hwnas::to_nasbench201_string(a); }
};
struct FbNetNames {
  using space = hwnas::zoo::FbNet;
  static Result<hwnas::Architecture<space>> read(std::string_view name) { return hwnas::zoo::fbnet_network(name); }
  static std::string write(const hwnas::Architecture<space>& a) { return hwnas::zoo::fbnet_string(a); }
};

template <class Names>
using ArchitectureOf = hwnas::Architecture<typename Names::space>;

/// The architectures that names stand for.
template <class Names>
Result<std::vector<ArchitectureOf<Names>>> read_all(const std::vector<std::string>& names) {
  std::vector<ArchitectureOf<Names>> architectures;
  for (const std::string& name : names) {
    const auto a = Names::read(name);
    if (!a) return a.error();
    architectures.push_back(*a);
  }
  return architectures;
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
  const double side = hwnas::RunTimeProgram<hwnas::zoo::MobileNetV3Ofa>::view().shapes.front().h;
  std::vector<hwnas::Architecture<hwnas::zoo::MobileNetV3Ofa>> architectures;
  Eigen::VectorXd area(static_cast<Eigen::Index>(names.size()));
  for (const std::string& name : names) {
    const auto network = hwnas::zoo::once_for_all_network(name);
    if (!network) return network.error();
    area(static_cast<Eigen::Index>(architectures.size())) = std::pow(network->resolution / side, 2);
    architectures.push_back(network->architecture);
  }
  SpaceFeatures features = hwnas::space_features<hwnas::zoo::MobileNetV3Ofa>(architectures);
  const hwnas::FeatureView at_full_size = features.views.front();
  Eigen::MatrixXd& coarse = features.views.front().coarse;
  coarse.conservativeResize(Eigen::NoChange, coarse.cols() + 1);
  coarse.rightCols(1) = area;
  features.views.push_back(
      {"times area", area.asDiagonal() * at_full_size.coarse, area.asDiagonal() * at_full_size.fine});
  features.flops = features.flops.cwiseProduct(area);
  return features;
}

}  // namespace detail

/// The columns of a file of this space that name an architecture.
inline std::string key_of(std::string_view space) { return space == "ofa" ? "ks,e,d,r" : "arch"; }

inline Result<SpaceFeatures> features_of(std::string_view space, const std::vector<std::string>& names) {
  if (space == "nasbench201") return detail::listed_features<NasBench201Names>(names);
  if (space == "fbnet") return detail::listed_features<FbNetNames>(names);
  if (space == "ofa") return detail::once_for_all_features(names);
  return Error{Error::Code::unknown_name, fmt::format("there is no space '{}': nasbench201, fbnet or ofa", space)};
}

}  // namespace one_proxy
