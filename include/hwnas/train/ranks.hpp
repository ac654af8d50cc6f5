// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Ranks: the processes that train one network together, as a trainer sees them. train/distributed.hpp makes them.
///        ranks.sum(tensor);  double mean = ranks.mean(loss);  ranks.agree("the space", text).value();
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/nn/torch.hpp"

namespace hwnas {

/// How ranks work together.
struct RankOptions {
  bool same_architecture = true;   ///< false: each rank draws paths of its own (SPOS allows it)
  bool synchronise_norms = false;  ///< batch-norm over the batches of all ranks; needs same_architecture
  std::int64_t bucket_bytes = std::int64_t{1} << 22;  ///< gradients are summed in buckets of about this size
};

/// A fixed number of processes. All of them must make the same calls in the same order.
///   Errors   everything throws unavailable, in one line, when another rank is gone or does not answer in time
class Ranks {
 public:
  using Wait = std::function<void()>;
  /// Calls keep their order within a lane; lanes do not wait for each other.
  enum class Lane { main, norms };

  Ranks(int rank, int size, const RankOptions& options) : rank_{rank}, size_{size}, options_{options} {}
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;
  virtual ~Ranks() = default;

  [[nodiscard]] int rank() const { return rank_; }
  [[nodiscard]] int size() const { return size_; }
  [[nodiscard]] const RankOptions& options() const { return options_; }

  /// Begins to sum `values` over all ranks in place; the sum is there when the returned function comes back.
  [[nodiscard]] virtual Wait sum_later(torch::Tensor values, Lane lane) = 0;
  /// Overwrites `values` by those of rank `root`.
  virtual void broadcast(torch::Tensor values, int root) = 0;

  void sum(const torch::Tensor& values, Lane lane = Lane::main) { sum_later(values, lane)(); }
  [[nodiscard]] double mean(double value) {
    const torch::Tensor all = torch::full({1}, value, torch::kFloat64);
    sum(all);
    return all.item<double>() / size_;
  }
  [[nodiscard]] bool any(bool value) { return mean(value ? 1 : 0) > 0; }

  /// The text of rank `root`.
  [[nodiscard]] std::string broadcast(std::string text, int root) {
    const torch::Tensor length = torch::full({1}, static_cast<std::int64_t>(text.size()), torch::kInt64);
    broadcast(length, root);
    text.resize(static_cast<std::size_t>(length.item<std::int64_t>()));
    if (text.empty()) return text;
    const torch::Tensor bytes = torch::from_blob(text.data(), {length.item<std::int64_t>()}, torch::kUInt8);
    broadcast(bytes, root);
    return text;
  }

  /// Whether all ranks have the same text; where not, all get the same Error.
  ///   Errors   mismatch, with the first rank that differs from rank 0
  [[nodiscard]] Result<void> agree(std::string_view what, const std::string& text) {
    const std::string first = broadcast(text, 0);
    const torch::Tensor differs = torch::zeros({size_}, torch::kInt64);
    if (text != first) differs[rank_] = 1;
    sum(differs);
    if (differs.sum().item<std::int64_t>() == 0) return {};
    const int other = static_cast<int>(differs.argmax().item<std::int64_t>());
    return Error{Error::Code::mismatch, fmt::format("the ranks must agree on {}: rank 0 has '{}', rank {} has '{}'",
                                                    what, first, other, broadcast(text, other))};
  }

 private:
  int rank_, size_;
  RankOptions options_;
};

}  // namespace hwnas
