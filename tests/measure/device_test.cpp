// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/measure/device.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

#include <gtest/gtest.h>

#include "hwnas/measure/command.hpp"
#include "hwnas/measure/cuda.hpp"
#include "hwnas/measure/libtorch_cpu.hpp"
#include "hwnas/measure/torchscript_cpu.hpp"
#include "hwnas/nn/subnet.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/op/mbconv.hpp"
#include "laws/device_laws.hpp"

namespace device_test {

using namespace hwnas;

using Block = LayerChoice<MBConv<3>, MBConv<3, SqueezeExcite<4>, Act<HSwish>>>;
using Space = Input<Sequential<Conv<Out<8>>, Named<"a", Block>, GlobalAvgPool, Flatten, Linear<4>>, Shape{3, 8, 8}>;

MeasureOptions quick() { return {.warmup = 1, .rounds = 2, .runs = 2, .max_drift = 0}; }
std::shared_ptr<FixedNetwork> network(int choice) {
  Architecture<Space> a;
  a.set("a", choice).value();
  return std::make_shared<Subnet<Space>>(a);
}

static_assert(Device<LibtorchCpu> && Device<TorchscriptCpu> && Device<CudaDevice> && Device<CommandDevice> &&
              Device<AnyDevice>);
static_assert(RoundsDevice<AnyDevice>);
static_assert(!Device<int>);

TEST(LibtorchCpu, KeepsTheLawsOfDevices) {
  LibtorchCpu device{quick()};
  laws::expect_device_laws(device, network(1));
}
TEST(TorchscriptCpu, KeepsTheLawsOfDevices) {
  TorchscriptCpu device{quick()};
  laws::expect_device_laws(device, network(1));
}
TEST(CommandDevice, KeepsTheLawsOfDevices) {
  CommandDevice device{{.command = "test -s {model} && echo 1.5 ms"}};
  laws::expect_device_laws(device, network(1));
  EXPECT_EQ(device.measure(network(0)).value().minimum, 1.5_ms);
}
TEST(AnyDevice, KeepsTheLawsOfDevices) {
  AnyDevice device{LibtorchCpu{quick()}};
  laws::expect_device_laws(device, network(0));
  EXPECT_EQ(device.name(), "libtorch-cpu");
}

TEST(CudaDevice, SaysWhereThereIsNone) {
  auto device = CudaDevice::make(quick());
  if (torch::cuda::is_available() && device) return laws::expect_device_laws(*device, network(1));
  EXPECT_EQ(device.error().message, "cuda: this LibTorch or this machine has no CUDA device");
}

TEST(TorchscriptCpu, ComputesWhatTheNetworkComputesWithoutBatchNorm) {
  for (const ScriptOptimisation how : {ScriptOptimisation::freeze, TorchscriptCpu::best_optimisation()}) {
    const auto net = network(1);
    net->eval();
    const auto inputs = random_inputs(*net, 2);
    auto module = TorchscriptCpu{quick(), how}.optimised(*net, inputs);
    const torch::NoGradGuard no_grad;
    EXPECT_TRUE(torch::allclose(module.forward({inputs.front()}).toTensor(), net->forward(inputs.front()), 1e-4, 1e-5));
    EXPECT_EQ(module.get_method("forward").graph()->toString().find("batch_norm"), std::string::npos);
  }
}

TEST(Devices, RestoreTheThreadsAndProcessors) {
  const int before = at::get_num_threads();
  LibtorchCpu device{{.threads = before + 1, .cpus = {0}, .rounds = 1, .runs = 1, .max_drift = 0}};
  EXPECT_EQ(device.conditions().at("affinity"), "0");
  ASSERT_TRUE(device.measure(network(0)));
  EXPECT_EQ(at::get_num_threads(), before);
  LibtorchCpu nowhere{{.cpus = {CPU_SETSIZE - 1}}};
  EXPECT_THROW(static_cast<void>(nowhere.measure(network(0))), Error);
  cpu_set_t usual, now;
  sched_getaffinity(0, sizeof usual, &usual);
  EXPECT_THROW((AffinityGuard{std::vector{0, CPU_SETSIZE - 1}}), Error);  // the system would take 0 alone
  sched_getaffinity(0, sizeof now, &now);
  EXPECT_TRUE(CPU_EQUAL(&usual, &now));
}

// ---- rounds, on a machine whose clock the test writes ------------------------------------------------------------
struct Machine {
  std::vector<double> speed{};  // factor of each turn of the reference; 1 afterwards
  std::size_t at = 0;
  TimedRun reference() {
    return [this]() -> Result<Milliseconds> { return Milliseconds{at < speed.size() ? speed[at++] : 1.0}; };
  }
};
TimedRun returns(std::vector<double> times) {
  auto next = std::make_shared<std::size_t>(0);
  return [times, next]() -> Result<Milliseconds> { return Milliseconds{times[std::min((*next)++, times.size() - 1)]}; };
}

TEST(Rounds, DropDisturbedTurnsAndRepeatThem) {
  // A reference run before the first turn and one after each: the second and third turn are slow.
  Machine machine{{1, 1, 2, 2}};
  const MeasureOptions options{.warmup = 0, .rounds = 3, .runs = 1, .max_drift = 0.1, .repeats = 4};
  const auto measured =
      Rounds{{returns({5, 50, 60, 70, 4, 6})}, machine.reference(), options}.measure().value().front();
  EXPECT_EQ(measured.count, 2);  // the first and the fifth: the fourth began while the machine was slow
  EXPECT_EQ(measured.minimum, 4_ms);
  EXPECT_EQ(measured.mean, 4.5_ms);
  EXPECT_FALSE(measured.disturbed);
}
TEST(Rounds, RunTheReferenceAsOftenAsAskedAndAtTheEndOfEachRound) {
  // Five things, the reference after each two: at first, and after the 2nd, the 4th and the 5th. It is slow around the third and
  // fourth of the first round only.
  Machine machine{{1, 1, 2, 1}};
  int references = 0;
  const TimedRun reference = [&, run = machine.reference()] { return ++references, run(); };
  const MeasureOptions options{.warmup = 0, .rounds = 2, .runs = 1, .max_drift = 0.1, .reference_every = 2, .repeats = 0};
  std::vector<TimedRun> things;
  for (int t = 0; t < 5; ++t) things.push_back(returns({5, 7}));
  const auto measured = Rounds{things, reference, options}.measure().value();
  EXPECT_EQ(references, 1 + 2 * 3);
  for (const int t : {0, 1}) EXPECT_EQ(measured[t].count, 2) << t;
  for (const int t : {2, 3, 4}) EXPECT_EQ(measured[t].count, 1) << t;  // of the second round
  for (const int t : {2, 3, 4}) EXPECT_EQ(measured[t].minimum, 7_ms) << t;
}
TEST(Rounds, SayWhereTheMachineNeverCalmsDown) {
  Machine machine{{1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2}};
  const MeasureOptions options{.warmup = 0, .rounds = 2, .runs = 1, .max_drift = 0.1, .repeats = 2};
  const auto measured = Rounds{{returns({5})}, machine.reference(), options}.measure().value().front();
  EXPECT_TRUE(measured.disturbed);
  EXPECT_EQ(measured.minimum, 5_ms);
}
TEST(Rounds, RunWhatIsSlowTwiceARound) {
  MeasureOptions options{.warmup = 1, .rounds = 3, .runs = 6, .round_time = Milliseconds{100}, .max_drift = 0};
  const auto count = [&](double milliseconds) {
    return Rounds{{returns({milliseconds})}, {}, options}.measure().value().front().count;
  };
  EXPECT_EQ(count(1), 3 * 6);
  EXPECT_EQ(count(30), 3 * 4);  // four reach 100 ms
  EXPECT_EQ(count(50), 3 * 2);
  EXPECT_EQ(count(5000), 3 * 2);
  options.runs = 1;
  EXPECT_EQ(count(5000), 3);
  options.runs = 6;
  options.round_time = Milliseconds{0};
  EXPECT_EQ(count(5000), 3 * 6);
}
TEST(Rounds, GoOnUntilTheLeastTimeHasPassed) {
  // A slow moment fills the rounds asked for, and the reference is as slow: only time tells.
  const MeasureOptions options{.warmup = 0, .rounds = 2, .runs = 1, .least_time = Milliseconds{50}, .max_drift = 0.1, .repeats = 0};
  const auto begin = std::chrono::steady_clock::now();
  const TimedRun slow_at_first = [&] {
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
    return Result<Milliseconds>{milliseconds_since(begin) < Milliseconds{20} ? Milliseconds{8} : Milliseconds{5}};
  };
  const auto measured = Rounds{{slow_at_first, returns({3})}, slow_at_first, options}.measure().value();
  EXPECT_GE(milliseconds_since(begin), Milliseconds{50});
  EXPECT_EQ(measured[0].minimum, Milliseconds{5});
  EXPECT_GT(measured[1].count, 2);
}
TEST(Rounds, RefuseTimesThatAreNone) {
  const MeasureOptions options{.warmup = 0, .rounds = 1, .runs = 1};
  for (const double bad : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    const auto measured = Rounds{{returns({bad})}, {}, options}.measure();
    ASSERT_FALSE(measured);
    EXPECT_NE(measured.error().message.find("expected a positive number of milliseconds"), std::string::npos);
  }
}

// ---- calm measurements, on a device that runs as slowly as the test says ----------------------------------------------
struct Moody : MeasuresInRounds<Moody> {
  std::vector<double> speeds;  // factor of each measuring; the last one stays
  std::size_t measurings = 0;
  explicit Moody(std::vector<double> s) : speeds{std::move(s)} {}
  [[nodiscard]] Result<TimedRun> prepare(const std::shared_ptr<FixedNetwork>&, int) {
    return TimedRun{[this]() -> Result<Milliseconds> { return Milliseconds{speeds[std::min(measurings, speeds.size()) - 1]}; }};
  }
  [[nodiscard]] static MeasureOptions options() { return {.warmup = 0, .rounds = 1, .runs = 1}; }
  std::shared_ptr<void> hold() {
    ++measurings;
    return nullptr;
  }
};

TEST(MeasureCalmly, MeasuresAgainWhileTheMachineIsSlowAndTheCalmestCounts) {
  Moody calm{{1.1}};
  const auto measured = measure_calmly(calm, {{network(0)}}, 1).value();
  ASSERT_EQ(measured.things.size(), 1);
  EXPECT_EQ(measured.things[0].minimum, 1.1_ms);
  EXPECT_EQ(calm.measurings, 1);
  Moody slow{{3, 2, 2.5, 1}};
  EXPECT_EQ(measure_calmly(slow, {{network(0)}}, 1).value().reference, 2);
  EXPECT_EQ(slow.measurings, 3);
  Moody unknown{{3}};
  EXPECT_EQ(measure_calmly(unknown, {{network(0)}}, 0).value().reference, 3);
  EXPECT_EQ(unknown.measurings, 1);
}
TEST(MeasureCalmly, KeepsWhatItHasWhereMeasuringAgainFails) {
  Moody fails{{3, 0}};  // 0 ms is no time
  EXPECT_EQ(measure_calmly(fails, {{network(0)}}, 1).value().reference, 3);
  Moody broken{{0}};
  EXPECT_FALSE(measure_calmly(broken, {{network(0)}}, 1).has_value());
}
TEST(MeasureCalmly, WaitsAsLongAsThereIsPatience) {
  Moody slow{{3, 2, 2.5, 1.1, 1}};
  const CalmOptions options{.slower = 0.05, .patience = std::chrono::seconds{60}};
  EXPECT_EQ(measure_calmly(slow, {{network(0)}}, 1, options).value().reference, 1);
  EXPECT_EQ(slow.measurings, 5);
}

// ---- bad commands ------------------------------------------------------------------------------------------------
std::string message_of(const std::string& command, double seconds = 20) {
  CommandDevice device{{.command = command, .seconds = seconds}};
  const auto measured = device.measure(network(0));
  return measured ? fmt::format("measured {}", measured->minimum) : measured.error().message;
}
void expect_line(const std::string& command, const std::string& text, double seconds = 20) {
  const std::string message = message_of(command, seconds);
  EXPECT_NE(message.find(text), std::string::npos) << message;
  EXPECT_EQ(message.find('\n'), std::string::npos);
}

TEST(CommandDevice, SaysWhatIsWrongWithAProgram) {
  expect_line("exit 3; #", "\": /bin/sh: ended with status 3");
  expect_line("sleep 30; #", "ran longer than 0.2 s and was killed", 0.2);
  expect_line("exec >&-; sleep 30; #", "ran longer than 0.2 s and was killed", 0.2);
  expect_line("kill -9 $$; #", "was ended by signal 9");
  expect_line("true; #", "expected one number of milliseconds, found \"\"");
  expect_line("echo fast; #", "expected one number of milliseconds, found \"fast\"");
  expect_line("echo 1.5 seconds; #", "expected one number of milliseconds");
  for (const char* number : {"0", "-2", "nan", "inf"}) {
    expect_line(fmt::format("echo {}; #", number),
                fmt::format("expected a finite number of milliseconds above 0, found \"{}\"", number));
  }
  EXPECT_EQ(message_of("printf 'warming up\\n 2.5 ms \\n\\n'; #"), "measured 2.5 ms");
}
TEST(CommandDevice, TellsWhatTheProgramSaysOfWhereItMeasures) {
  CommandDevice phone{{.command = "echo condition library: bench 1.2; echo condition cpu: a big core: 2 GHz; echo condition x;"
                                  "echo condition : y; echo pushed model: 1 file; echo condition device: other; echo 3 ms #",
                       .name = "phone"}};
  const Conditions conditions = phone.conditions();
  EXPECT_EQ(conditions.at("library"), "bench 1.2");
  EXPECT_EQ(conditions.at("cpu"), "a big core: 2 GHz");
  EXPECT_EQ(conditions.at("device"), "phone");
  for (const char* none : {"x", "", "pushed model", "condition"}) EXPECT_FALSE(conditions.contains(none)) << none;
  CommandDevice silent{{.command = "echo 3 ms #"}};
  EXPECT_EQ(silent.conditions().at("cpu"), "not said by the command");
}
TEST(CommandDevice, AsksForConditionsOnceAndRunsTheReferenceKernelBesideWhatItMeasures) {
  const std::filesystem::path calls = fmt::format("{}/device_test_calls_{}", testing::TempDir(), ::getpid());
  const auto called = [&] { return std::filesystem::file_size(calls); };
  CommandDevice device{{.command = fmt::format("printf x >>{}; echo 3; #", calls.string())}};
  const AnyDevice copy{device};
  EXPECT_EQ(device.conditions(), copy.conditions());
  EXPECT_EQ(called(), 1);
  EXPECT_EQ(device.measure(network(0)).value().count, 3);
  EXPECT_EQ(called(), 1 + 3 + 4);  // the reference at first and at the end of each round
  std::filesystem::remove(calls);
}
TEST(CommandDevice, SaysWhyItHasNoConditions) {
  const CommandDevice broken{{.command = "echo broken; #"}};
  try {
    static_cast<void>(broken.conditions());
    FAIL() << "conditions of a device that does not answer";
  } catch (const Error& error) {
    EXPECT_NE(error.message.find("expected one number of milliseconds, found \"broken\""), std::string::npos);
  }
}
TEST(CommandDevice, FillsInModelBatchAndThreads) {
  CommandDevice device{{.command = "cmp -s {model} {model} && echo {batch}{threads} #"},
                       {.threads = 3, .batch = 2, .warmup = 0, .rounds = 1, .runs = 1, .max_drift = 0}};
  EXPECT_EQ(device.measure(network(0)).value().minimum, 23_ms);
}

}  // namespace device_test
