// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The page of --report.
#include <fmt/format.h>

#include "hwnas/report/page.hpp"
#include "outcome.hpp"

namespace spos {
hwnas::Result<void> write_report(const Outcome& o, const Options& options) {
  hwnas::Page page{"hwnas spos", o.images};
  return page.write(options.report_file);
}
}  // namespace spos
