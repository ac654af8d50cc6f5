// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "common/join.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "hwnas/train/distributed.hpp"

namespace programs {

using namespace hwnas;

namespace {

/// A rank that is told something else would wait for the others at another place than they for it.
Result<void> agree(const Options& options) {
  if (auto same = options.ranks->agree("the space", options.space); !same) return same;
  return options.ranks->agree("the options", options.arguments);
}

}  // namespace

bool leads(const Options& options) { return options.ranks == nullptr || options.ranks->rank() == 0; }

Result<std::shared_ptr<Ranks>> join(Options& options) {
  const auto timeout = std::chrono::milliseconds{static_cast<std::int64_t>(1000 * options.rank_timeout)};
  auto joined = join_ranks({.timeout = timeout,
                            .start = std::min<std::chrono::milliseconds>(timeout, std::chrono::minutes{2}),
                            .ranks = {.same_architecture = !options.own_paths,
                                      .synchronise_norms = options.synchronise_norms}});
  if (!joined) return joined.error();
  std::shared_ptr<Ranks> ranks = std::move(*joined);
  if (ranks == nullptr) return ranks;
  options.ranks = ranks.get();
  if (auto same = agree(options); !same) return same.error();
  if (ranks->rank() == 0) return ranks;
  options.quiet = true;
  options.json_file = options.report_file = options.export_file = "";
  return ranks;
}

}  // namespace programs
