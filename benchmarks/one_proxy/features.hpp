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

namespace detail {

template <class Space>
Result<SpaceFeatures> listed_features(const std::vector<std::string>& names,
                                      Result<hwnas::Architecture<Space>> (*read)(std::string_view)) {
  std::vector<hwnas::Architecture<Space>> architectures;
  for (const std::string& name : names) {
    const auto a = read(name);
    if (!a) return a.error();
    architectures.push_back(*a);
  }
  return hwnas::space_features<Space>(architectures);
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
  using namespace hwnas::zoo;
  if (space == "nasbench201") {
    return detail::listed_features<NasBench201>(names, &hwnas::from_nasbench201_string<NasBench201>);
  }
  if (space == "fbnet") return detail::listed_features<FbNet>(names, &fbnet_network<FbNet>);
  if (space == "ofa") return detail::once_for_all_features(names);
  return Error{Error::Code::unknown_name, fmt::format("there is no space '{}': nasbench201, fbnet or ofa", space)};
}

}  // namespace one_proxy
