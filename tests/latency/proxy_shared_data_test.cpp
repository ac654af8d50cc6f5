// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Adaptation on measured devices; skipped where the measurements are not there (environment HWNAS_SHARED).
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/latency/proxy/auto_adapter.hpp"

namespace proxy_shared_data_test {

using namespace hwnas;

struct FbnetTable {
  Eigen::MatrixXd one_hot, counts, latency;
};

/// FBNet's table: 22 operator ids 0..8, then a column a device.
FbnetTable read_fbnet(const std::string& path) {
  std::ifstream file{path};
  std::string line;
  std::getline(file, line);
  const auto devices = Eigen::Index(std::count(line.begin(), line.end(), ','));
  std::vector<std::string> lines;
  while (std::getline(file, line)) lines.push_back(line);
  const auto n = Eigen::Index(lines.size());
  FbnetTable out{Eigen::MatrixXd::Zero(n, 198), Eigen::MatrixXd::Zero(n, 9), Eigen::MatrixXd(n, devices)};
  for (Eigen::Index i = 0; i < n; ++i) {
    std::istringstream fields{lines[std::size_t(i)]};
    std::string arch, cell;
    std::getline(fields, arch, ',');
    for (Eigen::Index l = 0; l < 22; ++l) {
      const Eigen::Index op = arch[std::size_t(2 * l)] - '0';
      out.one_hot(i, 22 * op + l) = 1, out.counts(i, op) += 1;
    }
    for (Eigen::Index d = 0; d < devices; ++d) {
      std::getline(fields, cell, ',');
      out.latency(i, d) = cell.empty() ? std::numeric_limits<double>::quiet_NaN() : std::stod(cell);
    }
  }
  return out;
}

TEST(AutoAdapterOnMeasuredDevices, TenMeasurementsRankFbnetOnAGpuFamilyNeverSeen) {
  const char* shared = std::getenv("HWNAS_SHARED");
  if (shared == nullptr) GTEST_SKIP() << "HWNAS_SHARED does not name the folder of measurements";
  const FbnetTable table = read_fbnet(std::string{shared} + "/data/latency/fbnet_latency.csv");
  const ProxyPool pool = ProxyPool::make({{"as written", table.counts, table.one_hot}}, table.latency).value();
  std::vector<Eigen::Index> known(13);  // columns 13 to 18 are titanx and titanxp
  std::iota(known.begin(), known.end(), Eigen::Index{0});
  AutoAdapter adapter{pool, known};
  std::vector<Eigen::Index> all(std::size_t(pool.rows()));
  std::iota(all.begin(), all.end(), Eigen::Index{0});
  Rng rng{1};
  const auto rows = adapter.choose(all, 10, rng);
  for (const Eigen::Index target : {13, 15, 16, 18}) {
    Samples samples;
    for (const auto row : rows) samples.push_back({row, Milliseconds{table.latency(row, target)}});
    adapter.fit(samples).value();
    EXPECT_GT(rank_correlation(adapter.predict_means().value(), table.latency.col(target)), 0.95)
        << "column " << target;
  }
}

}  // namespace proxy_shared_data_test
