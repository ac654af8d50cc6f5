// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A space's operator table, measured on a device.
///        LookupTable table = measure_table<Space>(device).value();
///        LatencyProfiler<Space, LookupTable> latency{table};
#pragma once

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/rng.hpp"
#include "hwnas/latency/latency_profiler.hpp"
#include "hwnas/latency/lookup_table.hpp"
#include "hwnas/measure/device.hpp"
#include "hwnas/measure/libtorch_cpu.hpp"
#include "hwnas/measure/part_size.hpp"
#include "hwnas/nn/subnet.hpp"
#include "hwnas/space/counting.hpp"
#include "hwnas/space/fingerprint.hpp"

namespace hwnas {

/// What a table needs to know of a space.
struct TableSpace {
  std::vector<OperatorKey> keys{};            ///< every distinct operator and join
  std::span<const LeafFactory> leaves{};
  std::string fingerprint{};
  /// A random whole network, and what a table says of it.
  using Predicted = std::function<Result<Milliseconds>(const LookupTable&)>;
  std::function<std::pair<std::shared_ptr<FixedNetwork>, Predicted>(Rng&)> draw{};
};

/// Options of one table.
struct TableOptions {
  int part = 24;  ///< most operators measured together; after each part `keep` is called
  std::function<Result<void>(const LookupTable&)> keep{};
};

/// The conditions that decide whether a table still holds here.
[[nodiscard]] inline Conditions table_conditions(Conditions device, const std::string& fingerprint) {
  device["space"] = fingerprint;
  return device;
}

/// Measures a table, or what a table lacks.
template <RoundsDevice D>
class TableBuilder {
 public:
  TableBuilder(D& device, const TableSpace& space, const TableOptions& options)
      : device_{device}, space_{space}, options_{options}, measuring_{device.options()} {
    total_ = measuring_.rounds * (static_cast<int>(space.keys.size()) + measuring_.networks);
  }

  ///   Errors  interrupted; those of the device
  [[nodiscard]] Result<LookupTable> build(LookupTable table) {
    disturbed_ = disturbed_before(table);
    table.conditions = table_conditions(device_.conditions(), space_.fingerprint);
    std::vector<const OperatorKey*> missing;
    for (const OperatorKey& key : space_.keys) {
      if (!table.entries().contains(key.text())) missing.push_back(&key);
    }
    done_ = measuring_.rounds * static_cast<int>(space_.keys.size() - missing.size());
    PartSize parts{static_cast<std::size_t>(options_.part)};
    for (std::size_t at = 0; at < missing.size();) {
      const std::size_t count = parts.next(missing.size() - at);
      const auto begin = std::chrono::steady_clock::now();
      if (auto done = measure_part(std::span{missing}.subspan(at, count), table); !done) return done.error();
      parts.took(count, milliseconds_since(begin).value() / 1000);
      at += count;
    }
    return correct(std::move(table));
  }

 private:
  Result<std::vector<Measurement>> measure(const std::vector<Measurable>& things) {
    MeasureOptions how = measuring_;
    const int before = done_;
    how.progress = [&](int done, int) {
      done_ = std::min(before + done, before + measuring_.rounds * static_cast<int>(things.size()));
      if (measuring_.progress) measuring_.progress(before + done, std::max(total_, before + done));
    };
    return measure_all(device_, things, how);
  }

  Result<void> measure_part(std::span<const OperatorKey* const> keys, LookupTable& table) {
    std::vector<Measurable> things;
    for (const OperatorKey* key : keys) {
      things.push_back({operator_network(key->in, key->nodes, key->result, space_.leaves)});
    }
    const auto measured = measure(things);
    if (!measured) return measured.error();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      table.set(keys[i]->text(), entry_of((*measured)[i]));
      disturbed_ += (*measured)[i].disturbed ? 1 : 0;
    }
    table.conditions["correction"] = "none yet";
    table.conditions["disturbed"] = disturbed();
    return options_.keep ? options_.keep(table) : Result<void>{};
  }

