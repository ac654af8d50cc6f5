// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "prices/kernel_prices.hpp"

#include <filesystem>
#include <fstream>
#include <utility>

#include "hwnas/latency/calibration_json.hpp"
#include "hwnas/latency/kernel_predictor.hpp"

namespace programs {

using namespace hwnas;

Result<KernelPrices> KernelPrices::load(const std::string& path) {
  auto read = KernelPredictor::load(path);
  if (!read) return read.error();
  KernelPrices prices;
  prices.path_ = path;
  prices.predictor_ = std::make_shared<const KernelPredictor>(std::move(*read));
  return prices;
}
const FusionRules& KernelPrices::rules() const { return predictor_->rules(); }
const std::map<std::string, std::string>& KernelPrices::conditions() const { return predictor_->conditions; }
Result<Milliseconds> KernelPrices::predict(const KernelKey& kernel) const { return predictor_->predict(kernel); }
Result<std::vector<Milliseconds>> KernelPrices::predict_all(std::span<const KernelKey> kernels) const {
  return predictor_->predict_all(kernels);
}
std::vector<std::string> KernelPrices::extrapolations(std::span<const KernelKey> kernels) const {
  std::vector<std::string> reasons;
  for (const KernelKey& kernel : kernels) {
    if (auto reason = predictor_->extrapolation(kernel)) reasons.push_back(std::move(*reason));
  }
  return reasons;
}
Result<Calibration> KernelPrices::calibration() const {
  return load_calibration(calibration_path(path_), predictor_->conditions);
}

std::string calibration_path(const std::string& predictor) {
  return std::filesystem::path{predictor}.replace_extension(".calibration.json").string();
}

bool holds_json(const std::string& path) {
  std::ifstream in{path};
  char first = 0;
  if (in >> first) return first == '{';
  // An empty file would be told to be a table without entries.
  return std::filesystem::path{path}.extension() == ".json";
}

}  // namespace programs
