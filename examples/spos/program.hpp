// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The program for one space type. Each space's .cpp compiles this once.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "budgets.hpp"
#include "common/final_phase.hpp"
#include "search_phase.hpp"

namespace spos {

/// One run from the data to the outcome.
template <class Space> class Program {
 public:
  Program(std::string name, const Options& options) : session_{std::move(name), options} {}

  [[nodiscard]] Result<programs::Outcome> run() {
    return guarded("spos", [&]() -> Result<programs::Outcome> {
      session_.prepare();
      programs::Teachers<Space> teachers{session_};
      teachers.read();
      const std::optional<Architecture<Space>> given = session_.given_architecture();
      session_.read();
      session_.price();
      session_.choose_candidates();
      session_.set_budgets();
      SearchPhase<Space> search{session_};
      const bool random = session_.given.random;
      const Architecture<Space> found = given ? *given : random ? session_.drawn() : search.search();
      programs::FinalPhase<Space> end{session_, search.searched(), teachers};
      end.describe(found);
      end.finish(found);
      return std::move(session_.outcome);
    });
  }

 private:
  BudgetedSession<Space> session_;
};

}  // namespace spos
