// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// The parts of the room that need no torch: split, augmentation, prefetching, schedules, state files, signals.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "hwnas/train/augment.hpp"
#include "hwnas/train/prefetch.hpp"
#include "hwnas/train/schedule.hpp"
#include "hwnas/train/split.hpp"
#include "hwnas/train/state_record.hpp"
#include "hwnas/train/stop_signal.hpp"
#include "train/support.hpp"

namespace hwnas::test {
namespace parts_test {

using Code = Error::Code;

// --- split ---------------------------------------------------------------------------------------------------------

/// One-pixel images that carry their row number, so that a split can be traced.
[[nodiscard]] ImageData numbered(std::int64_t count, int classes) {
  ImageData data{.name = "numbered", .shape = {1, 1, 2}, .classes = classes};
  for (std::int64_t i = 0; i < count; ++i) {
    data.labels.push_back(i % classes);
    data.pixels.push_back(static_cast<std::uint8_t>(i >> 8));
    data.pixels.push_back(static_cast<std::uint8_t>(i));
  }
  return data;
}
[[nodiscard]] std::vector<int> rows_of(const ImageData& data) {
  std::vector<int> rows;
  for (std::int64_t i = 0; i < data.size(); ++i) rows.push_back(data.image(i)[0] * 256 + data.image(i)[1]);
  return rows;
}

RC_GTEST_PROP(Split, LosesNothingAndSharesNothing, ()) {
  const auto count = *rc::gen::inRange(20, 2000);
  const auto classes = *rc::gen::inRange(2, 10);
  const double share = *rc::gen::inRange(10, 91) / 100.0;
  Rng rng{*rc::gen::arbitrary<std::uint64_t>()};
  const ImageData data = numbered(count, classes);
  const Split parts = split(data, {.validation = share, .stratified = *rc::gen::arbitrary<bool>()}, rng).value();
  std::vector<int> rows = rows_of(parts.train);
  const auto others = rows_of(parts.validation);
  rows.insert(rows.end(), others.begin(), others.end());
  std::sort(rows.begin(), rows.end());
  RC_ASSERT(rows == rows_of(data));
  RC_ASSERT(std::abs(static_cast<double>(parts.validation.size()) - share * count) <= 0.5 + 1e-9);
  for (std::int64_t i = 0; i < parts.train.size(); ++i) {
    RC_ASSERT(parts.train.labels[static_cast<std::size_t>(i)] ==
              rows_of(parts.train)[static_cast<std::size_t>(i)] % classes);
    if (i > 20) break;
  }
}

TEST(Split, StratifiedTakesTheSameShareOfEachClass) {
  Rng rng{3};
  const Split parts = split(numbered(1000, 10), {.validation = 0.2}, rng).value();
  EXPECT_EQ(class_counts(parts.validation), std::vector<std::int64_t>(10, 20));
}

TEST(Split, IsTheSameForTheSameSeedAndMixed) {
  Rng one{3}, two{3}, other{4};
  const auto first = rows_of(split(numbered(200, 4), {}, one).value().train);
  EXPECT_EQ(first, rows_of(split(numbered(200, 4), {}, two).value().train));
  EXPECT_NE(first, rows_of(split(numbered(200, 4), {}, other).value().train));
  EXPECT_FALSE(std::is_sorted(first.begin(), first.end()));
}

TEST(Split, RefusesSharesThatLeaveAPartEmpty) {
  Rng rng{1};
  for (const double share : {0.0, 1.0, -1.0, std::nan("")})
    expect_error(split(numbered(9, 2), {.validation = share}, rng), Code::bad_value, {"between 0 and 1"});
  expect_error(split(numbered(3, 2), {.validation = 0.01}, rng), Code::bad_value, {"0.01 of 3 images", "empty"});
}

// --- augmentation --------------------------------------------------------------------------------------------------

struct Augmented : testing::Test {
  ImageData data = striped_images(50, {3, 6, 5});
  Normalisation normal = normalisation_of(data);
  [[nodiscard]] std::vector<float> run(const Augment& options, std::uint64_t seed, std::int64_t row = 0) const {
    std::vector<float> out(static_cast<std::size_t>(data.shape.elements()), -99.0F);
    Rng rng{seed};
    augment(data.image(row), data.shape, PixelTable{normal}, options, rng, out.data());
    return out;
  }
};

TEST_F(Augmented, NormalisationGivesMeanZeroAndDeviationOne) {
  std::vector<double> sum(3), squares(3);
  for (std::int64_t row = 0; row < data.size(); ++row) {
    const auto out = run({}, 1, row);
    for (std::size_t i = 0; i < out.size(); ++i) {
      sum[i / 30] += out[i];
      squares[i / 30] += out[i] * out[i];
    }
  }
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(sum[c] / (50 * 30), 0, 1e-5);
    EXPECT_NEAR(squares[c] / (50 * 30), 1, 1e-5);
  }
}

TEST_F(Augmented, FlipMirrorsEachRowAboutHalfTheTime) {
  const auto plain = run({}, 1);
  int flipped = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    auto out = run({.flip = true}, seed);
    if (out == plain) continue;
    ++flipped;
    for (std::size_t row = 0; row < out.size(); row += 5)
      std::reverse(out.begin() + static_cast<std::ptrdiff_t>(row), out.begin() + static_cast<std::ptrdiff_t>(row + 5));
    EXPECT_EQ(out, plain);
  }
  EXPECT_GT(flipped, 70);
  EXPECT_LT(flipped, 130);
}

