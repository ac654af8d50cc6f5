// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Several processes, on one machine or more, that train one network: Ranks over c10d, with Gloo and, for CUDA
///        where LibTorch has it, NCCL. Started by torchrun, mpirun, srun or any other that sets RANK, WORLD_SIZE,
///        MASTER_ADDR and MASTER_PORT.
///        auto ranks = join_ranks({.timeout = std::chrono::seconds{60}}).value();      // null: one process
///        Trainer trainer{*net, loader, {.ranks = ranks.get()}, Rng{seed}};            // docs/guides/distributed.md
#pragma once

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/nn/torch.hpp"
#include "hwnas/train/ranks.hpp"

// LibTorch's packages may leave out the headers of the libraries that its own headers include.
#if defined(USE_C10D_GLOO) && __has_include(<gloo/context.h>)
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#endif
#if defined(USE_C10D_NCCL) && __has_include(<nccl.h>)
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

namespace hwnas {

/// How to find the other ranks.
struct DistributedOptions {
  std::chrono::milliseconds timeout = std::chrono::minutes{2};  ///< for each answer, and for the start
  std::optional<std::chrono::milliseconds> start{};             ///< for the start alone
  RankOptions ranks{};

  [[nodiscard]] std::chrono::milliseconds to_start() const { return start.value_or(timeout); }
};

/// This process among the others, as the launcher says.
struct RankPlace {
  int rank = 0;
  int size = 1;
  std::string address{};
  std::uint16_t port = 0;
};

namespace detail {
[[nodiscard]] inline Result<std::int64_t> number_from_environment(const char* name, std::int64_t least,
                                                                  std::int64_t most) {
  const char* text = std::getenv(name);
  if (text == nullptr) {
    return Error{Error::Code::bad_value,
                 fmt::format("WORLD_SIZE is set and {} is not; start with torchrun, or set both", name)};
  }
  const std::string_view digits{text};
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failed == std::errc{} && end == digits.data() + digits.size() && value >= least && value <= most) return value;
  return Error{Error::Code::bad_value,
               fmt::format("{} = '{}': expected a number from {} to {}", name, text, least, most)};
}
}  // namespace detail

/// Reads RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT; one process where WORLD_SIZE is not set.
///   Errors   bad_value for a variable that is missing or no number in its range
[[nodiscard]] inline Result<RankPlace> place_from_environment() {
  constexpr std::int64_t most_ranks = 1 << 20;
  if (std::getenv("WORLD_SIZE") == nullptr) return RankPlace{};
  const auto size = detail::number_from_environment("WORLD_SIZE", 1, most_ranks);
  if (!size) return size.error();
  if (*size == 1) return RankPlace{};
  const auto rank = detail::number_from_environment("RANK", 0, *size - 1);
  if (!rank) return rank.error();
  const auto port = detail::number_from_environment("MASTER_PORT", 1, 65535);
  if (!port) return port.error();
  const char* address = std::getenv("MASTER_ADDR");
  if (address == nullptr || *address == '\0') {
    return Error{Error::Code::bad_value, "WORLD_SIZE is set and MASTER_ADDR is not; start with torchrun, or set both"};
  }
  return RankPlace{static_cast<int>(*rank), static_cast<int>(*size), address, static_cast<std::uint16_t>(*port)};
}

#if defined(USE_C10D_GLOO) && __has_include(<gloo/context.h>)

namespace detail {
/// The address of this machine from which it reaches another; "" where it does not. Sends nothing.
[[nodiscard]] inline std::string own_address_towards(const RankPlace& place) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(place.address.c_str(), std::to_string(place.port).c_str(), &hints, &found) != 0) return {};
  std::array<char, NI_MAXHOST> text{};
  const int socket = ::socket(found->ai_family, SOCK_DGRAM, 0);
  sockaddr_storage own{};
  socklen_t length = sizeof own;
  auto* const address = reinterpret_cast<sockaddr*>(&own);
  const bool known = socket >= 0 && ::connect(socket, found->ai_addr, found->ai_addrlen) == 0 &&
                     ::getsockname(socket, address, &length) == 0 &&
                     ::getnameinfo(address, length, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0;
  if (socket >= 0) ::close(socket);
  ::freeaddrinfo(found);
  return known ? text.data() : std::string{};
}

