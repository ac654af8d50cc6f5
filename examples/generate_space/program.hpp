// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The program for one space type. Each space's .cpp compiles this once.
#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>

#include "common/candidates.hpp"
#include "common/latency_source.hpp"
#include "hwnas/core/atomic_file.hpp"
#include "hwnas/core/stop_signal.hpp"
#include "hwnas/profile/candidate_mask_json.hpp"
#include "hwnas/profile/candidate_scores.hpp"
#include "hwnas/profile/keep_candidates.hpp"
#include "hwnas/report/table.hpp"
#include "options.hpp"

namespace generate_space {

using namespace hwnas;

template <class Space> void print_scores(const std::vector<CandidateScore>& scores) {
  Table table{{{.name = "decision"},
               {.name = "candidate"},
               {.name = "expected latency", .unit = "ms", .decimals = 4},
               {.name = "capacity", .decimals = 3},
               {.name = "kept"}}};
  for (const CandidateScore& score : scores) {
    const Decision& decision = decisions<Space>[score.decision];
    table.add_row({std::string{decision.label}, std::string{decision.names[static_cast<std::size_t>(score.candidate)]},
                   score.latency, score.capacity, score.kept ? "yes" : ""});
  }
  fmt::print("{}", table.text());
}

/// Scores, mask and header.
///   Errors   those of latency_of and of writing
template <class Space> [[nodiscard]] Result<void> generate(const Options& options, KeptHeader what) {
  const StopSignal stop;
  const Console console = options.quiet ? Console{} : stderr_console();
  const auto given = programs::latency_of<Space>(options, {.stop = stop.asked()}, console);
  if (!given) return given.error();
  const auto scores = score_candidates(given->latency);
  const auto mask = mask_of<Space>(scores);
  what.name = options.name;
  const auto device = given->conditions.find("device");  // a table of one's own need not name it
  what.note = fmt::format("Latency: {} of {}.", given->kind, device == given->conditions.end() ? "a device" : device->second);
  const std::string header = kept_candidates_header(mask, what);
  if (!options.mask.empty()) {
    if (auto written = write_file_atomically(options.mask, to_json(mask) + "\n"); !written) return written;
  }
  if (!options.header.empty()) {
    if (auto written = write_file_atomically(options.header, header); !written) return written;
  }
  if (!options.quiet) {
    fmt::print("{}: {}\n", given->kind, given->text);
    print_scores<Space>(scores);
    fmt::print("candidates: {}\n", programs::kept_text(mask));
  }
  if (options.header.empty()) fmt::print("{}", header);
  return {};
}

}  // namespace generate_space
