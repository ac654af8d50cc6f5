// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "common/own_predictor.hpp"

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <functional>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fmt/format.h>

#include "common/files.hpp"
#include "common/predictor_files.hpp"
#include "hwnas/latency/kernel_predictor.hpp"
#include "hwnas/measure/libtorch_cpu.hpp"

namespace programs {

using namespace hwnas;

namespace {

constexpr double minutes = 1;

/// All kernels of the space and none around them, since no others are asked for; then whole networks.
PredictorFiles files_of(const AnySpace& space, const std::filesystem::path& path) {
  return {.spaces = {space},
          .out = path,
          .measurements = std::filesystem::path{path}.replace_extension(".csv"),
          .building = {.minutes = minutes, .sampling = {.prior = 5000, .around = 0}, .networks = 200}};
}

/// A predictor that was read belongs to this space and machine.
Result<void> check(const std::filesystem::path& path, Conditions expected, const AnySpace& space) {
  const auto found = KernelPredictor::load(path);
  if (!found) return found.error();
  expected["spaces"] = spaces_text(std::vector{space});
  const auto differences = found->differences(expected);
  if (differences.empty()) return {};
  return Error{Error::Code::mismatch, fmt::format("{}: {}; measure it anew with --remeasure, or name a --predictor",
                                                  path.string(), differences.front())};
}

void remove_all(const PredictorFiles& files) {
  std::filesystem::remove(files.out);
  std::filesystem::remove(files.measurements);
}

/// One process builds, others of the same user wait for what it makes. Where the folder has no locks, nobody waits.
class Turn {
 public:
  Turn(const std::filesystem::path& path, const std::function<bool()>& stop)
      : file_{::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644)} {
    while (file_ >= 0 && ::flock(file_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK && !(stop && stop())) {
      std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (file_ >= 0) ::close(file_);
  }

 private:
  int file_;
};

}  // namespace

Result<OwnPredictor> own_predictor(const AnySpace& space, const Options& options, const MeasureOptions& measuring,
                                   const Console& console) {
  const LibtorchCpu cpu{measuring};
  // Programs have spaces of one name and different sizes.
  const std::filesystem::path path =
      cache_folder() / fmt::format("predictor-{}-{}.json", space.name, space.fingerprint);
  const PredictorFiles files = files_of(space, path);
  std::filesystem::create_directories(path.parent_path());
  const Turn turn{path.string() + ".lock", measuring.stop};
  if (options.remeasure) remove_all(files);
  OwnPredictor own{.path = path.string()};
  if (std::filesystem::exists(path)) {
    if (auto fits = check(path, cpu.conditions(), space); !fits) return fits.error();
    own.text = fmt::format("read from {}", own.path);
    return own;
  }
  const double before = steady_seconds();
  AnyDevice device{cpu};
  const auto built = build_predictor(device, files, console);
  if (!built) return built.error();
  own.seconds = steady_seconds() - before;
  own.text = fmt::format("built in {} of {} kernels and {} networks ({:.0f} % of them within 5 % when held out), written to {}",
                         duration_text(own.seconds), built->kernel_count, built->network_count,
                         100 * built->networks.within_5, own.path);
  return own;
}

}  // namespace programs