/// Ranks over c10d's process groups, one a lane.
class C10dRanks : public Ranks {
 public:
  C10dRanks(const RankPlace& place, const DistributedOptions& options)
      : Ranks{place.rank, place.size, options.ranks}, options_{options} {
    const auto store = store_of(place);
    meet(place, *store);
    main_ = gloo(place, c10::make_intrusive<c10d::PrefixStore>("main", store));
    if (options.ranks.synchronise_norms) norms_ = gloo(place, c10::make_intrusive<c10d::PrefixStore>("norms", store));
#if defined(USE_C10D_NCCL) && __has_include(<nccl.h>)
    if (torch::cuda::is_available()) {
      auto how = c10d::ProcessGroupNCCL::Options::create();
      how->timeout = options.timeout;
      nccl_ = c10::make_intrusive<c10d::ProcessGroupNCCL>(c10::make_intrusive<c10d::PrefixStore>("nccl", store),
                                                          place.rank, place.size, how);
    }
#endif
  }

  [[nodiscard]] Wait sum_later(torch::Tensor values, Lane lane) override {
    return guard("a sum over the ranks", [&]() -> Wait {
#if defined(USE_C10D_NCCL) && __has_include(<nccl.h>)
      if (nccl_ && values.is_cuda()) {
        std::vector<torch::Tensor> one{values};
        return waiting(nccl_->allreduce(one), values, values);
      }
#endif
      torch::Tensor here = values.is_cuda() ? values.cpu() : values;
      std::vector<torch::Tensor> one{here};
      auto& group = lane == Lane::norms ? *norms_ : *main_;
      if (static_cast<std::int64_t>(here.nbytes()) <= few_bytes) return sum_of_all(group, one, values);
      return waiting(group.allreduce(one), here, values);
    });
  }

  void broadcast(torch::Tensor values, int root) override {
    guard("a broadcast", [&] {
      torch::Tensor here = values.cpu().contiguous();
      std::vector<torch::Tensor> one{here};
      c10d::BroadcastOptions how;
      how.rootRank = root;
      main_->broadcast(one, how)->wait();
      if (!here.is_same(values)) values.copy_(here);
    });
  }
  using Ranks::broadcast;

 private:
  // Gloo's allreduce takes some two dozen messages whatever there is to sum, and handling them costs a rank more than they carry.
  // What is small goes to every rank as it is; all of them add it up in the same order.
  static constexpr std::int64_t few_bytes = 1 << 14;
  Wait sum_of_all(c10d::ProcessGroupGloo& group, std::vector<torch::Tensor>& own, const torch::Tensor& values) {
    std::vector<std::vector<torch::Tensor>> all(1);
    for (int rank = 0; rank < size(); ++rank) all.front().push_back(torch::empty_like(own.front()));
    auto work = group.allgather(all, own);
    return [this, work, parts = all.front(), values]() mutable {
      guard("a sum over the ranks", [&] { work->wait(); });
      torch::Tensor sum = parts.front();
      for (std::size_t rank = 1; rank < parts.size(); ++rank) sum.add_(parts[rank]);
      values.copy_(sum);
    };
  }
  template <class Work> Wait waiting(Work work, const torch::Tensor& here, const torch::Tensor& values) {
    return [this, work, here, values]() mutable {
      guard("a sum over the ranks", [&] { work->wait(); });
      if (!here.is_same(values)) values.copy_(here);
    };
  }

  // What c10d throws is many lines of C++; who trains wants to know that a rank is gone, and what to do.
  template <class Body> auto guard(std::string_view what, Body&& body) -> decltype(body()) {
    try {
      return body();
    } catch (const std::exception& error) {
      std::string text = error.what();
      text.resize(std::min(text.find('\n'), text.size()));
      const auto seconds = std::chrono::duration<double>(options_.timeout).count();
      throw Error{
          Error::Code::unavailable,
          fmt::format("rank {} of {} lost the others in {} (timeout {} s): {}; resume from the checkpoint, with any "
                      "number of ranks",
                      rank(), size(), what, seconds, text)};
    }
  }

