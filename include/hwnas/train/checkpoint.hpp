// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What of a training run goes into a StateRecord: weights, optimiser, generators.
///        put_module(state, "model", *net);  put_optimiser(state, "optimiser", *optimiser);  put_rng(state, "rng",
///        rng); get_module(state, "model", *net)   and so on, each a Result<void>
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>  // fmt::join, since fmt 11

#include "hwnas/core/result.hpp"
#include "hwnas/core/rng.hpp"
#include "hwnas/nn/torch.hpp"
#include "hwnas/train/state_record.hpp"

namespace hwnas {

/// A copy of a tensor's numbers.
[[nodiscard]] inline StateArray to_array(const torch::Tensor& tensor) {
  const torch::Tensor here = tensor.detach().to(torch::kCPU).contiguous();
  const auto* data = static_cast<const char*>(here.data_ptr());
  return {.type = static_cast<std::int64_t>(here.scalar_type()),
          .sizes = here.sizes().vec(),
          .bytes = {data, data == nullptr ? 0 : here.nbytes()}};
}

/// A tensor on the CPU with those numbers; mismatch where they do not make one.
[[nodiscard]] inline Result<torch::Tensor> to_tensor(const StateArray& array) {
  const auto type = static_cast<torch::ScalarType>(array.type);
  const bool known = array.type >= 0 && array.type < static_cast<std::int64_t>(torch::ScalarType::Undefined);
  std::int64_t count = 1;
  for (const std::int64_t size : array.sizes) count *= size;
  if (!known || count < 0 || static_cast<std::size_t>(count) * c10::elementSize(type) != array.bytes.size()) {
    return Error{Error::Code::mismatch,
                 fmt::format("{} bytes do not make a tensor of {} numbers", array.bytes.size(), count)};
  }
  torch::Tensor tensor = torch::empty(array.sizes, torch::TensorOptions{}.dtype(type));
  if (!array.bytes.empty()) std::memcpy(tensor.data_ptr(), array.bytes.data(), array.bytes.size());
  return tensor;
}

/// Copies the array `name` into `tensor`, which must have its shape and type.
[[nodiscard]] inline Result<void> get_tensor(const StateRecord& state, const std::string& name, torch::Tensor tensor) {
  auto array = state.get<StateArray>(name);
  if (!array) return array.error();
  auto loaded = to_tensor(*array);
  if (!loaded || loaded->sizes() != tensor.sizes() || loaded->scalar_type() != tensor.scalar_type()) {
    return Error{Error::Code::mismatch,
                 fmt::format("{}: '{}' is [{}] in the file and [{}] here", state.source(), name,
                             fmt::join(array->sizes, ", "), fmt::join(tensor.sizes().vec(), ", "))};
  }
  const torch::NoGradGuard no_gradients;
  tensor.copy_(*loaded);
  return {};
}

/// A module's weights and buffers by name.
[[nodiscard]] inline std::vector<std::pair<std::string, torch::Tensor>> named_tensors(const torch::nn::Module& module) {
  std::vector<std::pair<std::string, torch::Tensor>> result;
  for (const auto& item : module.named_parameters()) {
    if (item.value().defined()) result.emplace_back(item.key(), item.value());
  }
  for (const auto& item : module.named_buffers()) {
    if (item.value().defined()) result.emplace_back(item.key(), item.value());
  }
  return result;
}

inline void put_module(StateRecord& state, const std::string& prefix, const torch::nn::Module& module) {
  for (const auto& [name, tensor] : named_tensors(module)) state.put(prefix + "/" + name, to_array(tensor));
}

/// Errors where a weight is missing, left over or of another shape; then some weights may have been replaced already.
[[nodiscard]] inline Result<void> get_module(const StateRecord& state, const std::string& prefix,
                                             const torch::nn::Module& module) {
  const auto tensors = named_tensors(module);
  std::size_t stored = 0;
  for (const auto& [name, value] : state.values()) stored += name.starts_with(prefix + "/") ? 1 : 0;
  if (stored != tensors.size()) {
    return Error{Error::Code::mismatch, fmt::format("{}: {} tensors of the model are stored, and this model has {}",
                                                    state.source(), stored, tensors.size())};
  }
  for (const auto& [name, tensor] : tensors) {
    if (auto done = get_tensor(state, prefix + "/" + name, tensor); !done) return done;
  }
  return {};
}

namespace detail {
/// The key of a parameter's state: its address, which LibTorch 1.13 writes out as text.
template <class States>
[[nodiscard]] typename States::key_type state_key(const States&, const torch::Tensor& parameter) {
  void* const address = parameter.unsafeGetTensorImpl();
  if constexpr (std::is_same_v<typename States::key_type, std::string>) {
    std::ostringstream text;
    text << address;
    return text.str();
  } else {
    return address;
  }
}

inline void put_optional(StateRecord& state, const std::string& name, const torch::Tensor& tensor) {
  if (tensor.defined()) state.put(name, to_array(tensor));
}

/// The tensor `name` on the device of `like`; undefined where it was not stored.
[[nodiscard]] inline Result<torch::Tensor> get_optional(const StateRecord& state, const std::string& name,
                                                        const torch::Tensor& like) {
  if (!state.contains(name)) return torch::Tensor{};
  torch::Tensor tensor = torch::empty_like(like.detach());
  if (auto done = get_tensor(state, name, tensor); !done) return done.error();
  return tensor;
}

inline void put_parameter_state(StateRecord& state, const std::string& name, torch::optim::SGDParamState& values) {
  put_optional(state, name + "/momentum", values.momentum_buffer());
}
[[nodiscard]] inline Result<void> get_parameter_state(const StateRecord& state, const std::string& name,
                                                      const torch::Tensor& like, torch::optim::SGDParamState& values) {
  auto momentum = get_optional(state, name + "/momentum", like);
  if (!momentum) return momentum.error();
  values.momentum_buffer(*momentum);
  return {};
}

template <class AdamState> void put_parameter_state(StateRecord& state, const std::string& name, AdamState& values) {
  state.put(name + "/step", static_cast<std::int64_t>(values.step()));
  put_optional(state, name + "/mean", values.exp_avg());
  put_optional(state, name + "/square", values.exp_avg_sq());
  put_optional(state, name + "/largest", values.max_exp_avg_sq());
}
template <class AdamState>
[[nodiscard]] Result<void> get_parameter_state(const StateRecord& state, const std::string& name,
                                               const torch::Tensor& like, AdamState& values) {
  auto step = state.get<std::int64_t>(name + "/step");
  auto mean = get_optional(state, name + "/mean", like);
  auto square = get_optional(state, name + "/square", like);
  auto largest = get_optional(state, name + "/largest", like);
  if (!step) return step.error();
  for (const auto* part : {&mean, &square, &largest}) {
    if (!*part) return part->error();
  }
  values.step(*step);
  values.exp_avg(*mean);
  values.exp_avg_sq(*square);
  values.max_exp_avg_sq(*largest);
  return {};
}

/// Visits every parameter with the name its state goes by: by place, since optimisers know no names.
template <class Visit>
[[nodiscard]] Result<void> for_each_parameter(torch::optim::Optimizer& optimiser, const std::string& prefix,
                                              Visit&& visit) {
  for (std::size_t g = 0; g < optimiser.param_groups().size(); ++g) {
    const auto& parameters = optimiser.param_groups()[g].params();
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      if (Result<void> done = visit(parameters[i], fmt::format("{}/{}/{}", prefix, g, i)); !done) return done;
    }
  }
  return {};
}

/// Calls use(type of the parameters' state) for the optimisers that make_optimiser makes.
template <class Use> [[nodiscard]] Result<void> with_state_type(torch::optim::Optimizer& optimiser, Use&& use) {
  if (dynamic_cast<torch::optim::SGD*>(&optimiser) != nullptr)
    return use(std::type_identity<torch::optim::SGDParamState>{});
  if (dynamic_cast<torch::optim::Adam*>(&optimiser) != nullptr)
    return use(std::type_identity<torch::optim::AdamParamState>{});
  if (dynamic_cast<torch::optim::AdamW*>(&optimiser) != nullptr)
    return use(std::type_identity<torch::optim::AdamWParamState>{});
  return Error{Error::Code::unavailable, "checkpoints know the optimisers SGD, Adam and AdamW"};
}
}  // namespace detail