TEST_F(Augmented, CropIsAShiftOfThePaddedImage) {
  const auto plain = run({}, 1);
  const float black = (0 - normal.mean[0]) / normal.deviation[0];
  std::set<std::pair<int, int>> shifts;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const auto out = run({.crop_padding = 2}, seed);
    for (int dy = -2; dy <= 2; ++dy) {
      for (int dx = -2; dx <= 2; ++dx) {
        bool same = true;
        for (int y = 0; y < 6 && same; ++y) {
          for (int x = 0; x < 5 && same; ++x) {
            const bool inside = y + dy >= 0 && y + dy < 6 && x + dx >= 0 && x + dx < 5;
            same = out[static_cast<std::size_t>(y * 5 + x)] ==
                   (inside ? plain[static_cast<std::size_t>((y + dy) * 5 + x + dx)] : black);
          }
        }
        if (same) shifts.emplace(dx, dy);
      }
    }
  }
  EXPECT_EQ(shifts.size(), 25U);
}

TEST_F(Augmented, CutoutErasesOneSquareInAllChannels) {
  const auto plain = run({}, 1);
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const auto out = run({.cutout = 3}, seed);
    int erased = 0;
    for (std::size_t i = 0; i < 30; ++i) {
      const bool gone = out[i] != plain[i];
      EXPECT_EQ(gone, out[i + 30] != plain[i + 30]);
      EXPECT_TRUE(!gone || out[i] == 0.0F);
      erased += gone ? 1 : 0;
    }
    EXPECT_GE(erased, 4);
    EXPECT_LE(erased, 9);
  }
  EXPECT_EQ(run({.cutout = 100}, 5), std::vector<float>(90, 0.0F));
}

TEST_F(Augmented, PaddingMayExceedTheImage) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    for (const float value : run({.crop_padding = 20, .flip = true}, seed)) ASSERT_NE(value, -99.0F);
  }
}

// --- prefetch ------------------------------------------------------------------------------------------------------

TEST(Prefetch, GivesItemsInOrderForAnyNumberOfWorkers) {
  for (const int workers : {0, 1, 2, 7}) {
    Prefetch<std::int64_t> items{{.first = 3, .last = 60, .workers = workers, .ahead = 4}, [](std::int64_t i) {
                                   std::this_thread::sleep_for(std::chrono::microseconds{(i * 7919) % 300});
                                   return i * i;
                                 }};
    for (std::int64_t i = 3; i < 60; ++i) EXPECT_EQ(items.next().value(), i * i);
    EXPECT_EQ(items.next().value(), std::nullopt);
    EXPECT_EQ(items.next().value(), std::nullopt);
  }
}

