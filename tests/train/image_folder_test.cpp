// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <stb/stb_image_write.h>

#include "hwnas/train/image_folder.hpp"
#include "train/support.hpp"

namespace hwnas::test {
namespace image_folder_test {

using Code = Error::Code;

/// A binary PPM of one colour.
[[nodiscard]] std::string ppm(int width, int height, const std::string& colour) {
  std::string bytes = "P6\n" + std::to_string(width) + " " + std::to_string(height) + "\n255\n";
  for (int i = 0; i < width * height; ++i) bytes += colour;
  return bytes;
}

struct ImageFolder : testing::Test {
  TemporaryFolder folder;
  ImageFolder() {
    write_bytes(folder / "train/cat/1.ppm", ppm(4, 2, "abc"));
    write_bytes(folder / "train/dog/1.ppm", ppm(4, 2, "xyz"));
    write_bytes(folder / "train/dog/notes.txt", "not an image");
  }
};

TEST_F(ImageFolder, NumbersClassesByNameAndPutsChannelsFirst) {
  const ImageData data = read_image_folder(folder / "train").value();
  EXPECT_EQ(data.class_names, (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(data.labels, (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(data.shape, (Shape{3, 2, 4}));
  EXPECT_EQ(data.image(0)[0], 'a');
  EXPECT_EQ(data.image(0)[8], 'b');
  EXPECT_EQ(data.image(1)[23], 'z');
}

TEST_F(ImageFolder, ReadsPngExactlyAndJpegClosely) {
  const std::vector<std::uint8_t> grey(16, 100);
  ASSERT_NE(stbi_write_png((folder / "train/cat/2.png").c_str(), 4, 4, 1, grey.data(), 4), 0);
  ASSERT_NE(stbi_write_jpg((folder / "train/cat/3.JPG").c_str(), 4, 4, 1, grey.data(), 95), 0);
  EXPECT_EQ(decode_image(folder / "train/cat/2.png", 1).value().pixels, grey);
  EXPECT_NEAR(decode_image(folder / "train/cat/3.JPG", 1).value().pixels[5], 100, 2);
  EXPECT_EQ(read_image_folder(folder / "train", {.height = 8, .width = 8}).value().size(), 4);
}

TEST_F(ImageFolder, RefusesAnotherSizeUnlessToldToResize) {
  write_bytes(folder / "train/dog/2.ppm", ppm(5, 2, "xyz"));
  expect_error(read_image_folder(folder / "train"), Code::bad_format,
               {"dog/2.ppm: expected (3, 2, 4)", "found (3, 2, 5)", "height and width"});
  const ImageData data = read_image_folder(folder / "train", {.height = 3, .width = 3}).value();
  EXPECT_EQ(data.shape, (Shape{3, 3, 3}));
  EXPECT_EQ(data.image(2)[0], 'x');
}

TEST_F(ImageFolder, NamesAFileThatIsNoImage) {
  write_bytes(folder / "train/cat/0.png", "\x89PNG but not really");
  expect_error(read_image_folder(folder / "train"), Code::bad_format, {"cat/0.png: expected a PNG, JPEG or PNM image"});
}

TEST_F(ImageFolder, RefusesEmptyClassesAndTooFew) {
  std::filesystem::create_directory(folder / "train/emu");
  expect_error(read_image_folder(folder / "train"), Code::bad_format,
               {"emu: expected PNG, JPEG or PNM images, found none"});
  expect_error(read_image_folder(folder / "train/cat"), Code::bad_format, {"at least two classes, found 0"});
  expect_error(read_image_folder(folder / "train", {.channels = 2}), Code::bad_value, {"1 or 3 channels"});
}

TEST_F(ImageFolder, LoadDataTakesTheTestPartFromItsOwnFolder) {
  const DataOptions options{.folder = read_image_folder};
  expect_error(load_data(folder.path().string(), options), Code::not_found, {"expected the folders train and test"});
  write_bytes(folder / "test/cat/1.ppm", ppm(4, 2, "abc"));
  write_bytes(folder / "test/eel/1.ppm", ppm(4, 2, "abc"));
  expect_error(load_data(folder.path().string(), options), Code::bad_format, {"the same classes"});
  std::filesystem::rename(folder / "test/eel", folder / "test/dog");
  EXPECT_EQ(load_data(folder.path().string(), options).value().test.size(), 2);
}

TEST(Resize, KeepsAConstantImageAndAveragesWhenShrinking) {
  const std::vector<std::uint8_t> flat(3 * 7 * 5, 77);
  for (const int side : {1, 3, 5, 7, 20}) {
    EXPECT_EQ(resize(flat, {3, 7, 5}, side, side),
              std::vector<std::uint8_t>(static_cast<std::size_t>(3 * side * side), 77));
  }
  const std::vector<std::uint8_t> checks{0, 200, 0, 200, 200, 0, 200, 0};
  EXPECT_EQ(resize(checks, {1, 2, 4}, 1, 1), std::vector<std::uint8_t>{100});
  EXPECT_EQ(resize(checks, {1, 2, 4}, 2, 4), checks);
}

}  // namespace image_folder_test
}  // namespace hwnas::test
