// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  measure_networks: whole networks of a space on devices, as the table that one_proxy and the predictors learn from.
///        scripts/run measure_networks --space nasbench201 --devices libtorch-cpu:1,torchscript-cpu:1 --networks 400 --out cpu.csv
///        scripts/run measure_networks --space nasbench201 --devices torchscript-cpu:2 --arch '|nor_conv_3x3~0|+...'
///        A device is NAME:THREADS. Columns: arch (NAS-Bench-201's strings; otherwise the choices with dashes between), then
///        a device each, the least of all runs in milliseconds. --arch prints one number, and --arch - reads {"arch": "..."}
///        from standard input: what one_proxy --target-command asks. With --energy all numbers are millijoules of one inference,
///        by the processor's own counters, of everything that runs on it. Exit status 2 for bad input.
#include <algorithm>
#include <charconv>
#include <iostream>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "catalogue/catalogue.hpp"
#include "hwnas/core/atomic_file.hpp"
#include "hwnas/core/csv.hpp"
#include "hwnas/measure/any_network.hpp"
#include "hwnas/measure/devices.hpp"
#include "hwnas/measure/energy.hpp"
#include "hwnas/zoo/nasbench201_string.hpp"
#include "main_function.hpp"
#include "pinning.hpp"

namespace {

using namespace hwnas;

struct Options {
  std::string space = "nasbench201";
  std::vector<std::string> devices{"libtorch-cpu:1"};
  std::string arch{};
  std::string out{};
  int networks = 400;
  std::optional<int> rounds{}, runs{};
  std::vector<int> cpus{};
  std::uint64_t seed = 1;
  bool energy = false;
  std::string powercap = "/sys/class/powercap";
  bool quiet = false;
};

using Cell = zoo::NasBench201;

/// How tables name networks of a space.
class Names {
 public:
  explicit Names(const AnySpace& space) : program_{space.program}, cells_{space.name == "nasbench201"} {}

  [[nodiscard]] std::string write(const AnySpace::Values& values) const {
    return cells_ ? to_nasbench201_string(hwnas::detail::architecture_of<Cell>(values))
                  : fmt::format("{}", fmt::join(values, "-"));
  }
  [[nodiscard]] AnySpace::Values read(std::string_view text) const {
    return cells_ ? hwnas::detail::values_of(from_nasbench201_string<Cell>(text).value()) : read_choices(text);
  }

 private:
  [[nodiscard]] AnySpace::Values read_choices(std::string_view text) const {
    AnySpace::Values values;
    const auto parts = split_text(text, '-');
    const std::size_t expected = program_.decisions.size();
    for (std::size_t d = 0; d < std::min(parts.size(), expected); ++d) {
      int value = -1;
      const auto [end, code] = std::from_chars(parts[d].data(), parts[d].data() + parts[d].size(), value);
      if (code == std::errc{} && end == parts[d].data() + parts[d].size() && value >= 0 &&
          value < program_.decisions[d].count) {
        values.push_back(static_cast<std::uint8_t>(value));
      }
    }
    if (parts.size() == expected && values.size() == expected) return values;
    throw Error{
        Error::Code::bad_format,
        fmt::format("\"{}\" is no network of the space: expected {} choices with dashes between", text, expected)};
  }

  ProgramView program_;
  bool cells_;
};

AnyDevice device_of(const std::string& text, const Options& o) {
  const auto colon = text.rfind(':');
  const std::string name = text.substr(0, colon);
  MeasureOptions options = usual_options(name);
  options.threads = 0;
  options.cpus = o.cpus;
  options.rounds = o.rounds.value_or(std::min(options.rounds, 5));
  options.runs = o.runs.value_or(std::min(options.runs, 3));
  if (colon != text.npos) std::from_chars(text.data() + colon + 1, text.data() + text.size(), options.threads);
  if (options.threads < 1) {
    throw Error{Error::Code::bad_value, fmt::format("\"{}\": a device is NAME:THREADS, as in libtorch-cpu:1", text)};
  }
  return make_device(name, options).value();
}

/// Measures networks of a space: milliseconds, or millijoules where there is a counter.
class Meter {
 public:
  Meter(const AnySpace& space, const Options& o) : made_{space} {
    if (o.energy) energy_ = EnergyCounter::open(o.powercap).value();
  }

  [[nodiscard]] std::vector<double> measured(AnyDevice& device, const std::vector<AnySpace::Values>& networks) {
    return energy_ ? energies(device, networks) : latencies(device, networks);
  }

