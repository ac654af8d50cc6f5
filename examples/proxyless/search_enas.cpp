// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  ENAS's search, for every space.
#include "hwnas/oneshot/enas.hpp"

#include "search.hpp"
#include "types.hpp"

namespace proxyless {

template <class Space> Found<Space> search_enas(const Task<Space>& task) {
  hwnas::EnasOptions how{.label_smoothing = task.options.smoothing};
  how.architecture = with_rate(how.architecture, task.options);
  return PolicySearch<Space, hwnas::Enas>{task}.run(hwnas::Enas{how});
}

template Found<Grey> search_enas(const Task<Grey>&);
template Found<Cifar> search_enas(const Task<Cifar>&);

}  // namespace proxyless
