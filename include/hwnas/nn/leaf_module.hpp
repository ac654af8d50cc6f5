// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  LeafModule: what runs a leaf operator. Specialise it beside the operator, only where LibTorch trains it:
///        template <> struct hwnas::nn::LeafModule<Fft> : torch::nn::Module {
///          explicit LeafModule(hwnas::Shape in) { ... register_parameter(...) ... }
///          torch::Tensor forward(const torch::Tensor& images) { ... }
///        };
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>

#include "hwnas/nn/torch_module.hpp"
#include "hwnas/space/compiled.hpp"

namespace hwnas {

namespace error {
template <class Operator>
struct no_module {
  static constexpr bool value = false;
};
}  // namespace error

namespace nn {
/// The module of a leaf operator. One is made for each number of input channels; the image may be smaller than the
/// shape that the constructor gets, where the space has several resolutions.
///   Errors   compile error `no_module`
template <class Operator>
struct LeafModule : torch::nn::Module {
  static_assert(
      error::no_module<Operator>::value,
      "hwnas: a leaf operator must have a module to be trained; specialise hwnas::nn::LeafModule<Operator> with a "
      "constructor from Shape and forward(tensor)");
  explicit LeafModule(Shape) {}
  torch::Tensor forward(const torch::Tensor& images) { return images; }
};
}  // namespace nn

/// A leaf's module and how to call it.
struct LeafHandle {
  using Forward = torch::Tensor (*)(torch::nn::Module&, const torch::Tensor&);
  std::shared_ptr<torch::nn::Module> module{};
  Forward forward = nullptr;
};

/// Makes modules of one leaf type: how the type reaches code that is no template.
struct LeafFactory {
  TypeId type = nullptr;
  LeafHandle (*make)(Shape in) = nullptr;
};

namespace detail {

template <class Operator>
constexpr LeafFactory leaf_factory() {
  using Module = nn::LeafModule<Operator>;
  return {&type_tag<Operator>, [](Shape in) {
            return LeafHandle{std::make_shared<Module>(in), [](torch::nn::Module& module, const torch::Tensor& x) {
                                return static_cast<Module&>(module).forward(x);
                              }};
          }};
}

// The leaf at a node of the space's operators, if it is the first of its type; an ordinary primitive otherwise.
constexpr bool is_new_leaf(std::span<const GraphNode> nodes, std::size_t at) {
  const LeafCosts* leaf = nodes[at].primitive.leaf;
  if (leaf == nullptr) return false;
  for (std::size_t i = 0; i < at; ++i) {
    if (nodes[i].primitive.leaf != nullptr && nodes[i].primitive.leaf->type == leaf->type) return false;
  }
  return true;
}
constexpr std::size_t leaf_count(std::span<const GraphNode> nodes) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) count += is_new_leaf(nodes, i) ? 1 : 0;
  return count;
}
constexpr TypeId leaf_type(std::span<const GraphNode> nodes, std::size_t which) {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (is_new_leaf(nodes, i) && which-- == 0) return nodes[i].primitive.leaf->type;
  }
  return nullptr;
}

// Only leaf types are looked for: a space without any costs the compiler next to nothing.
template <class Space>
struct LeafFactories {
  static constexpr std::size_t count = leaf_count(Compiled<Space>::lists().nodes);

  template <std::size_t... I>
  static constexpr auto make(std::index_sequence<I...>) {
    return std::array<LeafFactory, sizeof...(I)>{
        leaf_factory<TypeOfTag<leaf_type(Compiled<Space>::lists().nodes, I), Space>>()...};
  }
  static constexpr auto table = make(std::make_index_sequence<count>{});
};

}  // namespace detail

/// The modules of a space's leaf operators.
template <class Space>
[[nodiscard]] constexpr std::span<const LeafFactory> leaf_factories() {
  return detail::LeafFactories<Space>::table;
}

}  // namespace hwnas
