// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The features of what the tables of a space name.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <Eigen/Dense>

#include "hwnas/core/result.hpp"
#include "hwnas/latency/proxy/space_features.hpp"
#include "hwnas/zoo/listed_spaces.hpp"

namespace one_proxy {

using hwnas::Result;
using hwnas::SpaceFeatures;

using hwnas::zoo::architecture_of, hwnas::zoo::area_of, hwnas::zoo::listed_key, hwnas::zoo::read_all,
    hwnas::zoo::with_listed_space;
using hwnas::zoo::OnceForAllNames;

template <class Names>
using NetworkOf = typename Names::network;

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

inline Result<SpaceFeatures> features_of(std::string_view space, const std::vector<std::string>& names) {
  return with_listed_space(space, [&]<class Names>(Names) -> Result<SpaceFeatures> {
    if constexpr (std::is_same_v<Names, OnceForAllNames>) {
      return detail::once_for_all_features(names);
    } else {
      return detail::listed_features<Names>(names);
    }
  });
}

}  // namespace one_proxy