  // Operators measured alone and hot run faster than inside a network, all by about the same factor: the median ratio of
  // measured to summed latency over a few random networks corrects it.
  Result<LookupTable> correct(LookupTable table) {
    scale(table, 1);
    Rng rng{measuring_.seed};
    std::vector<Measurable> networks;
    std::vector<double> sums;
    for (int i = 0; i < measuring_.networks; ++i) {
      const auto [network, predicted] = space_.draw(rng);
      const auto sum = predicted(table);
      if (!sum) return sum.error();
      networks.push_back({network});
      sums.push_back(sum->value());
    }
    double factor = 1;
    if (!networks.empty()) {
      const auto measured = measure(networks);
      if (!measured) return measured.error();
      std::vector<double> ratios;
      for (std::size_t i = 0; i < sums.size(); ++i) ratios.push_back((*measured)[i].minimum.value() / sums[i]);
      factor = median(ratios);
    }
    scale(table, factor);
    table.conditions["correction"] = fmt::format("{:.4f}", factor);
    table.conditions["disturbed"] = disturbed();
    return table;
  }

  [[nodiscard]] std::string disturbed() const {
    return fmt::format("{} of {} operators", disturbed_, space_.keys.size());
  }
  // As a table says that was begun before: its number is the first thing there.
  [[nodiscard]] static int disturbed_before(const LookupTable& table) {
    const auto said = table.conditions.find("disturbed");
    int count = 0;
    if (said != table.conditions.end()) {
      std::from_chars(said->second.data(), said->second.data() + said->second.size(), count);
    }
    return count;
  }

  static void scale(LookupTable& table, double factor) {
    for (auto [name, entry] : std::map{table.entries()}) {
      entry.latency = entry.minimum * factor;
      table.set(name, entry);
    }
  }

  D& device_;
  const TableSpace& space_;
  const TableOptions& options_;
  const MeasureOptions measuring_;
  int done_ = 0;
  int total_ = 0;
  int disturbed_ = 0;
};

/// What a table needs of a space type. The image's shape is the first of the space's inputs.
template <class Space>
[[nodiscard]] TableSpace table_space() {
  TableSpace space{.keys = operator_keys(Compiled<Space>::lists(), program<Space>), .leaves = leaf_factories<Space>(),
                   .fingerprint = fmt::format("{:016x}", fingerprint<Space>())};
  space.draw = [](Rng& rng) {
    const auto a = Uniform<Space>{}(rng);
    return std::pair<std::shared_ptr<FixedNetwork>, TableSpace::Predicted>{
        std::make_shared<Subnet<Space>>(a), [a](const LookupTable& table) -> Result<Milliseconds> {
          const auto latency = LatencyProfiler<Space, LookupTable>::make(table);
          if (!latency) return latency.error();
          return latency->profile(a);
        }};
  };
  return space;
}

/// Measures every distinct (operator, options, input shape) of a space and the space's joins, then a few whole networks to
/// learn the correction that the table's latencies carry. What `known` has is not measured again.
///   Errors  interrupted; those of the device
template <class Space, RoundsDevice D>
[[nodiscard]] Result<LookupTable> measure_table(D& device, LookupTable known = {}) {
  const TableSpace space = table_space<Space>();
  return TableBuilder<D>{device, space, {}}.build(std::move(known));
}

/// The same on this machine's CPU under LibTorch.
template <class Space>
[[nodiscard]] Result<LookupTable> measure_table(const MeasureOptions& options = {}) {
  LibtorchCpu device{options};
  return measure_table<Space>(device);
}

/// The conditions of a table measured by measure_table<Space>(options).
template <class Space>
[[nodiscard]] Conditions measuring_conditions(const MeasureOptions& options) {
  return table_conditions(LibtorchCpu{options}.conditions(), fmt::format("{:016x}", fingerprint<Space>()));
}

}  // namespace hwnas
