// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The walk against brute force on spaces made at random while the test runs.
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "hwnas/profile/expectation.hpp"
#include "hwnas/profile/range.hpp"
#include "hwnas/space/column.hpp"
#include "hwnas/space/walk.hpp"
#include "space/reference/emit_ast.hpp"
#include "space/reference/interpreter.hpp"
#include "space/reference/random_ast.hpp"

namespace random_programs_test {

using namespace hwnas;

/// FLOPs, parameters, peak elements of every edge of a trellis.
struct Columns {
  std::vector<std::int64_t> flops, params, peak;
  explicit Columns(const TrellisLists& lists)
      : flops(lists.edges.size()), params(lists.edges.size()), peak(lists.edges.size()) {
    sum_column(lists, per_fragment(lists, [&](const Fragment& f) { return flops_of(lists, f, counting::macs); }),
               flops);
    sum_column(lists, per_fragment(lists, [&](const Fragment& f) { return params_of(lists, f); }), params);
    peak_column(lists, peak);
  }
};
TrellisLists lists_of(const TrellisData& t, const ProgramView& program) {
  return {{t.states, t.edges, static_cast<int>(program.decisions.size())}, t.items, t.fragments, t.nodes, t.choices};
}

struct Costs {
  std::int64_t flops = 0, params = 0, peak = 0;
  friend bool operator==(const Costs&, const Costs&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Costs& c) {
    return out << c.flops << " FLOPs, " << c.params << " params, " << c.peak << " elements";
  }
};
using Paths = std::map<reference::Choices, Costs>;

/// All paths of a trellis with what they cost.
void collect_paths(const ProgramView& program, const TrellisLists& t, const Columns& c, std::size_t edge,
                   reference::Choices& met, Costs costs, Paths& out) {
  costs.flops += c.flops[edge];
  costs.params += c.params[edge];
  costs.peak = std::max(costs.peak, c.peak[edge]);
  const int target = t.edges[edge].target;
  if (target == TrellisData::end) {
    RC_ASSERT(out.emplace(met, costs).second);
    return;
  }
  const TrellisState& state = t.states[static_cast<std::size_t>(target)];
  const std::string label{program.label(state.decision)};
  RC_ASSERT(!met.contains(label));
  for (int v = 0; v < state.count; ++v) {
    met[label] = v;
    collect_paths(program, t, c, static_cast<std::size_t>(state.first_edge + v), met, costs, out);
  }
  met.erase(label);
}

Paths paths_of(const ProgramView& program, const TrellisData& trellis) {
  Paths paths;
  reference::Choices met;
  const TrellisLists lists = lists_of(trellis, program);
  collect_paths(program, lists, Columns{lists}, 0, met, {}, paths);
  return paths;
}

Paths by_brute_force(const reference::Enumeration& all) {
  Paths paths;
  for (const auto& n : all.networks) paths.emplace(n.met, Costs{n.flops, n.params, n.peak});
  return paths;
}

std::vector<std::uint8_t> values_of(const ProgramView& program, const reference::Choices& met) {
  std::vector<std::uint8_t> values;
  for (int d = 0; d < static_cast<int>(program.decisions.size()); ++d) {
    const auto found = met.find(std::string{program.label(d)});
    values.push_back(found == met.end() ? 0 : static_cast<std::uint8_t>(found->second));
  }
  return values;
}

struct RandomSpace {
  reference::Tree tree;
  ProgramBuilder builder;
  reference::Enumeration all;

  RandomSpace()
      : tree{reference::RandomAst{*rc::gen::inRange<std::uint64_t>(0, 1'000'000'000)}.space(150,
                                                                                            *rc::gen::inRange(1, 6))} {
    reference::AstEmitter{builder}.input(tree);
    RC_ASSERT(!builder.fault);
    all = reference::enumerate(tree);
    RC_CLASSIFY(all.networks.size() > 20);
  }
};

RC_GTEST_PROP(Walk, GivesThePathsAndCostsOfBruteForce, ()) {
  const RandomSpace space;
  const ProgramView program = space.builder.view();
  const Paths expected = by_brute_force(space.all);
  for (const bool every_place : {true, false}) {
    const TrellisData trellis = Walk{program, WalkOptions{.every_place = every_place}}.all();
    RC_ASSERT(trellis.fault.code == FaultCode::none);
    const Paths paths = paths_of(program, trellis);
    RC_ASSERT(paths.size() == expected.size());
    for (const auto& [met, costs] : expected) {
      RC_ASSERT(paths.contains(met));
      RC_ASSERT(paths.at(met) == costs);
    }
  }
}

RC_GTEST_PROP(Walk, OfOneArchitectureCostsWhatTheTrellisSays, ()) {
  const RandomSpace space;
  const ProgramView program = space.builder.view();
  for (const auto& [met, costs] : by_brute_force(space.all)) {
    const auto values = values_of(program, met);
    const TrellisData path = Walk{program}.path(values);
    const Columns columns{lists_of(path, program)};
    RC_ASSERT((Costs{columns.flops[0], columns.params[0], columns.peak[0]}) == costs);
  }
}

RC_GTEST_PROP(Range, IsThatOfAllPaths, ()) {
  const RandomSpace space;
  const ProgramView program = space.builder.view();
  const TrellisData trellis = Walk{program}.all();
  const TrellisLists lists = lists_of(trellis, program);
  const Columns columns{lists};
  const Paths expected = by_brute_force(space.all);
  const auto check = [&](const std::vector<std::int64_t>& column, Combine rule, auto cost_of) {
    Range<std::int64_t> truly{cost_of(expected.begin()->second), cost_of(expected.begin()->second)};
    for (const auto& [met, costs] : expected) {
      truly = {std::min(truly.min, cost_of(costs)), std::max(truly.max, cost_of(costs))};
    }
    RC_ASSERT((range_of(TrellisView{lists, column, rule}) == truly));
  };
  check(columns.flops, Combine::sum, [](const Costs& c) { return c.flops; });
  check(columns.params, Combine::sum, [](const Costs& c) { return c.params; });
  check(columns.peak, Combine::max, [](const Costs& c) { return c.peak; });
}

}  // namespace random_programs_test
