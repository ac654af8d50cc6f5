// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  load(to, from): copies weights and statistics between a supernet and stand-alone networks by name.
///        load(net, supernet).value();    // cut to size where the supernet's are larger
///        load(supernet, net).value();    // written back into the same part
#pragma once

#include <map>
#include <string>
#include <utility>
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

// Convolutions whose smaller kernels are made by learned matrices, under the name of the largest kernel.
using TransformedKernels = std::map<std::string, const Weights*>;

[[nodiscard]] inline TransformedKernels transformed_kernels(const SharedNetwork& network) {
  TransformedKernels all;
  const auto slots = network.layout().slots();
  for (std::size_t s = 0; s < slots.size(); ++s) {
    const Weights& weights = network.weights()[static_cast<int>(s)];
    if (weights.transforms.empty()) continue;
    all[(slots[s].path.empty() ? "" : slots[s].path + ".") + slots[s].name + ".weight"] = &weights;
  }
  return all;
}

// What stands in `whole` for a part's tensor, or why nothing does.
struct Match {
  torch::Tensor tensor{};
  std::string fault{};
};

[[nodiscard]] inline Match match(const torch::Tensor* found, at::IntArrayRef sizes, const Weights* transformed,
                                 CopyTo direction) {
  if (found == nullptr) return {.fault = "not there"};
  torch::Tensor part = part_of(*found, sizes);
  if (!part.defined()) return {.fault = c10::str(sizes, " against ", found->sizes())};
  if (transformed == nullptr || sizes[3] == found->size(3)) return {.tensor = std::move(part)};
  if (direction == CopyTo::whole) return {.fault = "learned matrices make it of a larger kernel"};
  return {.tensor = kernel_from(*found, transformed->transforms, static_cast<int>(sizes[0]), static_cast<int>(sizes[1]),
                                static_cast<int>(sizes[3]))};
}

// Copies each tensor of `part` from or to its counterpart in `whole`; an Error names those that have none, and then
// nothing has been copied.
[[nodiscard]] inline Result<void> copy_parts(const torch::nn::Module& whole, const torch::nn::Module& part,
                                             CopyTo direction, const TransformedKernels& transformed = {}) {
  const torch::NoGradGuard no_gradients;
  const NamedTensors all = state_of(whole);
  const NamedTensors own = state_of(part);
  std::vector<torch::Tensor> fitting;
  std::string faults;
  for (const auto& item : own) {
    const auto made = transformed.find(item.key());
    Match found = match(all.find(item.key()), item.value().sizes(),
                        made == transformed.end() ? nullptr : made->second, direction);
    if (!found.fault.empty()) faults += (faults.empty() ? "" : "; ") + item.key() + " (" + found.fault + ")";
    fitting.push_back(std::move(found.tensor));
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

/// Gives a network the supernet's weights; kernels as its learned matrices make them, where it has some.
///   Errors   mismatch, with the names that do not fit; then nothing is changed
inline Result<void> load(FixedNetwork& net, const SharedNetwork& supernet) {
  return detail::copy_parts(supernet, net, detail::CopyTo::part, detail::transformed_kernels(supernet));
}

/// Writes a network's weights back into the supernet's.
///   Errors   as above; mismatch also for kernels that learned matrices make of larger ones, which cannot be undone
inline Result<void> load(SharedNetwork& supernet, const FixedNetwork& net) {
  return detail::copy_parts(supernet, net, detail::CopyTo::whole, detail::transformed_kernels(supernet));
}

/// Copies between two networks of one architecture.
inline Result<void> load(FixedNetwork& to, const FixedNetwork& from) {
  return detail::copy_parts(from, to, detail::CopyTo::part);
}

/// Copies between two supernets of one space.
///   Errors   mismatch where one has learned matrices for its kernels and the other has none: its networks would change
inline Result<void> load(SharedNetwork& to, const SharedNetwork& from) {
  if (detail::transformed_kernels(to).empty() && !detail::transformed_kernels(from).empty()) {
    return Error{Error::Code::mismatch, "a supernet whose smaller kernels are transformed cannot be copied to one that "
                                        "takes their centres; make both with the same smaller_kernels"};
  }
  return detail::copy_parts(from, to, detail::CopyTo::part);
}

}  // namespace hwnas
