// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The fusion pass, by hand and on nn-Meter's golden MobileNetV2 (skipped where its files are not there: HWNAS_SHARED).
#include "hwnas/latency/detector.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <numeric>

#include <gtest/gtest.h>

#include "hwnas/latency/fusion_rules_json.hpp"
#include "temporary_folder.hpp"

namespace detector_test {

using namespace hwnas;
using nlohmann::json;

std::vector<std::string> types(const std::vector<DetectedKernel>& kernels) {
  std::vector<std::string> result;
  for (const DetectedKernel& k : kernels) result.push_back(k.kernel.type());
  return result;
}

// conv bn relu, a residual of conv bn, its add, relu, global pooling, fc.
KernelGraph residual_network() {
  KernelGraph graph;
  const auto chain = [&](const Net& net, int from, std::vector<int> others = {}) {
    for (const KernelPart& part : lower(net.nodes())) {
      const GraphNode& node = net.nodes()[part.first];
      if (part.op == KernelOp::none) continue;
      KernelGraph::Node made{.op = part.op, .nodes = {node}, .operands = {{node.inputs[0], node.primitive.in, from}}};
      for (int other : others) made.operands.push_back({node.inputs[1], node.primitive.in, other});
      from = graph.add(std::move(made));
    }
    return from;
  };
  const Shape in{3, 8, 8};
  Net stem{in};
  stem.conv({.out = 16, .kernel = 3}).norm().act(Activation::relu);
  const int shortcut = chain(stem, 0);
  Net branch{stem.shape()};
  branch.conv({.kernel = 3, .groups = 16}).norm();
  const int last = chain(branch, shortcut);
  Net sum{stem.shape()};
  sum.act(Activation::relu).add(NetTensor{0});
  KernelGraph::Node add{.op = KernelOp::add, .nodes = {sum.nodes()[1]}, .operands = {{1, in, shortcut}, {0, in, last}}};
  add.operands[0].shape = add.operands[1].shape = stem.shape();
  Net tail{stem.shape()};
  tail.act(Activation::relu).global_pool().flatten().linear({.out = 10});
  graph.result = chain(tail, graph.add(std::move(add)));
  return graph;
}

TEST(Detector, WithoutRulesEveryKernelStaysAlone) {
  const auto kernels = detect(residual_network(), {});
  EXPECT_EQ(types(kernels),
            (std::vector<std::string>{"conv", "bn", "relu", "dwconv", "bn", "add", "relu", "global-avgpool", "fc"}));
}

TEST(Detector, FusesUnderPairsAndKeepsWhatSeveralRead) {
  FusionRules rules;
  for (KernelOp conv : {KernelOp::conv, KernelOp::dwconv}) {
    for (KernelOp reader : {KernelOp::bn, KernelOp::relu, KernelOp::add}) rules.allow(conv, reader);
  }
  rules.allow(KernelOp::add, KernelOp::relu);
  const auto kernels = detect(residual_network(), rules);
  EXPECT_EQ(types(kernels), (std::vector<std::string>{"conv-bn-relu", "dwconv-bn-add-relu", "global-avgpool", "fc"}));
  EXPECT_EQ(kernels[1].inbounds, (std::vector<int>{0, 0}));
  const KernelFeatures f = kernels[1].kernel.features();
  EXPECT_EQ(f.macs, 16 * 8 * 8 * 9);
  EXPECT_EQ(f.weights, 16 * 9 + 2 * 16);
  EXPECT_EQ(f.bytes, 4 * (3 * 16 * 64 + f.weights));  // two inputs, one output
}

TEST(Detector, ChainsFuseWhatBeginsThemOnly) {
  FusionRules rules;
  rules.chains.insert({KernelOp::conv, KernelOp::bn, KernelOp::relu});
  const auto kernels = detect(residual_network(), rules);
  EXPECT_EQ(types(kernels),
            (std::vector<std::string>{"conv-bn-relu", "dwconv", "bn", "add", "relu", "global-avgpool", "fc"}));
}

TEST(Detector, SqueezeAndExcitationIsOneKernel) {
  Net net{Shape{16, 8, 8}};
  const auto x = net.here();
  net.global_pool()
      .conv({.out = 4, .bias = true})
      .act(Activation::relu)
      .conv({.out = 16, .bias = true})
      .act(Activation::hsigmoid);
  const auto gate = net.here();
  net.at(x).scale(gate);
  const auto parts = lower(net.nodes());
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].op, KernelOp::se);
  static_assert(kernel_op_named("se") == KernelOp::se && !kernel_op_named("dense"));
}

TEST(FusionRules, ComeBackFromTheirFileAndRefuseWhatIsNone) {
  const auto path = scratch_file("fusion_rules_test.json");
  FusionRules rules;
  rules.conditions["device"] = "one";
  rules.allow(KernelOp::conv, KernelOp::bn);
  rules.chains.insert({KernelOp::bn, KernelOp::relu, KernelOp::add});
  rules.folds_constants = rules.merges_equals = true;
  save_fusion_rules(rules, path).value();
  EXPECT_EQ(load_fusion_rules(path).value(), rules);
  const auto refused = [&](const std::string& text, const std::string& says) {
    std::ofstream{path} << text;
    const auto read = load_fusion_rules(path);
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().message.find(says), std::string::npos) << read.error().message;
    EXPECT_EQ(read.error().message.find('\n'), std::string::npos);
  };
  refused(R"({"format": "hwnas fusion rules 2", "pairs": []})", "expected \"format\": \"hwnas fusion rules 1\"");
  refused(R"({"format": "hwnas fusion rules 1", "conditions": {}, "pairs": [["conv", "dense"]], "chains": []})",
          "\"dense\"");
  refused(R"({"format": "hwnas fusion rules 1", "conditions": {}, "pairs": [["conv"]], "chains": []})", "no pair");
  refused(R"({"format": "hwnas fusion rules 1")", "no complete JSON");
  refused(R"({"format": "hwnas fusion rules 1", "pairs": 3})", "fusion_rules_test.json");
  EXPECT_FALSE(load_fusion_rules("/nowhere/rules.json"));
}

