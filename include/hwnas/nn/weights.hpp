// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  WeightBank: the torch modules behind a layout's weight slots, registered under their paths.
///        Modules are LibTorch's own (Conv2d, BatchNorm2d, Linear), so that what works on those works here.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "hwnas/nn/kernel_transform.hpp"
#include "hwnas/nn/layout.hpp"
#include "hwnas/nn/leaf_module.hpp"
#include "hwnas/nn/torch_module.hpp"

namespace hwnas {

/// Batch-norm's numbers; LibTorch's defaults.
struct NormOptions {
  double epsilon = 1e-5;
  double momentum = 0.1;
};

/// The module of one slot; of the pointers the one that fits the kind is set. Empty where a network has no such slot.
struct Weights {
  torch::nn::Conv2dImpl* convolution = nullptr;
  torch::nn::LinearImpl* linear = nullptr;
  torch::nn::BatchNorm2dImpl* norm = nullptr;
  torch::nn::Module* leaf = nullptr;
  LeafHandle::Forward leaf_forward = nullptr;
  List<KernelTransform> transforms{};  // of a convolution with several kernels, from the largest to the smallest

  [[nodiscard]] torch::nn::Module* module() const {
    if (convolution != nullptr) return convolution;
    if (linear != nullptr) return linear;
    return norm != nullptr ? static_cast<torch::nn::Module*>(norm) : leaf;
  }
};

/// Puts the rows of several processes under each other, differentiably: (k) -> (processes, k).
using GatherRows = std::function<torch::Tensor(const torch::Tensor&)>;

/// Two vectors, one number a channel; both may be undefined.
struct NormVectors {
  torch::Tensor first{}, second{};
};

/// Batch-norm over the batches of several processes, while `gather` is set. How is a pointer, to batch_norm_across, so
/// that only programs of several processes compile it.
struct NormAcross {
  using Normalise = torch::Tensor (*)(const torch::Tensor& x, const NormVectors& affine, const NormVectors& running,
                                      const NormOptions& options, const GatherRows& gather);
  const GatherRows* gather = nullptr;
  Normalise normalise = nullptr;
};

/// Where smaller kernels come from: NetworkOptions::smaller_kernels.
enum class SmallerKernels {
  centres,      ///< they are the largest one's centre: what the sandwich rule (BigNAS) expects
  transformed,  ///< they are made of it by learned matrices (once-for-all): "conv1_7to5", beside the kernel's module
};

/// Makes and registers modules.
class WeightBank {
 public:
  /// Registers in `root` a module for each slot that has a form; learned matrices where `kernels` says so.
  WeightBank(torch::nn::Module& root, const Layout& layout, std::span<const WeightForm> forms,
             std::span<const LeafFactory> leaves, const NormOptions& norm,
             SmallerKernels kernels = SmallerKernels::centres)
      : leaves_{leaves}, norm_{norm} {
    weights_.resize(forms.size());
    for (std::size_t s = 0; s < forms.size(); ++s) {
      if (!forms[s]) continue;
      const WeightSlot& slot = layout.slots()[s];
      torch::nn::Module& place = folder(root, slot.path);
      place.register_module(slot.name, make(forms[s], weights_[s]));
      if (kernels == SmallerKernels::transformed) weights_[s].transforms = make_transforms(place, slot);
    }
  }

  void set_across(const NormAcross& across) { across_ = across; }
  [[nodiscard]] const NormAcross& across() const { return across_; }

  [[nodiscard]] const Weights& operator[](int slot) const { return weights_[static_cast<std::size_t>(slot)]; }

 private:
  struct Folder {
    std::string path{};
    torch::nn::Module* module = nullptr;
  };

  // The module for a dotted path, made with its parents where it is new.
  torch::nn::Module& folder(torch::nn::Module& root, const std::string& path) {
    if (path.empty()) return root;
    for (std::size_t f = folders_.size(); f-- > 0;) {  // neighbours come one after another
      if (folders_[f].path == path) return *folders_[f].module;
    }
    const auto dot = path.rfind('.');
    torch::nn::Module& parent = dot == std::string::npos ? root : folder(root, path.substr(0, dot));
    auto made = parent.register_module(dot == std::string::npos ? path : path.substr(dot + 1),
                                       std::make_shared<torch::nn::Module>());
    folders_.push_back(Folder{path, made.get()});
    return *made;
  }

  std::shared_ptr<torch::nn::Module> make(const WeightForm& form, Weights& weights) const {
    using namespace torch::nn;  // NOLINT
    if (form.kind == PrimitiveKind::convolution) {
      const int groups = form.groups == 0 ? form.out : form.groups;
      auto made = std::make_shared<Conv2dImpl>(
          Conv2dOptions(form.in * groups, form.out, form.kernel).groups(groups).bias(form.bias));
      weights.convolution = made.get();
      return made;
    }
    if (form.kind == PrimitiveKind::linear) {
      auto made = std::make_shared<LinearImpl>(LinearOptions(form.in, form.out).bias(form.bias));
      weights.linear = made.get();
      return made;
    }
    if (form.kind == PrimitiveKind::normalisation) {
      auto made = std::make_shared<BatchNorm2dImpl>(
          BatchNorm2dOptions(form.out).eps(norm_.epsilon).momentum(norm_.momentum).affine(form.affine));
      weights.norm = made.get();
      return made;
    }
    return make_leaf(*form.leaf, weights);
  }
  // Of all sizes, each centre is the same part of the largest kernel as without matrices.
  static List<KernelTransform> make_transforms(torch::nn::Module& place, const WeightSlot& slot) {
    List<KernelTransform> made;
    for (std::size_t k = 1; k < slot.kernels.size(); ++k) {
      const int largest = slot.kernels.front(), from = slot.kernels[k - 1], to = slot.kernels[k];
      const std::string name = slot.name + "_" + std::to_string(from) + "to" + std::to_string(to);
      made.push_back(KernelTransform{.to = to, .offset = (largest - to) / 2 - (largest - from) / 2,
                                     .matrix = place.register_parameter(name, torch::eye(std::int64_t{to} * to))});
    }
    return made;
  }
  std::shared_ptr<torch::nn::Module> make_leaf(const Primitive& leaf, Weights& weights) const {
    for (const LeafFactory& factory : leaves_) {
      if (factory.type != leaf.leaf->type) continue;
      const LeafHandle made = factory.make(leaf.in);
      weights.leaf = made.module.get();
      weights.leaf_forward = made.forward;
      return made.module;
    }
    throw Error{Error::Code::unavailable, "hwnas: the leaf operator " + std::string{leaf.leaf->name} +
                                              " must have a module; pass the factories of its space"};
  }

  std::span<const LeafFactory> leaves_;
  NormOptions norm_;
  NormAcross across_;
  List<Weights> weights_;
  List<Folder> folders_;
};

}  // namespace hwnas
