// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  TreeEnsemble: gradient-boosted regression trees, trained and evaluated by XGBoost through its C API.
///        auto trees = TreeEnsemble::fit(rows, columns, features, targets, {.rounds = 300}).value();   trees.predict(rows)
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <xgboost/c_api.h>

#include "hwnas/core/result.hpp"

namespace hwnas {

/// How trees are grown; XGBoost's names are rounds, eta, max_depth, min_child_weight, subsample, colsample_bynode.
struct TreeOptions {
  int rounds = 300;
  int depth = 6;
  double learning_rate = 0.08;
  double least_weight = 1;   ///< samples in a leaf
  double row_share = 0.9;    ///< drawn for each tree
  double column_share = 0.8; ///< drawn for each split
  int seed = 1;
  int threads = 1;
};

namespace detail {

// XGBoost keeps results in thread-local storage and looks there when a model is freed. A model that is a static variable
// goes after the main thread's storage has gone: it is left to the end of the process then.
struct XGBoostThread {
  static inline thread_local bool alive = true;
  ~XGBoostThread() { alive = false; }
};
inline void free_booster(BoosterHandle booster) {
  if (XGBoostThread::alive) XGBoosterFree(booster);
}

}  // namespace detail

/// Trees, immutable once made; copies share them.
class TreeEnsemble {
 public:
  /// `features`: rows x columns, row by row.
  ///   Errors  bad_value with XGBoost's first line
  [[nodiscard]] static Result<TreeEnsemble> fit(std::span<const float> features, std::size_t columns,
                                                std::span<const float> targets, const TreeOptions& options) {
    DMatrixHandle raw = nullptr;
    constexpr float missing = std::numeric_limits<float>::quiet_NaN();
    if (XGDMatrixCreateFromMat(features.data(), targets.size(), columns, missing, &raw) != 0) return failure();
    const std::shared_ptr<void> data{raw, [](DMatrixHandle h) { XGDMatrixFree(h); }};
    if (XGDMatrixSetFloatInfo(raw, "label", targets.data(), targets.size()) != 0) return failure();
    TreeEnsemble made{columns};
    BoosterHandle booster = nullptr;
    if (XGBoosterCreate(&raw, 1, &booster) != 0) return failure();
    made.own(booster);
    for (const auto& [name, value] : parameters(options)) {
      if (XGBoosterSetParam(booster, name.c_str(), value.c_str()) != 0) return failure();
    }
    for (int round = 0; round < options.rounds; ++round) {
      if (XGBoosterUpdateOneIter(booster, round, raw) != 0) return failure();
    }
    return made;
  }

  /// The predictions for rows of features, one after another; a call costs XGBoost some 0.2 ms, a row little.
  [[nodiscard]] Result<std::vector<double>> predict(std::span<const float> rows) const {
    const std::string where =
        fmt::format(R"({{"data":[{},true],"shape":[{},{}],"typestr":"<f4","version":3}})",
                    reinterpret_cast<std::uintptr_t>(rows.data()), rows.size() / columns_, columns_);
    constexpr const char* how = R"({"type":0,"training":false,"iteration_begin":0,"iteration_end":0,"missing":NaN,)"
                                R"("strict_shape":false,"cache_id":0})";
    const bst_ulong* shape = nullptr;
    bst_ulong dimensions = 0;
    const float* result = nullptr;
    if (XGBoosterPredictFromDense(booster_.get(), where.c_str(), how, nullptr, &shape, &dimensions, &result) != 0) {
      return failure();
    }
    return std::vector<double>(result, result + rows.size() / columns_);
  }

  /// XGBoost's own JSON.
  [[nodiscard]] Result<std::string> text() const {
    bst_ulong size = 0;
    const char* text = nullptr;
    if (XGBoosterSaveModelToBuffer(booster_.get(), R"({"format":"json"})", &size, &text) != 0) return failure();
    return std::string{text, size};
  }
  ///   Errors  bad_format with XGBoost's first line
  [[nodiscard]] static Result<TreeEnsemble> from_text(const std::string& text, std::size_t columns) {
    TreeEnsemble made{columns};
    BoosterHandle booster = nullptr;
    if (XGBoosterCreate(nullptr, 0, &booster) != 0) return failure();
    made.own(booster);
    bst_ulong features = 0;
    if (XGBoosterLoadModelFromBuffer(booster, text.data(), text.size()) != 0) return failure(Error::Code::bad_format);
    if (XGBoosterSetParam(booster, "nthread", "1") != 0 || XGBoosterGetNumFeature(booster, &features) != 0) {
      return failure();
    }
    if (features == columns) return made;
    return Error{Error::Code::bad_format, fmt::format("trees of {} features, expected {}", features, columns)};
  }

 private:
  explicit TreeEnsemble(std::size_t columns) : columns_{columns} {}
  void own(BoosterHandle booster) {
    static thread_local const detail::XGBoostThread thread;
    static_cast<void>(thread);
    booster_ = {booster, detail::free_booster};
  }
  static Error failure(Error::Code code = Error::Code::bad_value) {
    const std::string text = XGBGetLastError();
    return {code, "XGBoost: " + text.substr(0, text.find('\n'))};
  }
  static std::vector<std::pair<std::string, std::string>> parameters(const TreeOptions& o) {
    return {{"objective", "reg:squarederror"},
            {"tree_method", "exact"},
            {"base_score", "0"},
            {"verbosity", "0"},
            {"max_depth", std::to_string(o.depth)},
            {"eta", std::to_string(o.learning_rate)},
            {"min_child_weight", std::to_string(o.least_weight)},
            {"subsample", std::to_string(o.row_share)},
            {"colsample_bynode", std::to_string(o.column_share)},
            {"seed", std::to_string(o.seed)},
            {"nthread", std::to_string(o.threads)}};
  }

  std::size_t columns_;
  std::shared_ptr<void> booster_;
};

}  // namespace hwnas
