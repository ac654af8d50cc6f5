// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  ProxylessNAS's search, for every space.
#include "hwnas/oneshot/proxylessnas.hpp"

#include "search.hpp"
#include "types.hpp"

namespace proxyless {

template <class Space> Found<Space> search_proxylessnas(const Task<Space>& task) {
  hwnas::ProxylessNasOptions how{.label_smoothing = task.options.smoothing};
  how.architecture = with_rate(how.architecture, task.options);
  return PolicySearch<Space, hwnas::ProxylessNas<>>{task}.run(hwnas::ProxylessNas<>{how});
}

template Found<Grey> search_proxylessnas(const Task<Grey>&);
template Found<Cifar> search_proxylessnas(const Task<Cifar>&);

}  // namespace proxyless