// --- nn-Meter's golden kernels ----------------------------------------------------------------------------------------

Shape shape_of(const json& nhwc) {
  if (nhwc.size() == 2) return {nhwc[1], 1, 1};
  return {nhwc[3], nhwc[1], nhwc[2]};
}

Primitive primitive_of(const std::string& type, const json& node) {
  Fault fault;
  const Shape in = shape_of(node["input_shape"][0]);
  const int out = shape_of(node["output_shape"][0]).c;
  if (type == "Conv") {
    const json& a = node["attr"];
    return layer::Convolution::make(in, {.out = out, .kernel = a["kernel_shape"][0], .stride = a["strides"][0],
                                         .padding = a["pads"][0], .groups = a["group"]}, fault);
  }
  if (type == "BatchNormalization") return layer::Normalisation::make(in, true);
  if (type == "Relu") return layer::ElementActivation::make(in, Activation::relu);
  if (type == "Add") return layer::Add::make(in);
  if (type == "Gemm") return layer::Linear::make(in, {.out = out}, fault);
  return layer::GlobalPooling::make(in);
}

// Nodes one after another, each when what it reads is there.
KernelGraph graph_of(const json& ir) {
  KernelGraph graph;
  std::map<std::string, int> value_of;
  std::vector<std::pair<std::string, json>> todo;
  for (const auto& [name, node] : ir.items()) todo.emplace_back(name, node);
  while (!todo.empty()) {
    for (auto it = todo.begin(); it != todo.end();) {
      const json& inbounds = it->second["inbounds"];
      const bool ready =
          std::all_of(inbounds.begin(), inbounds.end(), [&](const json& n) { return value_of.count(n) > 0; });
      if (!ready) {
        ++it;
        continue;
      }
      const json& attr = it->second["attr"];
      const std::string type = attr["type"];
      if (type == "Flatten") {
        value_of[it->first] = value_of.at(inbounds[0]);
      } else {
        const Primitive p = primitive_of(type, attr);
        KernelGraph::Node node{.op = kernel_op(p), .nodes = {GraphNode{.primitive = p}}};
        GraphNode& inner = node.nodes[0];
        inner.input_count = std::max<int>(1, static_cast<int>(inbounds.size()));
        inner.output = inner.input_count;
        for (int i = 0; i < inner.input_count; ++i) {
          inner.inputs[static_cast<std::size_t>(i)] = i;
          node.operands.push_back({i, p.in, inbounds.empty() ? 0 : value_of.at(inbounds[static_cast<std::size_t>(i)])});
        }
        value_of[it->first] = graph.result = graph.add(std::move(node));
      }
      it = todo.erase(it);
    }
  }
  return graph;
}

// What the golden file says of a kernel, as one comparable line.
std::string golden_line(const json& k) {
  std::string op = k["op"];
  if (op == "gap") op = "global-avgpool";
  const int h = k.value("inputh", 1);
  const int kernel = k.contains("ks") ? k["ks"][0].get<int>() : 1;
  const int stride = k.contains("strides") ? k["strides"][0].get<int>() : 1;
  return fmt::format("{} {} {} {} k{} s{}", op, h, k["cin"].get<int>(), k["cout"].get<int>(), kernel, stride);
}
std::string line(const KernelKey& k) {
  const KernelFeatures f = k.features();
  return fmt::format("{} {} {} {} k{} s{}", k.type(), f.h, f.cin, f.cout, f.k, f.stride);
}

TEST(Detector, ReproducesNnMetersGoldenKernels) {
  const char* shared = std::getenv("HWNAS_SHARED");
  if (shared == nullptr) GTEST_SKIP() << "HWNAS_SHARED does not name the folder of nn-Meter's files";
  const std::filesystem::path folder = std::filesystem::path{shared} / "data" / "nnmeter_rules";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
  const KernelGraph graph = graph_of(read_json_file(folder / "mbv2_ir.json").value());
  for (const std::string name : {"rule_tflite_cpu", "rule_tflite_gpu", "rule_vpu"}) {
    const auto kernels = detect(graph, load_nnmeter_rules(folder / (name + ".json")).value());
    json golden;
    std::ifstream{folder / ("mbv2_kernels_" + name + ".json")} >> golden;
    std::vector<std::string> expected;
    std::vector<std::string> edges;
    std::map<std::string, int> number;
    for (const json& k : golden) number.emplace(k["name"], static_cast<int>(number.size()));
    for (const json& k : golden) {
      expected.push_back(golden_line(k));
      for (const std::string from : k["inbounds"]) {
        edges.push_back(fmt::format("{}->{}", number.at(from), number.at(k["name"])));
      }
    }
    std::vector<std::string> found;
    std::vector<std::string> found_edges;
    for (std::size_t i = 0; i < kernels.size(); ++i) {
      found.push_back(line(kernels[i].kernel));
      for (int from : kernels[i].inbounds) found_edges.push_back(fmt::format("{}->{}", from, i));
    }
    std::sort(edges.begin(), edges.end());
    std::sort(found_edges.begin(), found_edges.end());
    EXPECT_EQ(found, expected) << name;
    EXPECT_EQ(found_edges, edges) << name;
  }
}

}  // namespace detector_test
