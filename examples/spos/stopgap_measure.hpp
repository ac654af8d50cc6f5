#pragma once
#include <chrono>
#include <fstream>
#include <map>
#include <string>
#include <functional>
#include "hwnas/latency/lookup_table.hpp"
#include "hwnas/nn/network.hpp"
#include "hwnas/nn/space_layout.hpp"
#include "hwnas/space/fingerprint.hpp"
namespace spos {
template <class Space> std::map<std::string, std::string> conditions() {
  std::ifstream in{"/proc/cpuinfo"}; std::string line, cpu = "unknown";
  while (std::getline(in, line)) if (line.starts_with("model name")) { cpu = line.substr(line.find(": ") + 2); break; }
  return {{"device", "cpu"}, {"cpu", cpu}, {"threads", "1"}, {"batch", "1"}, {"library", "LibTorch " TORCH_VERSION}, {"space", fmt::format("{:016x}", hwnas::fingerprint<Space>())}};
}
template <class F> hwnas::LatencyEntry time_calls(F&& f, int n) {
  using C = std::chrono::steady_clock;
  for (int i = 0; i < 5; ++i) f();
  double best = 1e9;
  for (int i = 0; i < n; ++i) { auto b = C::now(); f(); best = std::min(best, std::chrono::duration<double, std::milli>(C::now() - b).count()); }
  return {n, best, best, best, best, 0};
}
inline double time_network(hwnas::FixedNetwork& net, hwnas::Shape in, int n) {
  torch::NoGradGuard g; net.eval(); auto x = torch::randn({1, in.c, in.h, in.w});
  return time_calls([&] { (void)net.forward(x); }, n).minimum;
}
template <class Space> hwnas::LookupTable measure(const std::function<void(int, int)>& progress) {
  hwnas::LookupTable t; t.conditions = conditions<Space>();
  auto keys = hwnas::operator_keys(hwnas::Compiled<Space>::lists(), hwnas::program<Space>);
  int i = 0;
  for (auto& k : keys) {
    auto net = hwnas::operator_network(k.in, k.nodes, k.result);
    torch::NoGradGuard g; net->eval(); auto x = torch::randn({1, k.in.c, k.in.h, k.in.w});
    t.set(k.text(), time_calls([&] { (void)net->forward(x); }, 40));
    progress(++i, (int)keys.size());
  }
  return t;
}
}
