// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The whole way to a front on a new device: a few measurements tell whether the proxy's order holds there; if not,
///        more are chosen and the latencies adapted; then the front is searched.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "devices.hpp"
#include "hwnas/core/rng.hpp"
#include "hwnas/core/statistics.hpp"
#include "hwnas/latency/proxy/auto_adapter.hpp"
#include "hwnas/latency/proxy/monotonicity.hpp"
#include "methods.hpp"
#include "search.hpp"
#include "target_device.hpp"

namespace one_proxy {

struct AdaptationOptions {
  std::size_t samples = 10;  ///< measurements on the target, those of the check included
  double reuse_at = 0.9;     ///< the proxy's order is taken as it is where the interval of the check lies above (the paper: 0.9)
  std::uint64_t seed = 1;
};

/// What came of it. Latencies in milliseconds, a row an architecture of the pool.
struct Adaptation {
  Samples samples = {};
  std::size_t checked = 0;       ///< how many of them were drawn for the check
  double check = 0;              ///< rank correlation of proxy and target on these; NaN where one has no spread
  hwnas::Interval interval = {}; ///< of it, 95 %
  bool reused = false;
  Eigen::VectorXd predicted = {};
  std::optional<hwnas::Confidence> confidence = std::nullopt;  ///< where adapted
};

namespace detail {
inline Result<void> measure(const TargetDevice& target, const Devices& devices, const std::vector<Eigen::Index>& rows,
                            Samples& samples) {
  for (const auto row : rows) {
    const auto latency = target(devices.architectures[std::size_t(row)]);
    if (!latency) return latency.error();
    samples.push_back({row, *latency});
  }
  return {};
}
/// Compares the proxy with the samples drawn.
inline void check(const Eigen::VectorXd& proxy, hwnas::Rng& rng, Adaptation& out) {
  Eigen::VectorXd a(Eigen::Index(out.samples.size())), b = a;
  for (std::size_t i = 0; i < out.samples.size(); ++i) {
    a(Eigen::Index(i)) = proxy(out.samples[i].row), b(Eigen::Index(i)) = out.samples[i].latency.value();
  }
  out.checked = out.samples.size();
  out.check = hwnas::rank_correlation(a, b);
  out.interval = hwnas::rank_interval(a, b, hwnas::spearman, rng);
}
}  // namespace detail

/// known, proxy: columns of devices.known;  candidates: rows that the target can measure and the proxy has measured.
///   Errors   fewer than 5 samples or candidates than samples; what the device answers
inline Result<Adaptation> adapt(const Devices& devices, const hwnas::ProxyPool& pool,
                                const std::vector<Eigen::Index>& known, Eigen::Index proxy, const TargetDevice& target,
                                const std::vector<Eigen::Index>& candidates, const AdaptationOptions& options) {
  if (options.samples < 5 || candidates.size() < options.samples) {
    return Error{Error::Code::bad_value,
                 fmt::format("{} measurements asked for, of {} architectures: at least 5 are needed", options.samples,
                             candidates.size())};
  }
  hwnas::Rng rng{options.seed};
  Adaptation out;
  // Half to compare with: drawn, because chosen ones lie far apart and would agree too well.
  const auto drawn = hwnas::drawn_rows(candidates, std::max<std::size_t>(5, options.samples / 2), rng);
  if (auto done = detail::measure(target, devices, drawn, out.samples); !done) return done.error();
  detail::check(devices.known.col(proxy), rng, out);
  constexpr std::size_t enough_to_tell = 10;  // a few measurements are in one order by chance, and so are their resamples
  out.reused = out.checked >= enough_to_tell && out.interval.low >= options.reuse_at;
  if (out.reused) {
    out.predicted = line(devices.known.col(proxy), out.samples).mean;
    return out;
  }
  hwnas::AutoAdapter adapter{pool, known};
  if (auto fit = adapter.fit(out.samples); !fit) return fit.error();
  const auto chosen = adapter.choose(candidates, options.samples - out.samples.size(), rng);
  if (auto done = detail::measure(target, devices, chosen, out.samples); !done) return done.error();
  if (auto fit = adapter.fit(out.samples); !fit) return fit.error();
  out.predicted = adapter.predict_means().value();
  out.confidence = adapter.confidence().value();
  return out;
}

}  // namespace one_proxy
