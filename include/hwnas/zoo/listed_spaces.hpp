// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The spaces that public tables of measured networks list: how their files name networks, chosen by the space's name.
///        with_listed_space("fbnet", [&]<class Names>(Names) { return read_all<Names>(table.architectures); }).value();
#pragma once

#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/space/architecture.hpp"
#include "hwnas/space/run_time_program.hpp"
#include "hwnas/zoo/measured_networks.hpp"
#include "hwnas/zoo/nasbench201_string.hpp"

namespace hwnas::zoo {

namespace detail {
/// What is the same of all spaces whose networks are architectures, on images of the space's own size.
template <class Space>
struct OneSizeNames {
  using space = Space;
  using network = Architecture<Space>;
  static constexpr std::string_view key = "arch";
  static constexpr std::array sides{0};
  static network at(const network& a, int) { return a; }
};
}  // namespace detail

/// How a space's files name its networks: what an architecture becomes with images of one of several sizes.
///   key      the columns that make a network's name
///   sides    of the images that a search tries, in pixels; 0: the space's own
///   at       the network of an architecture and a side
struct NasBench201Names : detail::OneSizeNames<NasBench201> {
  static Result<network> read(std::string_view name) { return from_nasbench201_string<space>(name); }
  static std::string write(const network& a) { return to_nasbench201_string(a); }
};
struct FbNetNames : detail::OneSizeNames<FbNet> {
  static Result<network> read(std::string_view name) { return fbnet_network(name); }
  static std::string write(const network& a) { return fbnet_string(a); }
};
struct OnceForAllNames {
  using space = MobileNetV3Ofa;
  using network = OnceForAllNetwork;
  static constexpr std::string_view key = "ks,e,d,r";
  static constexpr std::array sides{128, 144, 160, 176, 192, 208, 224};  ///< every fourth of those that the tables have
  static network at(const Architecture<space>& a, int side) { return {a, side}; }
  static Result<network> read(std::string_view name) { return once_for_all_network(name); }
  static std::string write(const network& n) { return once_for_all_string(n); }
};

/// A network's architecture, and the area of its images in units of the space's own.
template <class Space>
[[nodiscard]] const Architecture<Space>& architecture_of(const Architecture<Space>& a) {
  return a;
}
[[nodiscard]] inline const auto& architecture_of(const OnceForAllNetwork& n) { return n.architecture; }
template <class Space>
[[nodiscard]] double area_of(const Architecture<Space>&) {
  return 1;
}
[[nodiscard]] inline double area_of(const OnceForAllNetwork& n) {
  return std::pow(n.resolution / double(RunTimeProgram<MobileNetV3Ofa>::view().shapes.front().h), 2);
}

/// The networks that names stand for.
///   Errors  bad_format
template <class Names>
[[nodiscard]] Result<std::vector<typename Names::network>> read_all(const std::vector<std::string>& names) {
  std::vector<typename Names::network> networks;
  for (const std::string& name : names) {
    const auto network = Names::read(name);
    if (!network) return network.error();
    networks.push_back(*network);
  }
  return networks;
}

/// f(names) for the space of a name: nasbench201, fbnet or ofa. `f` returns a Result.
///   Errors  unknown_name; those of f
template <class F>
auto with_listed_space(std::string_view name, F f) -> decltype(f(NasBench201Names{})) {
  if (name == "nasbench201") return f(NasBench201Names{});
  if (name == "fbnet") return f(FbNetNames{});
  if (name == "ofa") return f(OnceForAllNames{});
  return Error{Error::Code::unknown_name, fmt::format("there is no space '{}': nasbench201, fbnet or ofa", name)};
}

/// The columns of a space's files that make a network's name.
///   Errors  unknown_name
[[nodiscard]] inline Result<std::string> listed_key(std::string_view name) {
  return with_listed_space(name, []<class Names>(Names) { return Result<std::string>{std::string{Names::key}}; });
}

}  // namespace hwnas::zoo
