// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  GumbelDARTS's search, for every space.
#include "hwnas/oneshot/gumbel_darts.hpp"

#include "search.hpp"
#include "types.hpp"

namespace proxyless {

template <class Space> Found<Space> search_gumbel(const Task<Space>& task) {
  hwnas::GumbelDartsOptions how{.label_smoothing = task.options.smoothing};
  how.architecture = with_rate(how.architecture, task.options);
  return PolicySearch<Space, hwnas::GumbelDarts>{task}.run(hwnas::GumbelDarts{how});
}

template Found<Grey> search_gumbel(const Task<Grey>&);
template Found<Cifar> search_gumbel(const Task<Cifar>&);

}  // namespace proxyless
