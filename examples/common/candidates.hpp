// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What is said of candidates that were left out.
#pragma once

#include <cstddef>
#include <string>

#include <fmt/format.h>

#include "hwnas/profile/candidate_mask.hpp"
#include "hwnas/profile/count_within.hpp"
#include "hwnas/report/number.hpp"
#include "hwnas/space/counting.hpp"

namespace programs {

/// "14 of 20 kept, which leaves 2,985,984 of 125,000,000 networks".
template <class Space> [[nodiscard]] std::string kept_text(const hwnas::CandidateMask<Space>& mask) {
  using namespace hwnas;
  int kept = 0, all = 0;
  for (std::size_t d = 0; d < decision_total<Space>; ++d) {
    kept += mask.kept(d);
    all += decisions<Space>[d].count;
  }
  const Bounds left = count_within(mask.dropped(), Quality{0}, Quality{0});
  return fmt::format("{} of {} kept, which leaves {} of {} networks", kept, all,
                     group_digits(to_string(left.lower)), group_digits(to_string(space_size<Space>)));
}

}  // namespace programs
