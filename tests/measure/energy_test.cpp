// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/measure/energy.hpp"

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <unistd.h>

#include <gtest/gtest.h>

namespace energy_test {

using namespace hwnas;
namespace fs = std::filesystem;

// A powercap folder that the test writes.
struct Powercap {
  fs::path root = fs::temp_directory_path() / ("hwnas-powercap-" + std::to_string(::getpid()));
  Powercap() { fs::remove_all(root); fs::create_directories(root); }
  ~Powercap() { fs::remove_all(root); }
  void set(const std::string& package, long microjoules, long range = 1'000'000) const {
    fs::create_directories(root / package);
    std::ofstream{root / package / "energy_uj"} << microjoules << '\n';
    std::ofstream{root / package / "max_energy_range_uj"} << range << '\n';
  }
};

TEST(EnergyCounter, SaysWhereThereIsNone) {
  const auto counter = EnergyCounter::open("/no/such/folder");
  ASSERT_FALSE(counter);
  EXPECT_EQ(counter.error().code, Error::Code::unavailable);
  EXPECT_EQ(counter.error().message,
            "energy: not available on this machine: no counter can be read in /no/such/folder");
}
TEST(EnergyCounter, AddsPackagesAndNotTheirParts) {
  const Powercap files;
  files.set("intel-rapl:0", 1000);
  files.set("intel-rapl:1", 5000);
  files.set("intel-rapl:0:0", 1000);
  auto counter = EnergyCounter::open(files.root).value();
  files.set("intel-rapl:0", 4000);
  files.set("intel-rapl:1", 6000);
  files.set("intel-rapl:0:0", 900000);
  EXPECT_EQ(counter.spent().value(), 4_mJ);
  EXPECT_EQ(counter.spent().value(), 0_mJ);
}
TEST(EnergyCounter, LeavesOutThePlatformThatThePackageIsPartOf) {
  const Powercap files;
  files.set("intel-rapl:0", 1000);
  files.set("intel-rapl:1", 5000);
  std::ofstream{files.root / "intel-rapl:0" / "name"} << "package-0\n";
  std::ofstream{files.root / "intel-rapl:1" / "name"} << "psys\n";
  auto counter = EnergyCounter::open(files.root).value();
  files.set("intel-rapl:0", 4000);
  files.set("intel-rapl:1", 25000);
  EXPECT_EQ(counter.spent().value(), 3_mJ);
}
TEST(EnergyCounter, BeginsAgainAtItsRange) {
  const Powercap files;
  files.set("intel-rapl:0", 999'000);
  auto counter = EnergyCounter::open(files.root).value();
  files.set("intel-rapl:0", 1000);
  EXPECT_EQ(counter.spent().value(), 2_mJ);
}

// Each run spends 3 mJ in 10 ms.
struct Furnace : MeasuresInRounds<Furnace> {
  const Powercap* files = nullptr;
  std::shared_ptr<long> spent = std::make_shared<long>(0);
  [[nodiscard]] std::string name() const { return "furnace"; }
  [[nodiscard]] Conditions conditions() const { return {}; }
  [[nodiscard]] MeasureOptions options() const { return {.warmup = 2}; }
  [[nodiscard]] std::shared_ptr<void> hold() const { return nullptr; }
  [[nodiscard]] Result<TimedRun> prepare(const std::shared_ptr<FixedNetwork>&, int) const {
    return TimedRun{[out = files, sum = spent]() -> Result<Milliseconds> {
      out->set("intel-rapl:0", *sum += 3000);
      return Milliseconds{10};
    }};
  }
};
TEST(MeasureEnergy, DividesByTheRunsWithoutTheWarmUp) {
  const Powercap files;
  files.set("intel-rapl:0", 0);
  auto counter = EnergyCounter::open(files.root).value();
  Furnace device;
  device.files = &files;
  EXPECT_EQ(measure_energy(device, reference_network(), counter, Milliseconds{55}).value(), 3_mJ);
}

}  // namespace energy_test
