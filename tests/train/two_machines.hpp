// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Two network namespaces with one cable between them: what two machines are to ranks.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace hwnas::test {

class TwoMachines {
 public:
  static constexpr const char* address = "10.77.0.1";  ///< the first one's

  TwoMachines() {
    made_ = run("ip netns add " + name(0)) && run("ip netns add " + name(1)) &&
            run("ip link add v0 netns " + name(0) + " type veth peer name v1 netns " + name(1));
    for (int i = 0; i < 2; ++i) {
      const std::string in = "ip -n " + name(i), device = "v" + std::to_string(i);
      made_ = made_ && run(in + " addr add 10.77.0." + std::to_string(i + 1) + "/24 dev " + device) &&
              run(in + " link set " + device + " up") && run(in + " link set lo up");
    }
  }
  TwoMachines(const TwoMachines&) = delete;
  TwoMachines& operator=(const TwoMachines&) = delete;
  ~TwoMachines() {
    for (int i = 0; i < 2; ++i) static_cast<void>(run("ip netns del " + name(i)));
  }

  /// False where there is no right to, or no iproute2.
  [[nodiscard]] bool made() const { return made_; }
  /// The words before a program that runs on one of them.
  [[nodiscard]] std::vector<std::string> on(int machine) const { return {"ip", "netns", "exec", name(machine)}; }
  [[nodiscard]] bool cut_the_cable() const { return run("ip -n " + name(0) + " link set v0 down"); }

 private:
  static bool run(const std::string& command) { return std::system((command + " >/dev/null 2>&1").c_str()) == 0; }
  static std::string name(int machine) {
    return "hwnas" + std::to_string(::getpid()) + (machine == 0 ? "a" : "b");
  }
  bool made_ = false;
};

}  // namespace hwnas::test