/// Momentum and moments of each parameter. Parameters that no step has touched have none, and get none back.
[[nodiscard]] inline Result<void> put_optimiser(StateRecord& state, const std::string& prefix,
                                                torch::optim::Optimizer& optimiser) {
  return detail::with_state_type(optimiser, [&]<class State>(std::type_identity<State>) {
    return detail::for_each_parameter(
        optimiser, prefix, [&](const torch::Tensor& parameter, const std::string& name) -> Result<void> {
          const auto found = optimiser.state().find(detail::state_key(optimiser.state(), parameter));
          if (found == optimiser.state().end()) return {};
          state.put(name, std::int64_t{1});
          detail::put_parameter_state(state, name, static_cast<State&>(*found->second));
          return {};
        });
  });
}

[[nodiscard]] inline Result<void> get_optimiser(const StateRecord& state, const std::string& prefix,
                                                torch::optim::Optimizer& optimiser) {
  optimiser.state().clear();
  return detail::with_state_type(optimiser, [&]<class State>(std::type_identity<State>) {
    return detail::for_each_parameter(
        optimiser, prefix, [&](const torch::Tensor& parameter, const std::string& name) -> Result<void> {
          if (!state.contains(name)) return {};
          auto values = std::make_unique<State>();
          if (auto done = detail::get_parameter_state(state, name, parameter, *values); !done) return done;
          optimiser.state()[detail::state_key(optimiser.state(), parameter)] = std::move(values);
          return {};
        });
  });
}

