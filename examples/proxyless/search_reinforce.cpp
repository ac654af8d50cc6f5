// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  REINFORCE's search, for every space.
#include "hwnas/oneshot/proxylessnas.hpp"

#include "search.hpp"
#include "types.hpp"

namespace proxyless {

template <class Space> Found<Space> search_reinforce(const Task<Space>& task) {
  hwnas::ProxylessNasOptions how{.label_smoothing = task.options.smoothing};
  how.architecture = with_rate(how.architecture, task.options);
  using Policy = hwnas::ProxylessNas<hwnas::Reinforce>;
  return PolicySearch<Space, Policy>{task}.run(Policy{how});
}

template Found<Grey> search_reinforce(const Task<Grey>&);
template Found<Cifar> search_reinforce(const Task<Cifar>&);

}  // namespace proxyless
