// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Prefetch: numbered items made ahead by worker threads and handed out in order.
///        Prefetch<Batch> batches{{.first = 0, .last = 10, .workers = 2}, [&](std::int64_t i) { return make(i); }};
///        while (auto batch = batches.next().value()) use(*batch);
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "hwnas/core/result.hpp"

namespace hwnas {

/// What to make and how far ahead.
struct PrefetchOptions {
  std::int64_t first = 0;
  std::int64_t last = 0;   ///< one past the last item
  int workers = 1;         ///< 0: made by next() itself, without a thread
  std::int64_t ahead = 4;  ///< items that wait at most, so memory stays bounded
};

/// Items first..last-1 in order, each made by make(i) in some worker.
///   Laws     the sequence does not depend on the number of workers, where make(i) depends on i alone
///   Errors   what make(i) throws comes out of next() in place of item i; nothing follows it
///   Threads  next() from one thread; destruction stops the workers after the item each is at
template <class Item> class Prefetch {
 public:
  using Make = std::function<Item(std::int64_t)>;

  Prefetch(const PrefetchOptions& options, Make make)
      : options_{options}, make_{std::move(make)}, next_made_{options.first}, next_given_{options.first} {
    for (int i = 0; i < options_.workers; ++i) workers_.emplace_back([this] { work(); });
  }
  Prefetch(const Prefetch&) = delete;
  Prefetch& operator=(const Prefetch&) = delete;
  ~Prefetch() {
    {
      const std::lock_guard lock{mutex_};
      stopping_ = true;
    }
    room_.notify_all();
    // jthread joins on destruction; they go first, before what they use
    workers_.clear();
  }

  /// The next item; nullopt after the last one.
  [[nodiscard]] Result<std::optional<Item>> next() {
    if (next_given_ >= options_.last) return std::optional<Item>{};
    try {
      Item item = options_.workers > 0 ? take() : make_(next_given_);
      ++next_given_;
      return std::optional<Item>{std::move(item)};
    } catch (const Error& error) {
      next_given_ = options_.last;
      return error;
    } catch (const std::exception& error) {
      next_given_ = options_.last;
      return Error{Error::Code::bad_value, error.what()};
    }
  }

 private:
  struct Made {
    std::optional<Item> item{};
    std::exception_ptr failure{};
  };

  Item take() {
    std::unique_lock lock{mutex_};
    ready_.wait(lock, [this] { return made_.contains(next_given_); });
    Made made = std::move(made_.extract(next_given_).mapped());
    taken_ = next_given_ + 1 - options_.first;
    lock.unlock();
    room_.notify_all();
    if (made.failure) std::rethrow_exception(made.failure);
    return std::move(*made.item);
  }

  void work() {
    std::unique_lock lock{mutex_};
    for (;;) {
      room_.wait(lock, [this] { return stopping_ || next_made_ - options_.first < taken_ + options_.ahead; });
      if (stopping_ || next_made_ >= options_.last) return;
      const std::int64_t index = next_made_++;
      lock.unlock();
      Made made;
      try {
        made.item.emplace(make_(index));
      } catch (...) {
        made.failure = std::current_exception();
      }
      lock.lock();
      made_.emplace(index, std::move(made));
      ready_.notify_one();
    }
  }

  PrefetchOptions options_;
  Make make_;
  std::mutex mutex_;
  std::condition_variable room_, ready_;
  std::map<std::int64_t, Made> made_;
  std::int64_t next_made_;
  std::int64_t next_given_;  // only next() touches it
  std::int64_t taken_ = 0;   // how many were handed out, as the workers see it
  bool stopping_ = false;
  std::vector<std::jthread> workers_;
};

}  // namespace hwnas
