// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Networks and tables of a space that is chosen at run time (latency/any_space.hpp). Spaces with leaf operators need their
///        type: Subnet<Space>, table_space<Space>(). Needs nlohmann-json.
///        AnyNetworks networks{space};   networks.make(values)->forward(images)
#pragma once

#include <memory>
#include <utility>

#include "hwnas/latency/any_space.hpp"
#include "hwnas/measure/operator_table.hpp"

namespace hwnas {

/// Makes networks of one space; the layout is made once.
class AnyNetworks {
 public:
  explicit AnyNetworks(const AnySpace& space) : layout_{std::make_shared<const Layout>(space.program, space.lists)} {}

  [[nodiscard]] std::shared_ptr<FixedNetwork> make(const AnySpace::Values& values) const {
    return std::make_shared<FixedNetwork>(layout_, values);
  }

 private:
  std::shared_ptr<const Layout> layout_;
};

/// What a table needs of such a space.
[[nodiscard]] inline TableSpace table_space(const AnySpace& space) {
  TableSpace table{.keys = space.keys(), .fingerprint = space.fingerprint};
  table.draw = [space, networks = AnyNetworks{space}](Rng& rng) {
    const AnySpace::Values values = space.draw(rng);
    return std::pair<std::shared_ptr<FixedNetwork>, TableSpace::Predicted>{
        networks.make(values), [space, values](const LookupTable& known) { return space.predict(known, values); }};
  };
  return table;
}

}  // namespace hwnas
