// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  load(to, from): copies weights and statistics between a supernet and stand-alone networks by name.
///        load(net, supernet).value();    // cut to size where the supernet's are larger
///        load(supernet, net).value();    // written back into the same part
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "hwnas/core/result.hpp"
#include "hwnas/nn/network.hpp"

namespace hwnas {
namespace detail {

using NamedTensors = torch::OrderedDict<std::string, torch::Tensor>;

[[nodiscard]] inline NamedTensors state_of(const torch::nn::Module& module) {
  NamedTensors state = module.named_parameters();
  for (const auto& buffer : module.named_buffers()) state.insert(buffer.key(), buffer.value());
  return state;
}

// The part of a supernet's tensor that a network of these sizes uses: first channels, centre of kernels. Undefined where
// it does not fit.
[[nodiscard]] inline torch::Tensor part_of(torch::Tensor whole, at::IntArrayRef sizes) {
  if (whole.dim() != static_cast<std::int64_t>(sizes.size())) return {};
  for (std::int64_t d = 0; d < whole.dim(); ++d) {
    const std::int64_t wanted = sizes[static_cast<std::size_t>(d)];
    const std::int64_t more = whole.size(d) - wanted;
    if (more < 0) return {};
    whole = whole.narrow(d, d < 2 ? 0 : more / 2, wanted);
  }
  return whole;
}

// Calls copy(name, part of the whole's tensor, the part's tensor) for each tensor of `part`; an Error names those that
// have no counterpart, and then nothing has been copied.
template <class Copy>
[[nodiscard]] Result<void> for_each_pair(const torch::nn::Module& whole, const torch::nn::Module& part, Copy&& copy) {
  const torch::NoGradGuard no_gradients;
  const NamedTensors all = state_of(whole);
  std::vector<std::string> faults;
  std::vector<std::pair<torch::Tensor, torch::Tensor>> pairs;
  for (const auto& item : state_of(part)) {
    const torch::Tensor* found = all.find(item.key());
    const torch::Tensor fitting = found == nullptr ? torch::Tensor{} : part_of(*found, item.value().sizes());
    if (fitting.defined()) {
      pairs.emplace_back(fitting, item.value());
    } else {
      faults.push_back(found == nullptr ? item.key() + " (not there)"
                                        : fmt::format("{} ([{}] against [{}])", item.key(), fmt::join(item.value().sizes().vec(), ", "),
                                                      fmt::join(found->sizes().vec(), ", ")));
    }
  }
  if (!faults.empty()) {
    return Error{Error::Code::mismatch, fmt::format("weights that do not fit between the two networks: {}", fmt::join(faults, "; "))};
  }
  for (auto& [ours, theirs] : pairs) copy(ours, theirs);
  return {};
}

}  // namespace detail

/// Gives a network the supernet's weights.
///   Errors   mismatch, with the names that do not fit; then nothing is changed
inline Result<void> load(FixedNetwork& net, const SharedNetwork& supernet) {
  return detail::for_each_pair(supernet, net, [](const torch::Tensor& from, torch::Tensor& to) { to.copy_(from); });
}

/// Writes a network's weights back into the supernet's.
inline Result<void> load(SharedNetwork& supernet, const FixedNetwork& net) {
  return detail::for_each_pair(supernet, net, [](torch::Tensor& to, const torch::Tensor& from) { to.copy_(from); });
}

/// Copies between two networks of one architecture.
inline Result<void> load(FixedNetwork& to, const FixedNetwork& from) {
  return detail::for_each_pair(from, to, [](const torch::Tensor& source, torch::Tensor& target) { target.copy_(source); });
}

/// Copies between two supernets of one space.
inline Result<void> load(SharedNetwork& to, const SharedNetwork& from) {
  return detail::for_each_pair(from, to, [](const torch::Tensor& source, torch::Tensor& target) { target.copy_(source); });
}

}  // namespace hwnas
