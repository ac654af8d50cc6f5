// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Alignment: which layers of an operator's variants (other kernels, expansions, widths) are the same layer.
///        MBConv<one_of<1, 6>>: [depthwise, project] is the end of [expand, depthwise, project].
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "hwnas/nn/weight_form.hpp"

namespace hwnas {

/// The layers of all variants of one operator occurrence, in an order that fits each of them.
class LayerUnion {
 public:
  /// Adds a variant; returns for each of its layers the identity of the layer it shares.
  std::vector<int> add(std::span<const WeightForm> variant) {
    const std::vector<int> known = order_;
    const auto best = scores(variant);
    std::vector<int> identities;
    std::size_t u = 0;
    for (const WeightForm& form : variant) {
      const std::size_t v = identities.size();
      while (u < known.size() && !joins(best, known, u, v, form) && best[u][v] == best[u + 1][v]) ++u;
      if (u < known.size() && joins(best, known, u, v, form)) {
        identities.push_back(known[u++]);
        forms_[static_cast<std::size_t>(identities.back())].absorb(form);
      } else {
        identities.push_back(insert(u + order_.size() - known.size(), form));
      }
    }
    return identities;
  }

  /// Identities in order.
  [[nodiscard]] const std::vector<int>& order() const { return order_; }
  /// The largest form of a layer.
  [[nodiscard]] const WeightForm& form(int identity) const { return forms_[static_cast<std::size_t>(identity)]; }

 private:
  using Scores = std::vector<std::vector<int>>;

  // What two layers add to the score; 0 where they cannot be the same.
  [[nodiscard]] int likeness(int identity, const WeightForm& form) const {
    const WeightForm& exemplar = exemplars_[static_cast<std::size_t>(identity)];
    return exemplar.same_family(form) ? exemplar.likeness(form) : 0;
  }
  [[nodiscard]] bool joins(const Scores& best, const std::vector<int>& known, std::size_t u, std::size_t v,
                           const WeightForm& form) const {
    const int alike = likeness(known[u], form);
    return alike > 0 && best[u][v] == alike + best[u + 1][v + 1];
  }
  // Longest common subsequence, weighted by likeness, of what is left from each pair of positions.
  [[nodiscard]] Scores scores(std::span<const WeightForm> variant) const {
    Scores best(order_.size() + 1, std::vector<int>(variant.size() + 1, 0));
    for (std::size_t u = order_.size(); u-- > 0;) {
      for (std::size_t v = variant.size(); v-- > 0;) {
        const int alike = likeness(order_[u], variant[v]);
        best[u][v] = std::max({best[u + 1][v], best[u][v + 1], alike == 0 ? 0 : alike + best[u + 1][v + 1]});
      }
    }
    return best;
  }
  int insert(std::size_t place, const WeightForm& form) {
    const int identity = static_cast<int>(forms_.size());
    forms_.push_back(form);
    exemplars_.push_back(form);
    order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(place), identity);
    return identity;
  }

  std::vector<WeightForm> forms_;
  std::vector<WeightForm> exemplars_;  // as first met: what is compared
  std::vector<int> order_;
};

}  // namespace hwnas
