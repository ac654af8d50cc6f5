// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Architectures as public tables of measured latencies write them; NAS-Bench-201's are in nasbench201_string.hpp.
///        fbnet_network("7-8-1-...").value();   fbnet_string(a);   once_for_all_network("3-5-...,3-4-...,2-4-...,224").value().architecture
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>  // fmt::join since fmt 11

#include "hwnas/core/csv.hpp"
#include "hwnas/core/result.hpp"
#include "hwnas/space/architecture.hpp"
#include "hwnas/zoo/fbnet.hpp"
#include "hwnas/zoo/once_for_all.hpp"

namespace hwnas::zoo {

/// FBNet's 22 ids of candidates, 0 to 8, with dashes between.
///   Errors  bad_format
template <class Space = FbNet>
[[nodiscard]] Result<Architecture<Space>> fbnet_network(std::string_view text) {
  constexpr int blocks = 22;
  const auto bad = [&] {
    return Error{Error::Code::bad_format, fmt::format("\"{}\" is no FBNet: expected 22 ids from 0 to 8", text)};
  };
  Architecture<Space> a;
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  for (int block = 1; block <= blocks; ++block) {
    int id = 0;
    const auto [after, code] = std::from_chars(at, end, id);
    if (code != std::errc{} || (block == blocks ? after != end : after == end || *after != '-')) return bad();
    at = after + 1;
    if (!a.set(fmt::format("block{}", block), id)) return bad();
  }
  return a;
}

/// The ids of an architecture, as fbnet_network() reads them.
template <class Space>
[[nodiscard]] std::string fbnet_string(const Architecture<Space>& a) {
  return fmt::format("{}", fmt::join(a.values(), "-"));
}

/// A network of once-for-all as tables list it: images have any resolution there.
struct OnceForAllNetwork {
  Architecture<MobileNetV3Ofa> architecture{};
  int resolution = 0;  ///< pixels a side
};

namespace detail {
inline constexpr std::size_t once_for_all_stages = 5, once_for_all_slots = 4;  // blocks of a stage, all of them written
/// The path of a block: the first of a stage stands before those that the depth counts.
[[nodiscard]] inline std::string once_for_all_block(std::size_t stage, std::size_t block) {
  return block == 0 ? fmt::format("stage{}/0", stage + 1) : fmt::format("stage{}/1/{}", stage + 1, block - 1);
}
}  // namespace detail

/// "ks,e,d,r": kernels of 20 blocks, their expansions, the depths of five stages, the resolution; numbers with dashes between.
/// Blocks beyond a stage's depth are there in the text and not in the network.
///   Errors  bad_format with what was expected
[[nodiscard]] inline Result<OnceForAllNetwork> once_for_all_network(std::string_view text) {
  constexpr auto stages = detail::once_for_all_stages, slots = detail::once_for_all_slots;
  constexpr std::array<std::size_t, 4> lengths{stages * slots, stages * slots, stages, 1};
  const auto bad = [&](std::string_view why) {
    return Error{
        Error::Code::bad_format,
        fmt::format("\"{}\" is no once-for-all network (kernels,expansions,depths,resolution): {}", text, why)};
  };
  const auto fields = split_text(text, ',');
  if (fields.size() != lengths.size()) return bad("expected four fields");
  std::array<std::vector<int>, 4> numbers;
  for (std::size_t f = 0; f < fields.size(); ++f) {
    for (const auto token : split_text(fields[f], '-')) {
      int value = 0;
      const auto [end, code] = std::from_chars(token.data(), token.data() + token.size(), value);
      if (code != std::errc{} || end != token.data() + token.size() || value <= 0) {
        return bad(fmt::format("at \"{}\"", token));
      }
      numbers[f].push_back(value);
    }
    if (numbers[f].size() != lengths[f]) {
      return bad(fmt::format("{} numbers instead of {}", numbers[f].size(), lengths[f]));
    }
  }
  const auto& [kernels, expansions, depths, resolution] = numbers;
  OnceForAllNetwork result{.resolution = resolution.front()};
  const auto set = [&](std::string_view label, int written) {
    const int d = find_decision<MobileNetV3Ofa>(label);
    const auto& values = decisions<MobileNetV3Ofa>[static_cast<std::size_t>(d)].values;
    const auto found = std::find(values.begin(), values.end(), written);
    return found != values.end() && result.architecture.set(label, static_cast<int>(found - values.begin()));
  };
  for (std::size_t s = 0; s < stages; ++s) {
    if (!set(fmt::format("stage{}/1/depth", s + 1), depths[s] - 1)) {
      return bad(fmt::format("a stage has no depth {}", depths[s]));
    }
    for (std::size_t b = 0; b < static_cast<std::size_t>(depths[s]); ++b) {
      const auto block = detail::once_for_all_block(s, b);
      if (!set(block + "/kernel", kernels[s * slots + b])) {
        return bad(fmt::format("a block has no kernel {}", kernels[s * slots + b]));
      }
      if (!set(block + "/expand", expansions[s * slots + b])) {
        return bad(fmt::format("a block has no expansion {}", expansions[s * slots + b]));
      }
    }
  }
  return result;
}

/// The text of a network, as once_for_all_network() reads it; blocks beyond a stage's depth are written as the least there is.
[[nodiscard]] inline std::string once_for_all_string(const OnceForAllNetwork& network) {
  const auto written = [&](const std::string& label) {
    const auto d = static_cast<std::size_t>(find_decision<MobileNetV3Ofa>(label));
    return written_choice(decisions<MobileNetV3Ofa>[d], network.architecture[d]);
  };
  std::vector<int> kernels, expansions, depths;
  for (std::size_t s = 0; s < detail::once_for_all_stages; ++s) {
    for (std::size_t b = 0; b < detail::once_for_all_slots; ++b) {
      const auto block = detail::once_for_all_block(s, b);
      kernels.push_back(written(block + "/kernel"));
      expansions.push_back(written(block + "/expand"));
    }
    depths.push_back(written(fmt::format("stage{}/1/depth", s + 1)) + 1);
  }
  return fmt::format("{},{},{},{}", fmt::join(kernels, "-"), fmt::join(expansions, "-"), fmt::join(depths, "-"),
                     network.resolution);
}

}  // namespace hwnas::zoo
