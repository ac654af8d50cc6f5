// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Alignment: which layers of an operator's variants (other kernels, expansions, widths) are the same layer.
///        MBConv<one_of<1, 6>>: [depthwise, project] is the end of [expand, depthwise, project].
#pragma once

#include <algorithm>
#include <cstddef>

#include "hwnas/core/list.hpp"
#include "hwnas/nn/weight_form.hpp"

namespace hwnas {

/// The layers of all variants of one operator occurrence, in an order that fits each of them.
class LayerUnion {
 public:
  /// Adds a variant; returns for each of its layers the identity of the layer it shares.
  List<int> add(const List<WeightForm>& variant) {
    const List<int> known = order_;
    const Scores best = scores(variant);
    List<int> identities;
    std::size_t u = 0;
    for (const WeightForm& form : variant) {
      const std::size_t v = identities.size();
      while (u < known.size() && !joins(best, known, u, v, form) && best.at(u, v) == best.at(u + 1, v)) ++u;
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
  [[nodiscard]] const List<int>& order() const { return order_; }
  /// The largest form of a layer.
  [[nodiscard]] const WeightForm& form(int identity) const { return forms_[static_cast<std::size_t>(identity)]; }

 private:
  // For each pair of positions.
  struct Scores {
    std::size_t columns = 0;
    List<int> values{};
    [[nodiscard]] int at(std::size_t u, std::size_t v) const { return values[u * columns + v]; }
  };

  // What two layers add to the score; 0 where they cannot be the same.
  [[nodiscard]] int likeness(int identity, const WeightForm& form) const {
    const WeightForm& exemplar = exemplars_[static_cast<std::size_t>(identity)];
    return exemplar.same_family(form) ? exemplar.likeness(form) : 0;
  }
  [[nodiscard]] bool joins(const Scores& best, const List<int>& known, std::size_t u, std::size_t v,
                           const WeightForm& form) const {
    const int alike = likeness(known[u], form);
    return alike > 0 && best.at(u, v) == alike + best.at(u + 1, v + 1);
  }
  // Longest common subsequence, weighted by likeness, of what is left from each pair of positions.
  [[nodiscard]] Scores scores(const List<WeightForm>& variant) const {
    Scores best{variant.size() + 1, List<int>((order_.size() + 1) * (variant.size() + 1), 0)};
    for (std::size_t u = order_.size(); u-- > 0;) {
      for (std::size_t v = variant.size(); v-- > 0;) {
        const int alike = likeness(order_[u], variant[v]);
        const int skipped = std::max(best.at(u + 1, v), best.at(u, v + 1));
        best.values[u * best.columns + v] = std::max(skipped, alike == 0 ? 0 : alike + best.at(u + 1, v + 1));
      }
    }
    return best;
  }
  int insert(std::size_t place, const WeightForm& form) {
    const int identity = static_cast<int>(forms_.size());
    forms_.push_back(form);
    exemplars_.push_back(form);
    order_.insert_at(place, identity);
    return identity;
  }

  List<WeightForm> forms_;
  List<WeightForm> exemplars_;  // as first met: what is compared
  List<int> order_;
};

}  // namespace hwnas
