// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/experiment/command_evaluator.hpp"

#include <chrono>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "hwnas/op/conv.hpp"
#include "hwnas/space/nodes.hpp"
#include "laws/evaluator_laws.hpp"

namespace command_evaluator_test {

using namespace hwnas;
using namespace std::chrono_literals;

using Space = Input<Sequential<Named<"a", LayerChoice<Conv1x1, Conv3x3>>, Named<"b", LayerChoice<Conv1x1, Conv3x3>>>,
                    Shape{3, 8, 8}>;

Result<Metrics> answer(const std::string& command, std::chrono::duration<double> limit = 20s) {
  return CommandEvaluator{{.command = command, .limit = limit}}.evaluate(Architecture<Space>{}, Budget{});
}
std::string reason(const std::string& command, std::chrono::duration<double> limit = 20s) {
  const auto metrics = answer(command, limit);
  return metrics ? "it gave metrics" : metrics.error().message;
}
double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

TEST(CommandEvaluator, GivesTheArchitectureOnStandardInputAndAsAFile) {
  const std::string same = "[ \"$(cat)\" = \"$(cat \"$1\")\" ] && [ \"$1\" = \"$HWNAS_ARCHITECTURE\" ] && ";
  EXPECT_EQ(answer(same + "echo '{\"accuracy\": 0.5}'")->values.at("accuracy"), 0.5);
  CommandEvaluator evaluator{{.command = "grep -q '\"a\":1' && echo '{\"accuracy\": 1}' || echo '{\"accuracy\": 0}'"}};
  Architecture<Space> a;
  EXPECT_EQ(evaluator.evaluate(a, {})->score(), 0);
  a.set("a", 1).value();
  EXPECT_EQ(evaluator.evaluate(a, {})->score(), 1);
  EXPECT_EQ(laws::evaluator_laws<Space>(evaluator, {a, Architecture<Space>{}}), 2U);
}

TEST(CommandEvaluator, ReadsTheWholeOutputOrItsLastLine) {
  EXPECT_EQ(answer("printf '{\\n \"accuracy\": 0.25,\\n \"loss\": 2\\n}\\n'")->values.at("loss"), 2);
  EXPECT_EQ(answer("echo epoch 1; echo '{\"accuracy\": 0.5}'; echo")->score(), 0.5);
  EXPECT_EQ(answer("echo warning >&2; echo '{\"accuracy\": 0.5}'")->score(), 0.5);
}

TEST(CommandEvaluator, SaysWhyThereAreNoMetrics) {
  EXPECT_EQ(reason("echo garbage"),
            "the command printed 'garbage': expected one JSON object of numbers such as {\"accuracy\": 0.93}");
  EXPECT_EQ(reason("true"), "the command printed '': expected one JSON object of numbers such as {\"accuracy\": 0.93}");
  EXPECT_EQ(reason("echo '{\"accuracy\": NaN}'").substr(0, 39), "the command printed '{\"accuracy\": NaN}'");
  EXPECT_EQ(reason("echo '{\"accuracy\": \"high\"}'"),
            "the command printed \"high\" for \"accuracy\": expected a number");
  EXPECT_EQ(reason("echo '{\"accuracy\": null}'"), "the command printed null for \"accuracy\": expected a number");
  EXPECT_EQ(reason("echo '{\"acc\": 1}'"), "the command printed {\"acc\":1}: expected \"accuracy\" among them");
  EXPECT_EQ(reason("echo one >&2; echo out of memory >&2; exit 3"), "the command ended with status 3: out of memory");
  EXPECT_EQ(reason("kill -9 $$"), "the command ended with status 137");
  EXPECT_EQ(reason("no-such-command-here 2>/dev/null"), "the command ended with status 127");
  EXPECT_EQ(reason("yes"), "the command printed more than 1048576 bytes");
}

TEST(CommandEvaluator, KillsTheWholeProcessGroupAtItsLimit) {
  const auto begin = std::chrono::steady_clock::now();
  const std::string tag = "317.25";  // what sleeps so long is ours
  EXPECT_EQ(reason("sleep " + tag + " & sleep " + tag, 300ms), "the command ran into its limit of 0.3 s and was ended");
  EXPECT_LT(seconds_since(begin), 10);
  const auto left = run_command("pgrep -fx 'sleep " + tag + "'").value();
  EXPECT_EQ(left.out, "") << "still running";
}

TEST(CommandEvaluator, DoesNotWaitForWhatACommandLeavesBehind) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(answer("sleep 300 & echo '{\"accuracy\": 1}'", 100s)->score(), 1);
  EXPECT_LT(seconds_since(begin), 20);
}

TEST(CommandEvaluator, CanBeStopped) {
  CommandEvaluator evaluator{{.command = "sleep 300", .stop = [] { return true; }}};
  EXPECT_EQ(evaluator.evaluate(Architecture<Space>{}, {}).error().message, "the command was stopped");
}

}  // namespace command_evaluator_test
