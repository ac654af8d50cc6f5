// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  One rank's latencies for all of them: what is measured twice differs, and then so would what is found.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "common/files.hpp"
#include "common/ranks.hpp"
#include "hwnas/core/atomic_file.hpp"
#include "hwnas/core/result.hpp"
#include "hwnas/core/temporary_file.hpp"
#include "prices/given_latency.hpp"

namespace programs {

namespace detail {
/// The latencies of a file that another process has sent, with what it has of errors.
template <class Space>
[[nodiscard]] hwnas::Result<GivenLatency<Space>> latency_sent(const std::string& file, const std::string& calibration) {
  const hwnas::TemporaryFile copy{file};
  if (!copy.written()) return copy.written().error();
  if (calibration.empty()) return latency_from<Space>(copy.path());
  const std::string beside = calibration_path(copy.path());
  if (auto done = hwnas::write_file_atomically(beside, calibration); !done) return done.error();
  auto given = latency_from<Space>(copy.path());
  std::filesystem::remove(beside);
  return given;
}
}  // namespace detail

/// What `make` (a Result<GivenLatency<Space>> with its file's path) gives on rank 0, on all ranks; without ranks, here.
///   Errors   those of `make`; throws where ranks are lost
template <class Space, class Make>
[[nodiscard]] hwnas::Result<GivenLatency<Space>> latency_on_ranks(hwnas::Ranks* ranks, Make&& make) {
  if (ranks == nullptr) return make();
  std::optional<GivenLatency<Space>> own;
  const std::string file = from_first(ranks, [&] {
    own = make().value();
    return read_text(own->path).value();
  });
  const std::string calibration = from_first(ranks, [&] {
    const std::string path = calibration_path(own->path);
    return std::filesystem::exists(path) ? read_text(path).value() : std::string{};
  });
  if (own) return std::move(*own);
  return detail::latency_sent<Space>(file, calibration);
}

}  // namespace programs
