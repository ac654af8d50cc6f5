// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Latency as a sum over the choices, learnt from listed networks: the paper's model, for images of one size or several.
///        const auto model = ChoiceModel<FbNetNames>::fit(networks, latencies).value();   model(network)   // ms
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "features.hpp"
#include "hwnas/latency/proxy/ridge_path.hpp"
#include "hwnas/space/architecture.hpp"
#include "hwnas/space/decisions.hpp"

namespace one_proxy {

/// Ridge regression, its penalty by leaving one network out.
///   Formula   latency(a) = w0 + sum of w(d, v) over the active decisions d with candidate v; where images have several sizes,
///             w0 and every w(d, v) are p + q times the images' area
template <class Names>
class ChoiceModel {
 public:
  using Network = NetworkOf<Names>;

  ///   latency   ms, one a network; NaN, or what an adapter put at or below 0, says nothing
  ///   Errors    bad_value for fewer than two latencies
  static Result<ChoiceModel> fit(const std::vector<Network>& networks, const Eigen::VectorXd& latency) {
    std::vector<Eigen::Index> rows;
    for (Eigen::Index i = 0; i < latency.size(); ++i) {
      if (std::isfinite(latency(i)) && latency(i) > 0) rows.push_back(i);
    }
    if (rows.size() < 2) {
      return Error{Error::Code::bad_value,
                   fmt::format("a model of the choices needs at least 2 latencies, not {}", rows.size())};
    }
    const auto n = static_cast<Eigen::Index>(rows.size());
    Eigen::MatrixXd constant(n, terms), choices = Eigen::MatrixXd::Zero(n, terms * columns);
    for (Eigen::Index i = 0; i < n; ++i) {
      const Network& network = networks[static_cast<std::size_t>(rows[static_cast<std::size_t>(i)])];
      for_each_term(network, [&](int term, double size) {
        constant(i, term) = size;
        for_each_column(network, [&](Eigen::Index column) { choices(i, term * columns + column) = size; });
      });
    }
    const hwnas::RidgePath path{constant, choices, latency(rows)};
    ChoiceModel model;
    model.choices_ = path.coefficients(path.best_by_leave_one_out(path.grid()));
    model.constant_ = path.free_coefficients(model.choices_);
    return model;
  }

  /// ms; NaN where the sum is not above 0.
  double operator()(const Network& network) const {
    double sum = 0;
    for_each_term(network, [&](int term, double size) {
      double inner = constant_(term);
      for_each_column(network, [&](Eigen::Index column) { inner += choices_(term * columns + column); });
      sum += size * inner;
    });
    return sum > 0 ? sum : std::numeric_limits<double>::quiet_NaN();
  }

 private:
  using Space = typename Names::space;
  static constexpr int terms = Names::sides.size() > 1 ? 2 : 1;
  // Where the candidates of each decision begin, and how many there are in all.
  static constexpr auto begins = [] {
    std::array<Eigen::Index, hwnas::decision_total<Space> + 1> result{};
    for (std::size_t d = 0; d < hwnas::decision_total<Space>; ++d) {
      result[d + 1] = result[d] + hwnas::decisions<Space>[d].count;
    }
    return result;
  }();
  static constexpr Eigen::Index columns = begins.back();

  static void for_each_term(const Network& network, auto&& f) {
    f(0, 1.0);
    if constexpr (terms == 2) f(1, area_of(network));
  }
  static void for_each_column(const Network& network, auto&& f) {
    hwnas::for_each_active_choice(architecture_of(network), [&](std::size_t d, int v) { f(begins[d] + v); });
  }

  Eigen::VectorXd constant_, choices_;
};

}  // namespace one_proxy