TEST(Prefetch, StaysWithinItsDistance) {
  std::atomic<std::int64_t> given = 0, worst = 0;
  Prefetch<int> items{{.last = 200, .workers = 3, .ahead = 5}, [&](std::int64_t i) {
                        worst = std::max<std::int64_t>(worst, i - given);
                        return 0;
                      }};
  while (items.next().value()) ++given;
  EXPECT_LE(worst, 5);
}

TEST(Prefetch, StopsCleanlyWhenAbandoned) {
  std::atomic<int> made = 0;
  {
    Prefetch<int> items{{.last = 1'000'000, .workers = 2, .ahead = 3}, [&](std::int64_t) { return ++made; }};
    ASSERT_TRUE(items.next());
  }
  EXPECT_LE(made, 6);
}

TEST(Prefetch, CarriesExceptionsOverInTheirPlace) {
  for (const int workers : {0, 2}) {
    Prefetch<int> items{{.last = 10, .workers = workers}, [](std::int64_t i) -> int {
                          if (i == 2) throw Error{Code::io, "the disk is gone"};
                          return 1;
                        }};
    EXPECT_TRUE(items.next());
    EXPECT_TRUE(items.next());
    expect_error(items.next(), Code::io, {"the disk is gone"});
    EXPECT_EQ(items.next().value(), std::nullopt);
    Prefetch<int> others{{.last = 1, .workers = workers}, [](std::int64_t) -> int { throw std::runtime_error{"odd"}; }};
    expect_error(others.next(), Code::bad_value, {"odd"});
  }
}

// --- schedules -----------------------------------------------------------------------------------------------------

TEST(Schedule, CosineGoesFromRateToLast) {
  const CosineRate cosine{.rate = 0.4, .last = 0.1};
  EXPECT_DOUBLE_EQ(cosine(0, 1000), 0.4);
  EXPECT_DOUBLE_EQ(cosine(500, 1000), 0.25);
  EXPECT_NEAR(cosine(999, 1000), 0.1, 1e-5);
}

TEST(Schedule, WarmupRisesInEqualStepsAndNeverStartsAtZero) {
  const CosineRate cosine{.rate = 0.5, .warmup = 0.04};
  EXPECT_NEAR(cosine(0, 100), 0.1, 1e-12);
  EXPECT_NEAR(cosine(3, 100), 0.4, 1e-12);
  EXPECT_NEAR(cosine(4, 100), 0.5, 1e-12);
}

TEST(Schedule, StepFallsAtItsMilestones) {
  const StepRate step{.rate = 1.0, .factor = 0.1, .milestones = {0.5, 0.75}};
  EXPECT_DOUBLE_EQ(step(49, 100), 1.0);
  EXPECT_DOUBLE_EQ(step(50, 100), 0.1);
  EXPECT_NEAR(step(75, 100), 0.01, 1e-15);
}

TEST(Schedule, OneCycleHasTorchsEnds) {
  const OneCycleRate cycle{.rate = 1.0};
  EXPECT_NEAR(cycle(0, 1000), 1.0 / 25, 1e-12);
  EXPECT_NEAR(cycle(300, 1000), 1.0, 1e-12);
  EXPECT_NEAR(cycle(1000, 1000), 1.0 / 25 * 1e-4, 1e-12);
}

RC_GTEST_PROP(Schedule, EveryRateIsFiniteAndWithinItsEnds, ()) {
  const auto steps = *rc::gen::inRange<std::int64_t>(1, 5000);
  const auto step = *rc::gen::inRange<std::int64_t>(0, steps);
  const double warmup = *rc::gen::inRange(0, 101) / 100.0;
  for (const Schedule& schedule : {Schedule{CosineRate{.rate = 1, .warmup = warmup}}, Schedule{LinearRate{.rate = 1}},
                                   Schedule{StepRate{.rate = 1}}, Schedule{OneCycleRate{.rate = 1, .rise = warmup}},
                                   Schedule{ConstantRate{.rate = 1}}}) {
    const double rate = schedule(step, steps);
    RC_ASSERT(std::isfinite(rate));
    RC_ASSERT(rate >= 0 && rate <= 1 + 1e-12);
  }
}

