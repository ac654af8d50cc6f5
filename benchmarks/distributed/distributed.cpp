// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Samples per second of two ranks of one thread each, against one process of one thread.
///        scripts/run distributed [PAIRS]      --help: batch, steps
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "hwnas/core/statistics.hpp"
#include "hwnas/nn/supernet.hpp"
#include "hwnas/space/counting.hpp"
#include "hwnas/train/distributed.hpp"
#include "hwnas/train/metrics.hpp"
#include "hwnas/train/trainer.hpp"
#include "hwnas/zoo/small.hpp"
#include "main_function.hpp"

namespace {

using namespace hwnas;  // NOLINT
using Space = zoo::small::ProxylessNas;
constexpr std::int64_t warm_up = 2;  // steps

struct Options {
  int pairs = 10;
  std::int64_t batch = 64;
  std::int64_t steps = 32;
};

ImageData noise(std::int64_t count) {
  ImageData data{.name = "noise", .shape = {1, 28, 28}, .classes = 10};
  Rng rng{1};
  for (std::int64_t i = 0; i < count; ++i) {
    data.labels.push_back(i % 10);
    for (int p = 0; p < 28 * 28; ++p) data.pixels.push_back(static_cast<std::uint8_t>(rng.below(256)));
  }
  return data;
}

/// One rank, or the only process: trains, and writes how long its steps took.
void train(const Options& o, const std::string& output) {
  at::set_num_threads(1);
  at::set_num_interop_threads(1);
  const auto ranks = join_ranks().value();
  const int size = ranks == nullptr ? 1 : ranks->size();
  const ImageData data = noise(o.batch * size * o.steps);
  const Loader loader = Loader::make(data, {.batch_size = o.batch, .training = true,
                                            .normalisation = normalisation_of(data), .workers = 0}).value();
  Supernet<Space> supernet;
  using Clock = std::chrono::steady_clock;
  Clock::time_point begin{};
  std::clock_t processor = 0;  // of all threads of this process
  TrainOptions options{.epochs = 1, .ranks = ranks.get()};
  options.on_step = [&](const StepReport& report) {
    if (report.step == warm_up - 1) begin = Clock::now(), processor = std::clock();
  };
  Trainer trainer{supernet, loader, options, Rng{1}};
  static_cast<void>(trainer.fit([&](const Batch& b, Rng& rng) {
    return cross_entropy(supernet.forward(b.images, Uniform<Space>{}(rng)), b.labels);
  }).value());
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  const double own = static_cast<double>(std::clock() - processor) / CLOCKS_PER_SEC;
  const auto samples = static_cast<double>((o.steps - warm_up) * o.batch * size);
  std::ofstream{output} << fmt::format("{} {}", samples / seconds, samples / own);
}

/// Samples per second of all processes together.
struct Speed {
  double measured = 0;
  double of_a_core_each = 0;  ///< by processor time: what they reach when each has a core of its own
};

/// This program again, once for each process, all at the same time: as ranks of one run, or each a run of its own.
Speed measure(int processes, bool ranks, const Options& o, int port) {
  const auto folder = std::filesystem::temp_directory_path();
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  std::vector<pid_t> children;
  const std::string output = (folder / fmt::format("hwnas_distributed_{}", ::getpid())).string();
  for (int p = 0; p < processes; ++p) {
    std::vector<std::string> words{"env",
                                   fmt::format("RANK={}", ranks ? p : 0),
                                   fmt::format("WORLD_SIZE={}", ranks ? processes : 1),
                                   "MASTER_ADDR=127.0.0.1",
                                   fmt::format("MASTER_PORT={}", port),
                                   "OMP_NUM_THREADS=1",
                                   program,
                                   fmt::format("--batch={}", o.batch),
                                   fmt::format("--steps={}", o.steps),
                                   "--rank-output=" + output + std::to_string(p)};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t child = 0;
    if (::posix_spawnp(&child, "env", nullptr, nullptr, arguments.data(), environ) == 0) children.push_back(child);
  }
  bool good = children.size() == static_cast<std::size_t>(processes);
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    good = good && status == 0;
  }
  Speed result;
  for (int p = 0; p < processes; ++p) {
    const std::string file = output + std::to_string(p);
    double measured = 0, of_a_core = 0;
    std::ifstream{file} >> measured >> of_a_core;
    std::filesystem::remove(file);
    if (ranks && p > 0) continue;  // rank 0 counts the samples of all
    result.measured += measured;
    result.of_a_core_each += of_a_core;
  }
  if (!good) throw Error{Error::Code::unavailable, "a process did not end well"};
  return result;
}

void compare(const Options& o) {
  fmt::print("ProxylessNAS 28 x 28, one path a step, batch {} a rank, one thread a rank, {} pairs on {} cores\n", o.batch,
             o.pairs, std::thread::hardware_concurrency());
  std::vector<double> ratios, by_processor, apart, apart_by_processor;
  int port = 20000 + static_cast<int>(::getpid() % 20000);
  for (int i = 0; i < o.pairs; ++i) {
    const Speed one = measure(1, false, o, ++port), two = measure(2, true, o, ++port), both = measure(2, false, o, ++port);
    ratios.push_back(two.measured / one.measured);
    by_processor.push_back(two.of_a_core_each / one.of_a_core_each);
    apart.push_back(both.measured / one.measured);
    apart_by_processor.push_back(both.of_a_core_each / one.of_a_core_each);
    fmt::print("one process {:.1f}, two ranks {:.1f}, two processes apart {:.1f} samples/s; ratio {:.2f}, by processor time "
               "{:.2f}; apart {:.2f}, {:.2f}\n",
               one.measured, two.measured, both.measured, ratios.back(), by_processor.back(), apart.back(),
               apart_by_processor.back());
    std::fflush(stdout);
  }
  fmt::print("median ratio {:.2f}, by processor time {:.2f}; two processes that share nothing {:.2f}, {:.2f}\n", median(ratios),
             median(by_processor), median(apart), median(apart_by_processor));
}

}  // namespace

int main(int argc, char** argv) {
  Options o;
  std::string output;
  CLI::App app{"Samples per second of two ranks of one thread each, against one process of one thread.", "distributed"};
  app.add_option("pairs", o.pairs, "comparisons; the median counts")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--batch", o.batch, "images a rank and step")->check(CLI::Range(2, 100000))->capture_default_str();
  app.add_option("--steps", o.steps, "of each run; the first two are not timed")
      ->check(CLI::Range(3, 100000))
      ->capture_default_str();
  app.add_option("--rank-output", output)->group("");  // one of the processes
  return programs::guarded_main(app, argc, argv, [&] {
    if (output.empty()) compare(o);
    else train(o, output);
  });
}
