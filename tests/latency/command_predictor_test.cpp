// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/latency/command_predictor.hpp"

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "laws/predictor_laws.hpp"

namespace command_predictor_test {

using namespace hwnas;
using Predicts = CommandPredictor<OperatorKey>;
using Space = Input<Sequential<Conv<Out<8>>, Named<"a", LayerChoice<Conv3x3, Conv1x1>>>, Shape{3, 8, 8}>;

// The shell's $0 is the key.
Predicts shell(const std::string& script, std::chrono::milliseconds limit = std::chrono::seconds{20}) {
  return Predicts{{"sh", "-c", script}, limit};
}
std::vector<OperatorKey> keys() { return operator_keys(Compiled<Space>::lists(), program<Space>); }

TEST(CommandPredictor, AsksTheProgramForEveryKey) {
  const LatencyProfiler<Space, Predicts> latency{shell("echo \"${#0}\" # $1")};
  Architecture<Space> a;
  std::size_t sum = 0;
  for (std::size_t k : {0U, 1U}) sum += keys()[k].text().size();
  EXPECT_DOUBLE_EQ(latency.profile(a).value(), static_cast<double>(sum));
}

TEST(CommandPredictor, ObeysTheLawsOfPredictors) {
  laws::predictor_laws(shell("case \"$0\" in *Kernel*) echo ' 2.5 ';; *) exit 3;; esac"), keys());
}

TEST(CommandPredictor, SaysInOneLineWhatTheProgramDid) {
  const auto says = [&](const Predicts& predictor, Error::Code code, const std::string& part) {
    const auto result = predictor.predict(keys()[0]);
    ASSERT_FALSE(result) << part;
    EXPECT_EQ(result.error().code, code) << result.error().message;
    EXPECT_NE(result.error().message.find(part), std::string::npos) << result.error().message;
    EXPECT_NE(result.error().message.find(keys()[0].text()), std::string::npos) << result.error().message;
    EXPECT_EQ(result.error().message.find('\n'), std::string::npos);
  };
  using enum Error::Code;
  says(shell("exit 3"), bad_value, "ended with status 3");
  says(shell("kill -9 $$"), bad_value, "signal 9");
  says(shell("sleep 30 & sleep 30", std::chrono::milliseconds{50}), interrupted, "ran longer than 0.05 s");
  says(shell("echo fast; echo faster"), bad_format, "found \"fast\"");
  says(shell("echo 1 2"), bad_format, "found \"1 2\"");
  says(shell("true"), bad_format, "found \"\"");
  for (const std::string number : {"0", "-1", "nan", "inf"}) says(shell("echo " + number), bad_value, "above 0");
  says(Predicts{{"/nowhere/program"}}, unavailable, "cannot be started");
}

}  // namespace command_predictor_test
