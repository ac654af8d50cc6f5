// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Where a run's latencies come from: this machine, measured now or before, or a file.
#pragma once

#include <utility>

#include "common/latency.hpp"
#include "common/options.hpp"
#include "common/own_predictor.hpp"
#include "hwnas/experiment/progress.hpp"
#include "hwnas/latency/any_space.hpp"
#include "hwnas/measure/measurement.hpp"
#include "prices/given_latency.hpp"

namespace programs {

/// The table of --latency-table or of the cache, measured if there is none.
///   Errors   those of price_operators and operator_latency
template <class Space>
[[nodiscard]] hwnas::Result<GivenLatency<Space>> measured_operators(const Options& options,
                                                                    const hwnas::MeasureOptions& measuring,
                                                                    const hwnas::Console& console) {
  auto priced = price_operators<Space>(options, measuring, console);
  if (!priced) return priced.error();
  auto given = operator_latency<Space>(priced->table, table_path(options).string(), std::move(priced->text));
  if (given) given->seconds = priced->seconds;
  return given;
}

/// What --predictor names: "cpu", kernels of this machine; "operators", its table, as --latency-table asks for, too; or a file.
///   Errors   those of own_predictor, measured_operators and latency_from
template <class Space>
[[nodiscard]] hwnas::Result<GivenLatency<Space>> latency_of(const Options& options,
                                                            const hwnas::MeasureOptions& measuring,
                                                            const hwnas::Console& console) {
  const bool cpu = options.predictor == "cpu";
  if (options.predictor == "operators" || (cpu && !options.latency_table.empty())) {
    return measured_operators<Space>(options, measuring, console);
  }
  if (!cpu) return latency_from<Space>(options.predictor);
  const auto own = own_predictor(hwnas::any_space<Space>(options.space, ""), options, measuring, console);
  if (!own) return own.error();
  auto given = latency_from<Space>(own->path);
  if (!given) return given.error();
  given->seconds = own->seconds;
  if (own->seconds > 0) given->text = own->text;
  return given;
}

}  // namespace programs
