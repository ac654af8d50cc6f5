// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What searching for n devices costs: a predictor from scratch on each, or one proxy and a few measurements on each;
///        accuracies from one supernet, or from training for each device's search anew.
///        cost_table({1, 10, 100}, {.adapting = 10}).text()
#pragma once

#include <cstdint>
#include <vector>

#include "hwnas/report/table.hpp"

namespace one_proxy {

/// Everything the table assumes; all of it are options of the program.
struct CostAssumptions {
  std::int64_t scratch = 900;    ///< measurements for a device's own predictor (what a graph convolution was given)
  std::int64_t adapting = 10;    ///< measurements on each device beyond the proxy
  double seconds = 30;           ///< one measurement: loading, warm-up, 50 runs, cooling down
  double supernet_hours = 1200;  ///< training it, once
  double candidates = 1000;      ///< networks that one search trains where there is no supernet
  double candidate_hours = 0.5;  ///< training one of them
  double search_hours = 0.1;     ///< one search among known accuracies and predicted latencies
};

/// Measurements, hours of measuring (the devices work at the same time where there are several of them: hours are sums), and
/// hours of computing.
inline hwnas::Table cost_table(const std::vector<std::int64_t>& devices, const CostAssumptions& a) {
  hwnas::Table table{{{.name = "devices"},
                      {.name = "latencies"},
                      {.name = "measurements"},
                      {.name = "measuring", .unit = "h", .decimals = 1},
                      {.name = "computing, a supernet", .unit = "h", .decimals = 1},
                      {.name = "computing, none", .unit = "h", .decimals = 1}}};
  for (const std::int64_t n : devices) {
    for (const bool one_proxy : {false, true}) {
      const std::int64_t measurements = one_proxy ? a.scratch + (n - 1) * a.adapting : n * a.scratch;
      const double searches = static_cast<double>(n);
      table.add_row({n, one_proxy ? "one proxy, adapted" : "a predictor each", measurements,
                     static_cast<double>(measurements) * a.seconds / 3600, a.supernet_hours + searches * a.search_hours,
                     searches * a.candidates * a.candidate_hours});
    }
  }
  return table;
}

}  // namespace one_proxy
