// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Mixed precision: convolutions and matrix products in bfloat16 while an Autocast lives.
///        { const Autocast half{device.type()};  loss = step(batch); }
///        loss.backward();                       // outside, in the precision of the forward pass
#pragma once

#include <ATen/autocast_mode.h>

#include "hwnas/nn/torch.hpp"

namespace hwnas {

/// bfloat16 and not float16, because it has float's range: gradients need no scaling (LibTorch has no GradScaler in
/// C++). Weights stay float. Their casts are not cached: those made without gradients, of a path that is only judged, would
/// be used where gradients are wanted, and those made before a weight moves, after it.
class Autocast {
 public:
  explicit Autocast(torch::DeviceType device, bool enabled = true) : device_{device}, enabled_{enabled} {
    if (!enabled_) return;
    before_ = is_on();
    before_type_ = type();
    before_cache_ = at::autocast::is_autocast_cache_enabled();
    at::autocast::increment_nesting();
    set(true, torch::kBFloat16);
    at::autocast::set_autocast_cache_enabled(false);
  }
  Autocast(const Autocast&) = delete;
  Autocast& operator=(const Autocast&) = delete;
  ~Autocast() {
    if (!enabled_) return;
    set(before_, before_type_);
    at::autocast::set_autocast_cache_enabled(before_cache_);
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
  }

 private:
// LibTorch 2.4 gave every device one interface and deprecated the old ones.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
  [[nodiscard]] bool is_on() const { return at::autocast::is_autocast_enabled(device_); }
  [[nodiscard]] torch::ScalarType type() const { return at::autocast::get_autocast_dtype(device_); }
  void set(bool on, torch::ScalarType type) const {
    at::autocast::set_autocast_enabled(device_, on);
    at::autocast::set_autocast_dtype(device_, type);
  }
#else
  [[nodiscard]] bool is_cuda() const { return device_ == torch::kCUDA; }
  [[nodiscard]] bool is_on() const { return is_cuda() ? at::autocast::is_enabled() : at::autocast::is_cpu_enabled(); }
  [[nodiscard]] torch::ScalarType type() const {
    return is_cuda() ? at::autocast::get_autocast_gpu_dtype() : at::autocast::get_autocast_cpu_dtype();
  }
  void set(bool on, torch::ScalarType type) const {
    is_cuda() ? at::autocast::set_enabled(on) : at::autocast::set_cpu_enabled(on);
    is_cuda() ? at::autocast::set_autocast_gpu_dtype(type) : at::autocast::set_autocast_cpu_dtype(type);
  }
#endif

  torch::DeviceType device_;
  bool enabled_;
  bool before_ = false;
  bool before_cache_ = true;
  torch::ScalarType before_type_ = torch::kBFloat16;
};

}  // namespace hwnas
