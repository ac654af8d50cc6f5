// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Energy of a run, from the processor's own counters (RAPL, which Linux shows as powercap).
///        auto counter = EnergyCounter::open();                  // an Error where the machine has none
///        auto energy = measure_energy(device, network, *counter);
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/measure/device.hpp"

namespace hwnas {

/// The energy counters of all processor packages.
class EnergyCounter {
 public:
  ///   Errors  unavailable: no such counter, or none that may be read
  [[nodiscard]] static Result<EnergyCounter> open(const std::filesystem::path& root = "/sys/class/powercap") {
    EnergyCounter counter;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator{root, failed}) {
      const std::string name = entry.path().filename().string();
      // "intel-rapl:0" is a package; "intel-rapl:0:1" a part of one. AMD's have the same names.
      const bool zone = name.starts_with("intel-rapl:") && std::count(name.begin(), name.end(), ':') == 1;
      std::int64_t now = 0, range = 0;
      if (!zone || !is_package(entry.path())) continue;
      if (!read(entry.path() / "energy_uj", now) || !read(entry.path() / "max_energy_range_uj", range)) continue;
      counter.packages_.push_back({entry.path() / "energy_uj", range, now});
    }
    if (!counter.packages_.empty()) return counter;
    return Error{Error::Code::unavailable,
                 fmt::format("energy: not available on this machine: no counter can be read in {}", root.string())};
  }

  /// Energy since the last call, or since open().
  ///   Errors  io
  [[nodiscard]] Result<Millijoules> spent() {
    double microjoules = 0;
    for (Package& package : packages_) {
      std::int64_t now = 0;
      if (!read(package.file, now)) {
        return Error{Error::Code::io, fmt::format("{}: cannot be read", package.file.string())};
      }
      const std::int64_t more = now - package.last;
      microjoules += static_cast<double>(more < 0 ? more + package.range : more);  // it begins again at its range
      package.last = now;
    }
    constexpr double microjoules_a_millijoule = 1000;
    return Millijoules{microjoules / microjoules_a_millijoule};
  }

 private:
  struct Package {
    std::filesystem::path file;
    std::int64_t range = 0;
    std::int64_t last = 0;
  };
  // The whole platform ("psys") is a zone of its own beside the package that is in it.
  static bool is_package(const std::filesystem::path& zone) {
    std::ifstream in{zone / "name"};
    std::string name;
    return !(in >> name) || name.starts_with("package");
  }
  static bool read(const std::filesystem::path& file, std::int64_t& value) {
    std::ifstream in{file};
    return static_cast<bool>(in >> value);
  }
  std::vector<Package> packages_;
};

/// Energy of one inference of a network, all packages together: runs it for a while and divides. The rest of the machine counts
/// too, so it has to be idle.
///   Errors  those of the device and the counter
template <RoundsDevice D>
[[nodiscard]] Result<Millijoules> measure_energy(D& device, const std::shared_ptr<FixedNetwork>& network,
                                                 EnergyCounter& counter, Milliseconds duration = Milliseconds{1000}) {
  const auto held = device.hold();
  const auto run = device.prepare(network, device.options().batch);
  if (!run) return run.error();
  for (int i = 0; i < device.options().warmup; ++i) {
    if (const auto time = (*run)(); !time) return time.error();
  }
  if (const auto before = counter.spent(); !before) return before.error();
  Milliseconds total{};
  int runs = 0;
  for (; total < duration || runs == 0; ++runs) {
    const auto time = (*run)();
    if (!time) return time.error();
    total += *time;
  }
  const auto spent = counter.spent();
  if (!spent) return spent.error();
  return *spent / runs;
}

}  // namespace hwnas
