// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/measure/detect_rules.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "hwnas/measure/rules_of_device.hpp"
#include "temporary_folder.hpp"

namespace detect_rules_test {

using namespace hwnas;
using Kind = PrimitiveKind;

// A machine of which everything is known: a call takes 1, every operator 10, and fused ones cost the first alone.
struct KnownDevice : MeasuresInRounds<KnownDevice> {
  std::set<std::pair<Kind, Kind>> fused{};
  double operation = 10;
  bool folds = false, merges = false;
  double copy = 0;  // of a pixel that is returned as it came
  std::string library = "1";

  [[nodiscard]] std::string name() const { return "known"; }
  [[nodiscard]] Conditions conditions() const { return {{"device", "known"}, {"library", library}}; }
  [[nodiscard]] MeasureOptions options() const { return {.warmup = 0, .rounds = 1, .runs = 1, .max_drift = 0}; }
  [[nodiscard]] std::shared_ptr<void> hold() const { return nullptr; }
  [[nodiscard]] Result<TimedRun> prepare(const std::shared_ptr<FixedNetwork>& network, int) const {
    double time = 1;
    const NetworkGraph& graph = network->graph();
    const auto& operations = graph.operations;
    const Shape image = graph.values[0];
    if (operations.empty()) time += copy * image.h * image.w;
    std::set<int> constants;
    std::set<std::pair<Kind, std::vector<int>>> made;
    for (std::size_t o = 0; o < operations.size(); ++o) {
      const auto operands = graph.operands_of(operations[o]);
      const Kind kind = operations[o].primitive.kind;
      const bool constant = kind == Kind::zero || std::all_of(operands.begin(), operands.end(),
                                                              [&](int v) { return constants.contains(v); });
      if (constant) constants.insert(operations[o].output);
      if (folds && constant) continue;
      const bool first = made.emplace(kind, std::vector<int>(operands.begin(), operands.end())).second;
      if (merges && !first && kind != Kind::convolution) continue;
      const bool joined = o > 0 && fused.contains({operations[o - 1].primitive.kind, operations[o].primitive.kind});
      time += joined ? 0 : operation;
    }
    return TimedRun{[time]() -> Result<Milliseconds> { return Milliseconds{time}; }};
  }
};
static_assert(Device<KnownDevice> && RoundsDevice<KnownDevice>);

DetectOptions small() {
  return {.shape = {4, 4, 4}, .flat = {4, 1, 1}, .tails = {KernelOp::conv, KernelOp::fc, KernelOp::bn, KernelOp::add},
          .readers = {KernelOp::bn, KernelOp::relu, KernelOp::add, KernelOp::maxpool}};
}

TEST(DetectRules, FindNothingWhereNothingFuses) {
  KnownDevice device;
  const DetectedRules found = detect_rules(device, small()).value();
  EXPECT_TRUE(found.rules.pairs.empty());
  EXPECT_EQ(found.pairs.size(), 4U * 4 - 1);  // nothing is pooled after a linear layer
  EXPECT_EQ(found.rules.conditions.at("device"), "known");
  for (const PairTimes& p : found.pairs) {
    EXPECT_EQ(p.first, 10_ms);
    EXPECT_EQ(p.both, 20_ms);
    EXPECT_TRUE(p.told);
  }
}
TEST(DetectRules, FindExactlyThePairsThatFuse) {
  KnownDevice device;
  device.fused = {{Kind::convolution, Kind::normalisation}, {Kind::add, Kind::activation}};
  const FusionRules rules = detect_rules(device, small()).value().rules;
  const std::set<std::pair<KernelOp, KernelOp>> expected{{KernelOp::conv, KernelOp::bn},
                                                         {KernelOp::add, KernelOp::relu}};
  EXPECT_EQ(rules.pairs, expected);
}
// What was detected before serves a building that goes on, and no other device.
TEST(RulesOfDevice, AreDetectedAnewUnderOtherConditions) {
  const TemporaryFolder folder;
  KnownDevice known;
  known.fused = {{Kind::convolution, Kind::normalisation}};
  AnyDevice device{known};
  const FusionRules first = rules_of_device(device, "", folder / "kept.rules").value();
  EXPECT_FALSE(first.pairs.empty());
  KnownDevice quicker = known;
  quicker.fused.clear();  // never asked, as the conditions are the same
  AnyDevice same{quicker};
  EXPECT_EQ(rules_of_device(same, "", folder / "kept.rules").value(), first);
  quicker.library = "2";
  AnyDevice other{quicker};
  const FusionRules second = rules_of_device(other, "", folder / "kept.rules").value();
  EXPECT_TRUE(second.pairs.empty());
  EXPECT_EQ(second.conditions.at("library"), "2");
  EXPECT_EQ(load_fusion_rules(folder / "kept.rules").value(), second);
}
TEST(DetectRules, FindThemWhereAnEmptyNetworkCopiesItsImage) {
  KnownDevice device;
  device.fused = {{Kind::convolution, Kind::normalisation}};
  device.copy = 0.625;  // 10 for the whole image: ONNX Runtime takes as long for a ReLU as for nothing
  EXPECT_EQ(detect_rules(device, small()).value().rules.pairs,
            (std::set<std::pair<KernelOp, KernelOp>>{{KernelOp::conv, KernelOp::bn}}));
}
TEST(DetectRules, DoNotTellWhatIsQuickerThanACall) {
  KnownDevice device;
  device.fused = {{Kind::convolution, Kind::normalisation}};
  device.operation = 0.4;
  const DetectedRules found = detect_rules(device, small()).value();
  EXPECT_TRUE(found.rules.pairs.empty());
  for (const PairTimes& p : found.pairs) EXPECT_FALSE(p.told);
}
TEST(DetectRules, TellWhatACompilerOfWholeNetworksDoes) {
  for (const bool folds : {false, true}) {
    for (const bool merges : {false, true}) {
      KnownDevice device;
      device.folds = folds, device.merges = merges;
      const FusionRules rules = detect_rules(device, small()).value().rules;
      EXPECT_EQ(rules.folds_constants, folds);
      EXPECT_EQ(rules.merges_equals, merges);
    }
  }
}
TEST(DetectRules, KeepToTheThreshold) {
  KnownDevice device;
  device.fused = {{Kind::convolution, Kind::normalisation}};  // saves all of the quicker one
  auto options = small();
  options.threshold = 1.1;
  EXPECT_TRUE(detect_rules(device, options).value().rules.pairs.empty());
}

}  // namespace detect_rules_test
