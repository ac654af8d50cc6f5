// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  load(to, from): copies weights and statistics between a supernet and stand-alone networks by name.
///        load(net, supernet).value();    // cut to size where the supernet's are larger
///        load(supernet, net).value();    // written back into the same part
#pragma once

#include <string>
#include <vector>

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

enum class CopyTo { whole, part };

// Copies each tensor of `part` from or to its counterpart in `whole`; an Error names those that have none, and then
// nothing has been copied.
[[nodiscard]] inline Result<void> copy_parts(const torch::nn::Module& whole, const torch::nn::Module& part,
                                             CopyTo direction) {
  const torch::NoGradGuard no_gradients;
  const NamedTensors all = state_of(whole);
  const NamedTensors own = state_of(part);
  std::vector<torch::Tensor> fitting;
  std::string faults;
  for (const auto& item : own) {
    const torch::Tensor* found = all.find(item.key());
    fitting.push_back(found == nullptr ? torch::Tensor{} : part_of(*found, item.value().sizes()));
    if (fitting.back().defined()) continue;
    faults += (faults.empty() ? "" : "; ") + item.key();
    faults +=
        found == nullptr ? " (not there)" : c10::str(" (", item.value().sizes(), " against ", found->sizes(), ")");
  }
  if (!faults.empty()) {
    return Error{Error::Code::mismatch, "weights that do not fit between the two networks: " + faults};
  }
  for (std::size_t i = 0; i < fitting.size(); ++i) {
    torch::Tensor ours = fitting[i];
    torch::Tensor theirs = own[i].value();
    direction == CopyTo::part ? theirs.copy_(ours) : ours.copy_(theirs);
  }
  return {};
}

}  // namespace detail

/// Gives a network the supernet's weights.
///   Errors   mismatch, with the names that do not fit; then nothing is changed
inline Result<void> load(FixedNetwork& net, const SharedNetwork& supernet) {
  return detail::copy_parts(supernet, net, detail::CopyTo::part);
}

/// Writes a network's weights back into the supernet's.
inline Result<void> load(SharedNetwork& supernet, const FixedNetwork& net) {
  return detail::copy_parts(supernet, net, detail::CopyTo::whole);
}

/// Copies between two networks of one architecture.
inline Result<void> load(FixedNetwork& to, const FixedNetwork& from) {
  return detail::copy_parts(from, to, detail::CopyTo::part);
}

/// Copies between two supernets of one space.
inline Result<void> load(SharedNetwork& to, const SharedNetwork& from) {
  return detail::copy_parts(from, to, detail::CopyTo::part);
}

}  // namespace hwnas