inline void put_rng(StateRecord& state, const std::string& name, const Rng& rng) {
  const auto words = rng.state();
  state.put(name, StateArray{.sizes = {4}, .bytes = {reinterpret_cast<const char*>(words.data()), sizeof words}});
}

[[nodiscard]] inline Result<void> get_rng(const StateRecord& state, const std::string& name, Rng& rng) {
  auto array = state.get<StateArray>(name);
  if (!array) return array.error();
  std::array<std::uint64_t, 4> words{};
  if (array->bytes.size() != sizeof words)
    return Error{Error::Code::mismatch, fmt::format("{}: '{}' is no generator", state.source(), name)};
  std::memcpy(words.data(), array->bytes.data(), sizeof words);
  rng.set_state(words);
  return {};
}

namespace detail {
/// LibTorch's own generators, which dropout and initialisation use: the CPU's, and the device's where that is another.
template <class Visit> void for_each_generator(torch::Device device, Visit&& visit) {
  const auto one = [&](torch::Device where, const std::string& name) {
    at::Generator generator = at::globalContext().defaultGenerator(where);
    const std::lock_guard lock{generator.mutex()};
    visit(generator, name);
  };
  one(torch::kCPU, "cpu");
  if (device != torch::kCPU) one(device, "device");
}
}  // namespace detail

inline void put_generators(StateRecord& state, const std::string& prefix, torch::Device device) {
  detail::for_each_generator(device, [&](const at::Generator& generator, const std::string& name) {
    state.put(prefix + "/" + name, to_array(generator.get_state()));
  });
}

[[nodiscard]] inline Result<void> get_generators(const StateRecord& state, const std::string& prefix,
                                                 torch::Device device) {
  Result<void> result;
  detail::for_each_generator(device, [&](at::Generator& generator, const std::string& name) {
    auto array = state.get<StateArray>(prefix + "/" + name);
    if (!array && name == "device") return;  // a run that began on the CPU goes on elsewhere
    if (!array) return static_cast<void>(result = array.error());
    auto tensor = to_tensor(*array);
    if (!tensor) return static_cast<void>(result = tensor.error());
    generator.set_state(*tensor);
  });
  return result;
}

}  // namespace hwnas
