// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Random search: architectures drawn uniformly from the space, or by any sampler.
///        Random<OnImages>{};   Random<OnImages>{uniform_within(flops, 0_FLOPs, 300_MFLOPs).value()}
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "hwnas/search/concepts.hpp"
#include "hwnas/search/state.hpp"
#include "hwnas/space/counting.hpp"
#include "hwnas/space/fingerprint.hpp"

namespace hwnas {

/// Proposes independent draws, uniform over the distinct architectures unless another sampler is given. Never finished.
template <class Space>
class Random {
 public:
  using space = Space;
  using Draw = std::function<Architecture<Space>(Rng&)>;

  Random() = default;
  explicit Random(Draw draw) : draw_{std::move(draw)} {}

  [[nodiscard]] std::optional<Architecture<Space>> ask(Rng& rng) { return draw_(rng); }
  void tell(const Architecture<Space>&, const Metrics&) {}

  /// There is no state but the Rng's, which is the caller's.
  [[nodiscard]] std::string save() const { return StateWriter{"random search", fingerprint<Space>()}.text(); }
  [[nodiscard]] Result<void> load(std::string_view text) {
    return StateReader{text, "random search", fingerprint<Space>()}.finish();
  }

 private:
  Draw draw_ = Uniform<Space>{};
};

}  // namespace hwnas
