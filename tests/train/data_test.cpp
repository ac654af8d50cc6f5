// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <zlib.h>

#include "hwnas/train/cifar10.hpp"
#include "hwnas/train/idx.hpp"
#include "hwnas/train/load_data.hpp"
#include "train/support.hpp"

namespace hwnas::test {
namespace data_test {

using Code = Error::Code;

/// Two 2 x 3 images of the classes 3 and 1.
const std::string two_images = idx_bytes({2, 2, 3}, "abcdefghijkl");
const std::string two_labels = idx_bytes({2}, "\x03\x01");

struct Idx : testing::Test {
  TemporaryFolder folder;
  [[nodiscard]] Result<ImageData> read(const std::string& images, const std::string& labels, int classes = 10) const {
    write_bytes(folder / "images", images);
    write_bytes(folder / "labels", labels);
    return read_idx(folder / "images", folder / "labels", {.classes = classes});
  }
};

TEST_F(Idx, ReadsImagesAndLabels) {
  const ImageData data = read(two_images, two_labels).value();
  EXPECT_EQ(data.shape, (Shape{1, 2, 3}));
  EXPECT_EQ(data.labels, (std::vector<std::int64_t>{3, 1}));
  EXPECT_EQ(data.image(1)[0], 'g');
}

TEST_F(Idx, ReadsGzippedFilesWhateverTheirName) {
  write_bytes(folder / "labels", two_labels);
  gzFile file = gzopen((folder / "images").c_str(), "wb");
  gzwrite(file, two_images.data(), static_cast<unsigned>(two_images.size()));
  gzclose(file);
  EXPECT_EQ(read_idx(folder / "images", folder / "labels").value().image(0)[5], 'f');
}

TEST_F(Idx, RefusesAGzippedFileThatIsCutOff) {
  write_bytes(folder / "labels", two_labels);
  gzFile file = gzopen((folder / "images").c_str(), "wb");
  gzwrite(file, two_images.data(), static_cast<unsigned>(two_images.size()));
  gzclose(file);
  std::filesystem::resize_file(folder / "images", std::filesystem::file_size(folder / "images") - 9);
  expect_error(read_idx(folder / "images", folder / "labels"), Code::bad_format, {"images", "cut-off gzip"});
}

TEST_F(Idx, RefusesEveryLengthButTheRightOne) {
  for (std::size_t length = 0; length < two_images.size(); ++length) {
    expect_error(read(two_images.substr(0, length), two_labels), Code::bad_format, {"images: expected"});
  }
  expect_error(read(two_images + "x", two_labels), Code::bad_format,
               {"images: expected 12 bytes", "2 x 2 x 3", "found 13"});
  expect_error(read(two_images, two_labels.substr(0, 9)), Code::bad_format, {"labels: expected 2 bytes", "found 1"});
}

TEST_F(Idx, NamesFilesThatWereExchanged) {
  expect_error(read(two_labels, two_images), Code::bad_format,
               {"images: expected IDX images (magic 2051), found IDX labels"});
  expect_error(read(two_images, two_images), Code::bad_format,
               {"labels: expected IDX labels (magic 2049), found IDX images"});
  expect_error(read("GIF89a", two_labels), Code::bad_format, {"images: expected IDX images", "found magic"});
}

TEST_F(Idx, SurvivesSizesThatMultiplyPast64Bits) {
  expect_error(read(idx_bytes({0xffffffff, 0xffffffff, 0xffffffff}, "ab"), two_labels), Code::bad_format,
               {"images: expected", "found 2"});
}

TEST_F(Idx, RefusesLabelsThatAreNoClassOrOfAnotherNumber) {
  expect_error(read(two_images, idx_bytes({2}, "\x03\x0a")), Code::bad_format,
               {"labels", "label 10 at index 1", "expected 0 to 9"});
  expect_error(read(two_images, two_labels, 2), Code::bad_format, {"label 3 at index 0", "expected 0 to 1"});
  expect_error(read(two_images, idx_bytes({3}, "\x01\x02\x03")), Code::bad_format,
               {"labels: expected 2 labels", "found 3"});
}

TEST_F(Idx, RefusesAMissingFileAndAnEmptySet) {
  expect_error(read_idx(folder / "nothing", folder / "labels"), Code::not_found, {"nothing: no such file"});
  expect_error(read_idx(folder.path(), folder / "labels"), Code::io, {"expected a file, found a folder"});
  expect_error(read(idx_bytes({0, 2, 3}, ""), idx_bytes({0}, "")), Code::bad_format, {"no images"});
}

[[nodiscard]] std::string cifar_record(char label, char pixel) {
  return std::string(1, label) + std::string(3072, pixel);
}

struct Cifar10 : testing::Test {
  TemporaryFolder folder;
};

TEST_F(Cifar10, JoinsItsFilesInOrder) {
  write_bytes(folder / "a.bin", cifar_record(1, 'a') + cifar_record(2, 'b'));
  write_bytes(folder / "b.bin", cifar_record(9, 'c'));
  const ImageData data = read_cifar10({folder / "a.bin", folder / "b.bin"}, "both").value();
  EXPECT_EQ(data.labels, (std::vector<std::int64_t>{1, 2, 9}));
  EXPECT_EQ(data.shape, (Shape{3, 32, 32}));
  EXPECT_EQ(data.image(2)[3071], 'c');
}

TEST_F(Cifar10, RefusesAFileThatIsCutOff) {
  write_bytes(folder / "a.bin", cifar_record(1, 'a') + cifar_record(2, 'b').substr(0, 100));
  expect_error(read_cifar10({folder / "a.bin"}, "x"), Code::bad_format,
               {"a.bin: expected CIFAR-10 records of 3073 bytes", "1 records and 100 bytes"});
  write_bytes(folder / "empty.bin", "");
  expect_error(read_cifar10({folder / "empty.bin"}, "x"), Code::bad_format, {"empty.bin", "0 bytes"});
}

TEST_F(Cifar10, RefusesALabelThatIsNoClass) {
  write_bytes(folder / "a.bin", cifar_record(1, 'a') + cifar_record(10, 'b'));
  expect_error(read_cifar10({folder / "a.bin"}, "x"), Code::bad_format,
               {"a.bin: label 10 of record 1", "expected 0 to 9"});
}

struct LoadData : testing::Test {
  TemporaryFolder folder;
  void write_idx(const std::string& prefix) const {
    for (const std::string part : {"train", "t10k"}) {
      write_bytes(folder / (prefix + part + "-images-idx3-ubyte"), two_images);
      write_bytes(folder / (prefix + part + "-labels-idx1-ubyte"), two_labels);
    }
  }
};

TEST_F(LoadData, FindsTheKindFromWhatLiesThere) {
  write_idx("");
  EXPECT_EQ(load_data(folder.path().string()).value().test.size(), 2);
  const TemporaryFolder other;
  write_bytes(other / "cifar-10-batches-bin/data_batch_1.bin", cifar_record(1, 'a'));
  write_bytes(other / "cifar-10-batches-bin/data_batch_2.bin", cifar_record(2, 'a'));
  write_bytes(other / "cifar-10-batches-bin/test_batch.bin", cifar_record(3, 'a'));
  const DataParts parts = load_data(other.path().string()).value();
  EXPECT_EQ(parts.train.labels, (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(parts.test.labels, (std::vector<std::int64_t>{3}));
}

TEST_F(LoadData, FashionMnistIsLookedForWhereTheOptionSays) {
  write_idx("");
  EXPECT_EQ(load_data("fashion-mnist", {.fashion_mnist = folder.path()}).value().train.name, "fashion-mnist train");
  expect_error(load_data("fashion-mnist", {.fashion_mnist = folder / "nowhere"}), Code::not_found,
               {"nowhere", "dataset-fashion-mnist"});
}

TEST_F(LoadData, AKindChoosesAmongSeveralSetsInOneFolder) {
  write_idx("mnist-");
  write_idx("fashion-mnist-");
  expect_error(load_data(folder.path().string()), Code::bad_format,
               {"expected one train-images-idx3", "found 2", "mnist:"});
  EXPECT_EQ(load_data("mnist:" + folder.path().string()).value().train.name, "mnist train");
}

TEST_F(LoadData, SaysWhatItExpected) {
  expect_error(load_data("/no/such/folder"), Code::not_found, {"/no/such/folder", "mnist:FOLDER"});
  expect_error(load_data("ocr:" + folder.path().string()), Code::unknown_name,
               {"unknown kind of data 'ocr'", "fashion-mnist"});
  expect_error(load_data(folder.path().string()), Code::bad_format, {"expected IDX files, CIFAR-10 batches"});
  expect_error(load_data("mnist:" + folder.path().string()), Code::not_found, {"expected train-images-idx3-ubyte"});
  expect_error(load_data("cifar10:" + folder.path().string()), Code::not_found, {"data_batch_*.bin", "found 0 and 0"});
  expect_error(load_data("folder:" + folder.path().string()), Code::unavailable,
               {"without the reader of image folders"});
}

TEST(SharedImages, AreReadWithTheirCounts) {
  const auto images = shared_images();
  if (images.empty()) GTEST_SKIP() << "HWNAS_SHARED is not set";
  const DataParts fashion = load_data("fashion-mnist:" + (images / "mini").string()).value();
  EXPECT_EQ(fashion.train.size(), 1000);
  EXPECT_EQ(fashion.test.size(), 500);
  const DataParts cifar = load_data("cifar10:" + (images / "mini").string()).value();
  EXPECT_EQ(cifar.train.size(), 500);
  EXPECT_EQ(cifar.test.size(), 200);
  EXPECT_EQ(load_data((images / "cifar10-jpeg").string()).value().train.size(), 10000);
}

TEST(DebianFashionMnist, HasSixtyAndTenThousandImages) {
  if (!std::filesystem::exists(DataOptions{}.fashion_mnist)) GTEST_SKIP() << "dataset-fashion-mnist is not installed";
  const DataParts parts = load_data("fashion-mnist").value();
  EXPECT_EQ(parts.train.size(), 60000);
  EXPECT_EQ(class_counts(parts.test), std::vector<std::int64_t>(10, 1000));
}

}  // namespace data_test
}  // namespace hwnas::test
