// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Samples per second of two ranks of one thread each, against one process of one thread.
///        scripts/run distributed [PAIRS] [--batch N]      10 pairs, batch 64 by default
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/statistics.hpp"
#include "hwnas/nn/supernet.hpp"
#include "hwnas/space/counting.hpp"
#include "hwnas/train/distributed.hpp"
#include "hwnas/train/metrics.hpp"
#include "hwnas/train/trainer.hpp"
#include "hwnas/zoo/small.hpp"

namespace {

using namespace hwnas;  // NOLINT
using Space = zoo::small::ProxylessNas;
constexpr std::int64_t steps = 12, warm_up = 2;

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
void train(std::int64_t batch, const std::string& output) {
  at::set_num_threads(1);
  at::set_num_interop_threads(1);
  const auto ranks = join_ranks().value();
  const int size = ranks == nullptr ? 1 : ranks->size();
  const ImageData data = noise(batch * size * steps);
  const Loader loader = Loader::make(data, {.batch_size = batch, .training = true,
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
  const auto samples = static_cast<double>((steps - warm_up) * batch * size);
  std::ofstream{output} << fmt::format("{} {}", samples / seconds, samples / own);
}

/// Samples per second of all ranks together.
struct Speed {
  double measured = 0;
  double of_a_core_each = 0;  ///< by processor time: what they reach when each rank has a core of its own
};

Speed measure(int size, std::int64_t batch, int port) {
  const auto folder = std::filesystem::temp_directory_path();
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  std::vector<pid_t> children;
  const std::string output = (folder / fmt::format("hwnas_distributed_{}", ::getpid())).string();
  for (int rank = 0; rank < size; ++rank) {
    std::vector<std::string> words{"env",
                                   fmt::format("RANK={}", rank),
                                   fmt::format("WORLD_SIZE={}", size),
                                   "MASTER_ADDR=127.0.0.1",
                                   fmt::format("MASTER_PORT={}", port),
                                   "OMP_NUM_THREADS=1",
                                   program,
                                   "--rank",
                                   std::to_string(batch),
                                   output + std::to_string(rank)};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t child = 0;
    if (::posix_spawnp(&child, "env", nullptr, nullptr, arguments.data(), environ) == 0) children.push_back(child);
  }
  bool good = children.size() == static_cast<std::size_t>(size);
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    good = good && status == 0;
  }
  Speed result;
  std::ifstream{output + "0"} >> result.measured >> result.of_a_core_each;
  for (int rank = 0; rank < size; ++rank) std::filesystem::remove(output + std::to_string(rank));
  if (!good) throw Error{Error::Code::unavailable, "a rank did not end well"};
  return result;
}

}  // namespace

int main(int argc, char** argv) try {
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  if (words.size() == 3 && words[0] == "--rank") {
    train(std::atoll(argv[2]), argv[3]);
    return 0;
  }
  const int pairs = argc > 1 ? std::atoi(argv[1]) : 10;
  const std::int64_t batch = argc > 3 && words[1] == "--batch" ? std::atoll(argv[3]) : 64;
  if (pairs < 1 || batch < 2) throw Error{Error::Code::bad_value, "usage: distributed [PAIRS] [--batch N]"};
  fmt::print("ProxylessNAS 28 x 28, one path a step, batch {} a rank, one thread a rank, {} pairs on {} cores\n", batch,
             pairs, std::thread::hardware_concurrency());
  std::vector<double> ratios, by_processor;
  int port = 20000 + static_cast<int>(::getpid() % 20000);
  for (int i = 0; i < pairs; ++i) {
    const Speed one = measure(1, batch, ++port), two = measure(2, batch, ++port);
    ratios.push_back(two.measured / one.measured);
    by_processor.push_back(two.of_a_core_each / one.of_a_core_each);
    fmt::print("one rank {:.1f}, two ranks {:.1f} samples/s; ratio {:.2f}; by processor time {:.2f}\n", one.measured,
               two.measured, ratios.back(), by_processor.back());
    std::fflush(stdout);
  }
  fmt::print("median ratio {:.2f}; by processor time {:.2f}\n", median(ratios), median(by_processor));
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 2;
}