  // Everybody within the time to start: LibTorch's store stops waiting for the others without a word, and Gloo then waits for
  // them as long as for an answer.
  void meet(const RankPlace& place, c10d::Store& store) const {
    const auto name = [](int rank) { return fmt::format("here{}", rank); };
    store.set(name(place.rank), std::vector<std::uint8_t>{1});
    std::vector<std::string> all;
    for (int rank = 0; rank < place.size; ++rank) all.push_back(name(rank));
    store.wait(all, options_.to_start());
  }

  [[nodiscard]] c10::intrusive_ptr<c10d::Store> store_of(const RankPlace& place) const {
    // torchrun may serve the store itself, for one start of its workers after another.
    const char* agent = std::getenv("TORCHELASTIC_USE_AGENT_STORE");
    const bool served = agent != nullptr && std::string_view{agent} == "True";
    c10d::TCPStoreOptions how;
    how.port = place.port;
    how.isServer = place.rank == 0 && !served;
    if (!served) how.numWorkers = static_cast<std::size_t>(place.size);
    how.timeout = options_.to_start();
    const auto store = c10::make_intrusive<c10d::TCPStore>(place.address, how);
    const char* restarts = std::getenv("TORCHELASTIC_RESTART_COUNT");
    return c10::make_intrusive<c10d::PrefixStore>(fmt::format("hwnas{}", restarts == nullptr ? "" : restarts), store);
  }

  [[nodiscard]] c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo(const RankPlace& place,
                                                                const c10::intrusive_ptr<c10d::Store>& store) const {
    auto how = c10d::ProcessGroupGloo::Options::create(options_.timeout);
    const char* interface = std::getenv("GLOO_SOCKET_IFNAME");
    const std::string own = own_address_towards(place);
    if (interface != nullptr) {
      how->devices.push_back(c10d::ProcessGroupGloo::createDeviceForInterface(interface));
    } else if (!own.empty()) {
      how->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname(own));
    } else {
      how->devices.push_back(c10d::ProcessGroupGloo::createDefaultDevice());
    }
    return c10::make_intrusive<c10d::ProcessGroupGloo>(store, place.rank, place.size, how);
  }

  DistributedOptions options_;
  c10::intrusive_ptr<c10d::ProcessGroupGloo> main_, norms_;
#if defined(USE_C10D_NCCL) && __has_include(<nccl.h>)
  c10::intrusive_ptr<c10d::ProcessGroupNCCL> nccl_;
#endif
};
}  // namespace detail

#endif

/// Meets the other ranks; null where this is the only process.
///   Errors   those of place_from_environment; bad_value for options that exclude each other; unavailable when the
///            others do not come in time, or this LibTorch has no Gloo
[[nodiscard]] inline Result<std::unique_ptr<Ranks>> join_ranks(const DistributedOptions& options = {}) {
  const auto place = place_from_environment();
  if (!place) return place.error();
  if (options.ranks.synchronise_norms && !options.ranks.same_architecture) {
    return Error{Error::Code::bad_value,
                 "batch-norm can only be synchronised between ranks that run the same architecture"};
  }
  if (place->size == 1) return std::unique_ptr<Ranks>{};
#if defined(USE_C10D_GLOO) && __has_include(<gloo/context.h>)
  try {
    return std::unique_ptr<Ranks>{std::make_unique<detail::C10dRanks>(*place, options)};
  } catch (const std::exception& error) {
    std::string text = error.what();
    text.resize(std::min(text.find('\n'), text.size()));
    return Error{Error::Code::unavailable, fmt::format("rank {} of {} did not meet the others at {}:{} within {} s: {}",
                                                       place->rank, place->size, place->address, place->port,
                                                       std::chrono::duration<double>(options.to_start()).count(), text)};
  }
#else
  return Error{Error::Code::unavailable,
               "several ranks need a LibTorch with Gloo and the headers of Gloo (libgloo-dev), which this build lacks"};
#endif
}

}  // namespace hwnas