// --- state files ---------------------------------------------------------------------------------------------------

[[nodiscard]] StateRecord sample_state() {
  StateRecord state;
  state.put("epoch", std::int64_t{-3});
  state.put("loss", std::numeric_limits<double>::infinity());
  state.put("identity", std::string{"line\0with zero", 14});
  state.put("weights", StateArray{.type = 6, .sizes = {2, 0, 3}, .bytes = {}});
  state.put("more", StateArray{.type = 0, .sizes = {3}, .bytes = "abc"});
  return state;
}

TEST(StateRecord, ComesBackAsItWas) {
  const TemporaryFolder folder;
  const StateRecord state = sample_state();
  ASSERT_TRUE(save_state(state, folder / "s"));
  const StateRecord loaded = load_state(folder / "s").value();
  EXPECT_EQ(loaded.values(), state.values());
  EXPECT_EQ(loaded.get<std::int64_t>("epoch").value(), -3);
  expect_error(loaded.get<double>("epoch"), Code::mismatch, {"'epoch' is of another type"});
  expect_error(loaded.get<double>("rate"), Code::mismatch, {"expected 'rate'"});
}

TEST(StateRecord, RefusesEveryCutOffFile) {
  const std::string bytes = encode_state(sample_state());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    expect_error(decode_state(bytes.substr(0, length), "x.ckpt"), Code::bad_format, {"x.ckpt: "});
  }
  expect_error(decode_state(bytes.substr(0, 100), "x.ckpt"), Code::bad_format, {"cut off: expected", "found 76"});
}

TEST(StateRecord, NoticesEveryChangedByte) {
  const std::string bytes = encode_state(sample_state());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 4);
    EXPECT_FALSE(decode_state(changed, "x.ckpt")) << i;
  }
}

TEST(StateRecord, NamesAnotherVersionAndAnotherKindOfFile) {
  std::string bytes = encode_state(sample_state());
  bytes[8] = 9;
  expect_error(decode_state(bytes, "x.ckpt"), Code::mismatch, {"expected a checkpoint of version 1, found version 9"});
  expect_error(decode_state("PK\x03\x04 and so on, for longer than a head", "x.ckpt"), Code::bad_format,
               {"found another kind of file"});
  expect_error(load_state("/no/such/file"), Code::not_found, {"no such file"});
}

TEST(StateRecord, SurvivesLengthsMadeToOverrun) {
  // A payload with a right checksum whose first name claims to be 2^63 bytes long.
  detail::StateWriter body, head;
  body.number(std::uint64_t{1} << 63);
  const std::string payload = body.take();
  head.number(state_version);
  head.number(static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(payload.data()), payload.size())));
  head.number(std::uint64_t{payload.size()});
  expect_error(decode_state(std::string{state_magic} + head.take() + payload, "x.ckpt"), Code::bad_format,
               {"ends after the file"});
}

TEST(StateRecord, AFolderThatIsNotThereLeavesNothing) {
  const TemporaryFolder folder;
  expect_error(save_state(sample_state(), folder / "no/such"), Code::io, {"cannot write"});
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

// --- signals -------------------------------------------------------------------------------------------------------

TEST(StopSignal, RemembersTheFirstSignalAndPutsTheOldHandlerBack) {
  struct sigaction before {
  }, after{};
  sigaction(SIGINT, nullptr, &before);
  {
    const StopSignal stop;
    const auto asked = stop.asked();
    EXPECT_FALSE(asked());
    std::raise(SIGTERM);
    EXPECT_TRUE(asked());
    EXPECT_EQ(stop.signal(), SIGTERM);
  }
  sigaction(SIGINT, nullptr, &after);
  EXPECT_EQ(before.sa_handler, after.sa_handler);
  const StopSignal again;
  EXPECT_FALSE(again.requested());
}

TEST(StopSignalDeathTest, ASecondSignalEndsTheProgram) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const StopSignal stop;
        std::raise(SIGINT);
        std::raise(SIGINT);
      },
      testing::KilledBySignal(SIGINT), "");
}

}  // namespace parts_test
}  // namespace hwnas::test
