// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/latency/command_predictor.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "hwnas/core.hpp"
#include "laws/predictor_laws.hpp"
#include "temporary_folder.hpp"

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

TEST(CommandPredictor, IsSavedWithItsArguments) {
  const auto file = scratch_file("command_predictor_test.txt");
  const Predicts saved = shell("echo '1.25' # \"$0\"  ", std::chrono::milliseconds{1500});
  saved.save(file).value();
  const Predicts loaded = Predicts::load(file).value();
  EXPECT_EQ(loaded.predict(keys()[0]).value(), Milliseconds{1.25});
  loaded.save(scratch_file("again.txt")).value();
  const auto text = [](const std::filesystem::path& path) {
    std::ifstream in{path};
    return std::string{std::istreambuf_iterator<char>{in}, {}};
  };
  EXPECT_EQ(text(file), text(scratch_file("again.txt"))) << "the limit and every blank";
  EXPECT_EQ(shell("a\nb").save(file).error().code, Error::Code::bad_value);
}

TEST(CommandPredictor, RefusesOtherFiles) {
  const auto refused = [](const std::string& text, const std::string& part) {
    const auto file = scratch_file("command_predictor_bad.txt");
    write_file_atomically(file, text).value();
    const auto read = Predicts::load(file);
    ASSERT_FALSE(read) << text;
    EXPECT_NE(read.error().message.find(part), std::string::npos) << read.error().message;
  };
  refused("", ":1: expected \"# hwnas command predictor 1\"");
  refused("# hwnas command predictor 2\nlimit_ms: 1\nargument: true\n", ":1: expected");
  refused("# hwnas command predictor 1\n", "no command");
  refused("# hwnas command predictor 1\nlimit_ms: 5\n", "no command");
  for (const std::string limit : {"0", "-5", "soon", "5 s", ""}) {
    refused("# hwnas command predictor 1\nlimit_ms: " + limit + "\nargument: true\n", ":2: expected \"limit_ms: \"");
  }
  refused("# hwnas command predictor 1\nlimit_ms: 5\ntrue\n", ":3: expected \"argument: \"");
  EXPECT_EQ(Predicts::load("/nowhere/file").error().code, Error::Code::not_found);
}

}  // namespace command_predictor_test
