// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The program for one space type: cost, budget, search, the end that all programs share.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "common/final_phase.hpp"
#include "hwnas/core/atomic_file.hpp"
#include "hwnas/profile/count_within.hpp"
#include "hwnas/profile/feasible_set.hpp"
#include "search.hpp"

namespace proxyless {

using namespace hwnas;

/// One run from the data to the outcome. Its functions throw Error.
template <class Space> class Program {
 public:
  explicit Program(const Options& options) : options_{options}, session_{options.space, options} {}

  [[nodiscard]] Result<programs::Outcome> run() {
    return guarded("proxyless", [&]() -> Result<programs::Outcome> {
      session_.prepare();
      check_dummy_input();
      const std::string hardware = session_.from_first([&] { return known_hardware(); });
      programs::Teachers<Space> teachers{session_};
      teachers.read();
      const auto given = session_.given_architecture();
      tell_recipe();
      session_.read();
      price(hardware);
      Task<Space> task{session_, options_, *hardware_};
      set_costs(task);
      Found<Space> found = given ? Found<Space>{.architecture = *given} : search(task);
      programs::FinalPhase<Space> end{session_, found.searched, teachers};
      end.describe(found.architecture);
      export_early();
      end.finish(found.architecture);
      save_history();
      return std::move(session_.outcome);
    });
  }

 private:
  void check_dummy_input() const {
    if (options_.dummy_input.empty()) return;
    const Shape in = programs::Session<Space>::input_shape();
    const std::string expected = fmt::format("1,{},{},{}", in.c, in.h, in.w);
    std::string given = options_.dummy_input;
    std::erase_if(given, [](char c) { return c == ' ' || c == '(' || c == ')'; });
    if (given != expected) {
      throw Error{Error::Code::mismatch, fmt::format("--dummy-input {}: the space {} takes {}", options_.dummy_input,
                                                     options_.space, expected)};
    }
  }
  [[nodiscard]] static bool is_own(const std::string& name) {
    return name == "libtorch-cpu" || name == "flops" || name == "params";
  }
  /// libtorch-cpu, flops, params or a file.
  [[nodiscard]] std::string known_hardware() const {
    const std::string& name = options_.applied_hardware;
    if (is_own(name) || std::filesystem::exists(name)) return name;
    for (const char* theirs : {"cortexA76cpu_tflite21", "adreno640gpu_tflite21", "adreno630gpu_tflite21",
                               "myriadvpu_openvino2019r2", "mobile", "cpu", "gpu8"}) {
      if (name != theirs) continue;
      throw Error{
          Error::Code::not_found,
          fmt::format(
              "--applied-hardware {}: its data is not at hand; measure on that device (build_predictor, build_table) and "
              "give the file, or take libtorch-cpu, flops or params (docs/guides/proxyless.md)",
              name)};
    }
    throw Error{
        Error::Code::unknown_name,
        fmt::format(
            "--applied-hardware {}: no such device or file; there are libtorch-cpu, flops, params, and files of "
            "predictors (build_predictor) and latency tables (build_table)",
            name)};
  }
  void tell_recipe() const {
    session_.say(
        "recipe {}: {} epochs of search ({} of weights alone), batch {}, {}, architecture at {}; retraining {} epochs",
        options_.recipe, options_.epochs, options_.warmup_epochs, options_.batch_size, options_.strategy,
        options_.arc_learning_rate, options_.retrain_epochs);
  }
  void price(const std::string& hardware) {
    constexpr std::int64_t from_millions = 1000;  // a tick of Cost is 1e-9 of a million
    session_.price(is_own(hardware) ? std::string{} : hardware);
    if (hardware == "flops") {
      hardware_.emplace(session_.flops, "M multiply-adds", from_millions);
    } else if (hardware == "params") {
      hardware_.emplace(session_.params, "M parameters", from_millions);
    } else {
      hardware_.emplace(*session_.bound, "ms", 1);
    }
    session_.tell_range();
  }

  void set_costs(Task<Space>& task) {
    const auto range = hardware_->range();
    constexpr double default_share = 0.35;
    const double shared = range.min.value() + default_share * (range.max - range.min).value();
    const double fallback = options_.recipe == "nni" ? 65.0 : std::ceil(shared * 1000) / 1000;
    task.reference = Cost{options_.reference.value_or(fallback)};
    check_reference(range, task.reference.value());
    task.lo = Cost{0};
    task.hi = range.max;
    if (!options_.filter.empty()) read_filter(task);
    const bool constrained = options_.hard_constraint || options_.constrain_by_reference;
    if (constrained) task.hi = std::min(task.hi, Cost{options_.hard_constraint.value_or(task.reference.value())});
    check_window(range, task.lo.value(), task.hi.value());
    check_reference_within(task);
    tell_costs(task, range);
  }
  void check_reference(const Range<Cost>& range, double reference) const {
    const auto text = [&](Cost cost) { return hardware_->text(cost.value()); };
    if (!range.contains(Cost{reference})) {
      throw Error{Error::Code::bad_value, fmt::format("--reference-latency {}: the space {} reaches {} to {}",
                                                      reference, options_.space, text(range.min), text(range.max))};
    }
    if (AnyLoss::of(options_).takes_logarithms() && !(range.min.value() > 1)) {
      throw Error{
          Error::Code::bad_value,
          fmt::format("mul#log takes logarithms of costs, which must all be above 1; the space {} reaches {} to {}: "
                      "take --grad-reg-loss-type add#linear or --penalty dual-ascent",
                      options_.space, text(range.min), text(range.max))};
    }
  }
  // A hard constraint below the reference is another matter: it may be meant, and is kept.
  void check_reference_within(const Task<Space>& task) const {
    if (task.reference >= task.lo) return;
    throw Error{Error::Code::bad_value,
                fmt::format("--reference-latency {}: --filter {} allows no network below {}", task.reference.value(),
                            options_.filter, hardware_->text(task.lo.value()))};
  }
  void read_filter(Task<Space>& task) const {
    const std::string& text = options_.filter;
    const auto bad = [&] {
      return Error{Error::Code::bad_value,
                   fmt::format("--filter {}: expected LO:HI, two numbers of which one may be missing", text)};
    };
    const auto colon = text.find(':');
    if (colon == std::string::npos) throw bad();
    const auto number = [&](const std::string& part, double missing) {
      if (part.empty()) return missing;
      char* end = nullptr;
      const double value = std::strtod(part.c_str(), &end);
      if (*end != '\0' || !(value >= 0) || !std::isfinite(value)) throw bad();
      return value;
    };
    task.lo = Cost{number(text.substr(0, colon), 0)};
    task.hi = Cost{number(text.substr(colon + 1), task.hi.value())};
  }
  void check_window(const Range<Cost>& range, double lo, double hi) const {
    if (auto draw = uniform_within(*hardware_, Cost{lo}, Cost{hi}); !draw) {
      throw Error{Error::Code::infeasible,
                  fmt::format("no network of the space {} costs {} to {}; it reaches {} to {}", options_.space,
                              hardware_->text(lo), hardware_->text(hi), hardware_->text(range.min.value()),
                              hardware_->text(range.max.value()))};
    }
  }
  void tell_costs(Task<Space>& task, const Range<Cost>& range) {
    programs::Outcome& outcome = session_.outcome;
    const Bounds count = count_within(CountOptions{.memory = std::int64_t{32} << 20},
                                      Within<Hardware<Space>>{*hardware_, task.lo, task.hi});
    const auto text = [](u128 number) { return group_digits(to_string(number)); };
    outcome.feasible =
        count.is_exact() ? text(count.lower) : fmt::format("{} to {}", text(count.lower), text(count.upper));
    outcome.budgets = task.lo.value() > 0
                          ? fmt::format("{} to {}", hardware_->text(task.lo.value()), hardware_->text(task.hi.value()))
                          : fmt::format("at most {}", hardware_->text(task.hi.value()));
    outcome.reference = task.reference.value();
    outcome.history_unit = hardware_->unit_text();
    const bool milliseconds = hardware_->unit_text() == "ms";
    outcome.budget_latency_ms = milliseconds ? std::min(task.hi, std::max(task.reference, range.min)).value()
                                             : session_.latency->range().max.value();
    task.budget = fmt::format("reference {}, penalty {}/{} {} {} {} {}, {}, {}", task.reference.value(),
                              static_cast<int>(options_.penalty), static_cast<int>(options_.grad_reg), options_.lambda,
                              options_.alpha, options_.beta, options_.absolute_beta, outcome.budgets,
                              session_.latency_identity());
    session_.say("reference {}{}; drawn and chosen: {}, {} networks", hardware_->text(task.reference.value()),
                 options_.reference ? "" : " (35 % of the range)", outcome.budgets, outcome.feasible);
  }

  /// Before the minutes of retraining.
  void export_early() const {
    if (options_.export_file.empty()) return;
    write_file_atomically(options_.export_file, session_.outcome.found_json + "\n").value();
  }
  void save_history() const {
    if (options_.history_file.empty() || session_.outcome.history.empty() || !session_.leads()) return;
    // A row for each step of the weights; those before which no architecture step went leave its columns empty.
    std::string text = "step,weight_loss,loss,penalised,entropy,expected_cost\n";
    auto at = session_.outcome.history.begin();
    const auto end = session_.outcome.history.end();
    for (const programs::WeightRow& row : session_.outcome.weight_history) {
      text += fmt::format("{},{},", row.step + 1, row.loss);
      if (at != end && at->step == row.step) {
        text += fmt::format("{},{},{},{}\n", at->loss, at->penalised, at->entropy, at->cost);
        ++at;
      } else {
        text += ",,,\n";
      }
    }
    write_file_atomically(options_.history_file, text).value();
  }

  const Options& options_;
  programs::Session<Space> session_;
  std::optional<Hardware<Space>> hardware_;
};

}  // namespace proxyless