 private:
  [[nodiscard]] std::vector<double> energies(AnyDevice& device, const std::vector<AnySpace::Values>& networks) {
    std::vector<double> column;
    for (const auto& values : networks) {
      column.push_back(measure_energy(device, made_.make(values), *energy_).value().value());
    }
    return column;
  }
  [[nodiscard]] std::vector<double> latencies(AnyDevice& device, const std::vector<AnySpace::Values>& networks) {
    constexpr std::size_t together = 20;  // networks in memory at a time
    std::vector<double> column;
    for (std::size_t first = 0; first < networks.size(); first += together) {
      std::vector<Measurable> things;
      for (std::size_t i = first; i < std::min(first + together, networks.size()); ++i) {
        things.push_back({made_.make(networks[i])});
      }
      for (const Measurement& m : measure_all(device, things).value()) column.push_back(m.minimum.value());
    }
    return column;
  }

  AnyNetworks made_;
  std::optional<EnergyCounter> energy_;
};

std::vector<AnySpace::Values> drawn(const AnySpace& space, const Options& o) {
  Rng rng{o.seed};
  std::set<AnySpace::Values> different;
  std::vector<AnySpace::Values> networks;
  for (int tries = 0; tries < 100 * o.networks && static_cast<int>(networks.size()) < o.networks; ++tries) {
    const auto values = space.draw(rng);
    if (different.insert(values).second) networks.push_back(values);
  }
  return networks;
}

void make_table(const AnySpace& space, const Options& o) {
  const Names names{space};
  Meter meter{space, o};
  const auto networks = drawn(space, o);
  std::vector<std::vector<double>> columns;
  std::string header = "arch";
  for (const std::string& text : o.devices) {
    if (!o.quiet) fmt::print(stderr, "measure_networks: {} networks on {}\n", networks.size(), text);
    AnyDevice device = device_of(text, o);
    columns.push_back(meter.measured(device, networks));
    std::string name = text;
    std::replace(name.begin(), name.end(), ':', '_');
    header += "," + name;
  }
  std::string text = header + "\n";
  for (std::size_t i = 0; i < networks.size(); ++i) {
    text += names.write(networks[i]);
    for (const auto& column : columns) text += fmt::format(",{:.5g}", column[i]);
    text += "\n";
  }
  write_file_atomically(o.out, text).value();
}

void run(const Options& o) {
  const AnySpace space = catalogue::find_space(o.space).value();
  if (o.arch.empty() == o.out.empty()) {
    throw Error{Error::Code::bad_value, "name either --out for a table or --arch for one network"};
  }
  if (!o.out.empty()) return make_table(space, o);
  std::string name = o.arch;
  if (name == "-") {
    const auto question =
        nlohmann::json::parse(std::string{std::istreambuf_iterator<char>{std::cin}, {}}, nullptr, false);
    if (!question.is_object() || !question.contains("arch") || !question["arch"].is_string()) {
      throw Error{Error::Code::bad_format, "expected {\"arch\": \"...\"} on standard input"};
    }
    name = question["arch"];
  }
  AnyDevice device = device_of(o.devices.front(), o);
  fmt::print("{:.5g}\n", Meter{space, o}.measured(device, {Names{space}.read(name)}).front());
}

}  // namespace

int main(int argc, char** argv) {
  Options o;
  CLI::App app{"Latencies or energies of whole networks, a row a network and a column a device.", "measure_networks"};
  app.add_option("--space", o.space, "one of: " + catalogue::space_help())->capture_default_str();
  app.add_option("--devices", o.devices, "NAME:THREADS, NAME one of: " + std::string{device_names})
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--networks", o.networks, "drawn, each once")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--out", o.out, "the table's file");
  app.add_option("--arch", o.arch,
                 "measures this network on the first device and prints milliseconds; -: as JSON on standard input");
  app.add_option("--rounds", o.rounds, "rounds (5; commands 3)")->check(CLI::PositiveNumber);
  app.add_option("--runs", o.runs, "runs a round, fewer of what is slow (3; commands 1)")->check(CLI::PositiveNumber);
  programs::add_cpus(app, o.cpus);
  app.add_option("--seed", o.seed, "of the draw")->capture_default_str();
  app.add_flag("--energy", o.energy, "millijoules instead of milliseconds, where the processor counts them (RAPL)");
  app.add_option("--powercap", o.powercap, "the folder of its counters")->capture_default_str();
  app.add_flag("--quiet", o.quiet, "no lines about progress");
  return programs::guarded_main(app, argc, argv, [&] { run(o); });
}
