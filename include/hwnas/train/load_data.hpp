// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  load_data: a data set from one word on the command line.
///        load_data("fashion-mnist")                   // where Debian's package dataset-fashion-mnist puts it
///        load_data("mnist:/data/mnist")               // kind:folder; kinds are mnist, fashion-mnist, cifar10, folder
///        load_data("/data/cifar-10-batches-bin")      // the kind is found from what lies there
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/train/cifar10.hpp"
#include "hwnas/train/idx.hpp"
#include "hwnas/train/image_data.hpp"

namespace hwnas {

/// How to read a folder of images per class (image_folder.hpp).
struct FolderOptions {
  int channels = 3;  ///< 3, or 1 for grey
  int height = 0;    ///< every image is resized to height x width; 0: all must have the same size already
  int width = 0;
};

/// Reads folder/CLASS/IMAGE.
using FolderReader = std::function<Result<ImageData>(const std::filesystem::path&, const FolderOptions&)>;

/// Where data sets lie and how they are read.
struct DataOptions {
  std::filesystem::path fashion_mnist = "/usr/share/datasets/fashion-mnist";  ///< Debian's dataset-fashion-mnist
  int idx_classes = 10;                                                       ///< of MNIST-type files
  FolderReader folder{};  ///< read_image_folder of image_folder.hpp; empty: folders of images are refused
  int channels = 3;       ///< FolderOptions, for folders of images
  int height = 0;
  int width = 0;
};

/// The files in `folder` whose name begins with `start` (any, where empty) and contains all of `parts`; sorted.
[[nodiscard]] inline std::vector<std::filesystem::path> files_named(const std::filesystem::path& folder,
                                                                    std::string_view start,
                                                                    const std::vector<std::string_view>& parts) {
  std::vector<std::filesystem::path> found;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator{folder, failed}) {
    const std::string name = entry.path().filename().string();
    const bool all =
        std::all_of(parts.begin(), parts.end(), [&](auto part) { return name.find(part) != std::string::npos; });
    if (all && name.starts_with(start) && !entry.is_directory()) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// The one IDX file of a part ("train", "t10k") and content ("images-idx3", "labels-idx1"): named plainly
/// (train-images-idx3-ubyte, as MNIST and Fashion-MNIST both do) or after the kind (mnist-train1000-images-...).
[[nodiscard]] inline Result<std::filesystem::path> find_idx_file(const std::filesystem::path& folder,
                                                                 std::string_view kind, std::string_view part,
                                                                 std::string_view content) {
  auto found = files_named(folder, part, {content});
  if (found.empty()) found = files_named(folder, kind, {part, content});
  // A file and its gzipped twin are the same file; plain sorts first and is faster to read.
  if (found.size() == 2 && found[1].string() == found[0].string() + ".gz") found.pop_back();
  if (found.size() == 1) return found[0];
  const std::string wanted = fmt::format("{}-{}-ubyte, plain or .gz", part, content);
  if (found.empty())
    return Error{Error::Code::not_found, fmt::format("{}: expected {}, found no such file", folder.string(), wanted)};
  return Error{Error::Code::bad_format, fmt::format("{}: expected one {}, found {}; name the kind: mnist:{}",
                                                    folder.string(), wanted, found.size(), folder.string())};
}

/// MNIST, Fashion-MNIST or another pair of IDX parts in one folder.
[[nodiscard]] inline Result<DataParts> load_idx_folder(const std::filesystem::path& folder, std::string_view kind,
                                                       int classes) {
  const auto part = [&](std::string_view name) -> Result<ImageData> {
    auto images = find_idx_file(folder, kind, name, "images-idx3");
    if (!images) return images.error();
    auto labels = find_idx_file(folder, kind, name, "labels-idx1");
    if (!labels) return labels.error();
    const std::string title = kind.empty() ? folder.string() : std::string{kind};
    return read_idx(*images, *labels, {.name = title + (name == "train" ? " train" : " test"), .classes = classes});
  };
  auto train = part("train");
  if (!train) return train.error();
  auto test = part("t10k");
  if (!test) return test.error();
  return DataParts{.train = std::move(train).value(), .test = std::move(test).value()};
}

/// CIFAR-10's data_batch_*.bin and test_batch.bin, also one folder down as the archive unpacks, or cifar*train*.bin.
[[nodiscard]] inline Result<DataParts> load_cifar10_folder(std::filesystem::path folder) {
  if (std::filesystem::is_directory(folder / "cifar-10-batches-bin")) folder /= "cifar-10-batches-bin";
  auto train_files = files_named(folder, "data_batch_", {".bin"});
  if (train_files.empty()) train_files = files_named(folder, "cifar", {"train", ".bin"});
  auto test_files = files_named(folder, "test_batch", {".bin"});
  if (test_files.empty()) test_files = files_named(folder, "cifar", {"test", ".bin"});
  if (train_files.empty() || test_files.empty()) {
    return Error{Error::Code::not_found,
                 fmt::format("{}: expected CIFAR-10's data_batch_*.bin and test_batch.bin, found {} and {} such files",
                             folder.string(), train_files.size(), test_files.size())};
  }
  auto train = read_cifar10(train_files, "cifar10 train");
  if (!train) return train.error();
  auto test = read_cifar10(test_files, "cifar10 test");
  if (!test) return test.error();
  return DataParts{.train = std::move(train).value(), .test = std::move(test).value()};
}

/// folder/train/CLASS/IMAGE and folder/test/CLASS/IMAGE.
[[nodiscard]] inline Result<DataParts> load_image_folder(const std::filesystem::path& folder,
                                                         const DataOptions& options) {
  if (!options.folder) {
    return Error{
        Error::Code::unavailable,
        fmt::format("{}: this program was built without the reader of image folders (stb_image)", folder.string())};
  }
  for (const char* part : {"train", "test"}) {
    if (std::filesystem::is_directory(folder / part)) continue;
    return Error{
        Error::Code::not_found,
        fmt::format("{}: expected the folders train and test, each with a folder for each class", folder.string())};
  }
  const FolderOptions reading{.channels = options.channels, .height = options.height, .width = options.width};
  auto train = options.folder(folder / "train", reading);
  if (!train) return train.error();
  auto test = options.folder(folder / "test", reading);
  if (!test) return test.error();
  if (train->class_names != test->class_names || train->shape != test->shape) {
    return Error{
        Error::Code::bad_format,
        fmt::format(
            "{}: expected the same classes and image size in train and test, found {} classes of {} and {} of {}",
            folder.string(), train->classes, train->shape, test->classes, test->shape)};
  }
  return DataParts{.train = std::move(train).value(), .test = std::move(test).value()};
}

/// What lies in a folder: "idx", "cifar10", "folder", or "" for nothing known.
[[nodiscard]] inline std::string_view kind_of_folder(const std::filesystem::path& folder) {
  if (!files_named(folder, "", {"images-idx3"}).empty()) return "idx";
  if (std::filesystem::is_directory(folder / "cifar-10-batches-bin")) return "cifar10";
  if (!files_named(folder, "data_batch_", {".bin"}).empty() || !files_named(folder, "cifar", {".bin"}).empty())
    return "cifar10";
  return std::filesystem::is_directory(folder / "train") ? "folder" : "";
}

/// Reads a data set named by a path, a kind, or kind:path.
///   Errors   unknown_name, not_found, io, bad_format, unavailable: one line that says what was expected
[[nodiscard]] inline Result<DataParts> load_data(std::string_view spec, const DataOptions& options = {}) {
  // A folder's own name may contain a colon.
  const auto colon = std::filesystem::is_directory(spec) ? std::string_view::npos : spec.find(':');
  std::string_view kind = spec.substr(0, colon == std::string_view::npos ? 0 : colon);
  std::filesystem::path folder = colon == std::string_view::npos ? spec : spec.substr(colon + 1);
  if (spec == "fashion-mnist") {
    kind = spec;
    folder = options.fashion_mnist;
    if (!std::filesystem::is_directory(folder)) {
      return Error{Error::Code::not_found,
                   fmt::format("{}: no Fashion-MNIST there; install Debian's package dataset-fashion-mnist, or "
                               "give its folder as fashion-mnist:FOLDER",
                               folder.string())};
    }
  }
  if (!std::filesystem::is_directory(folder)) {
    return Error{Error::Code::not_found,
                 fmt::format("{}: expected the folder of a data set, fashion-mnist, or one of mnist:FOLDER, "
                             "fashion-mnist:FOLDER, cifar10:FOLDER, folder:FOLDER",
                             spec)};
  }
  if (kind == "mnist" || kind == "fashion-mnist") return load_idx_folder(folder, kind, options.idx_classes);
  if (kind == "cifar10") return load_cifar10_folder(folder);
  if (kind == "folder") return load_image_folder(folder, options);
  if (!kind.empty()) {
    return Error{
        Error::Code::unknown_name,
        fmt::format("{}: unknown kind of data '{}'; expected mnist, fashion-mnist, cifar10 or folder", spec, kind)};
  }
  const std::string_view found = kind_of_folder(folder);
  if (found == "idx") return load_idx_folder(folder, "", options.idx_classes);
  if (found == "cifar10") return load_cifar10_folder(folder);
  if (found == "folder") return load_image_folder(folder, options);
  return Error{Error::Code::bad_format,
               fmt::format("{}: expected IDX files, CIFAR-10 batches, or the folders train and test", spec)};
}

}  // namespace hwnas
