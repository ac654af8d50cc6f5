// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  DARTS's search, for every space.
#include "hwnas/oneshot/darts.hpp"

#include "search.hpp"
#include "types.hpp"

namespace proxyless {

template <class Space> Found<Space> search_darts(const Task<Space>& task) {
  hwnas::DartsOptions how{.label_smoothing = task.options.smoothing};
  how.architecture = with_rate(how.architecture, task.options);
  if (task.options.strategy == "darts2") how.order = hwnas::DartsOptions::Order::second;
  return PolicySearch<Space, hwnas::Darts>{task}.run(hwnas::Darts{how});
}

template Found<Grey> search_darts(const Task<Grey>&);
template Found<Cifar> search_darts(const Task<Cifar>&);

}  // namespace proxyless
