// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What command lines share. Includes CLI11, which is slow to compile: for one file of a program.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "options.hpp"

namespace examples {

inline CLI::Validator between(double low, double high) {
  return {[low, high](std::string& text) -> std::string {
            double value = 0;
            if (CLI::detail::lexical_cast(text, value) && value >= low && value <= high) return {};
            return fmt::format("'{}' is not between {} and {}", text, low, high);
          },
          "", "between"};
}
inline CLI::Validator above_zero() {
  return {[](std::string& text) -> std::string {
            double value = 0;
            if (CLI::detail::lexical_cast(text, value) && value > 0 && std::isfinite(value)) return {};
            return fmt::format("'{}' is not greater than 0", text);
          },
          "", "positive"};
}
inline constexpr double many = 1e9;

inline std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

inline void add_data(CLI::App& app, ImageOptions& o) {
  const auto group = "Data";
  app.add_option("--data", o.data, "fashion-mnist, a folder, or KIND:FOLDER with mnist, fashion-mnist, cifar10, folder")
      ->type_name("DATA")->capture_default_str()->group(group);
  app.add_option("--images", o.images, "Use only so many images of the training part; 0: all")
      ->type_name("N")->check(between(0, many))->capture_default_str()->group(group);
  app.add_option("--validation-images", o.validation_images, "Images taken from the training part to judge candidates by")
      ->type_name("N")->check(between(1, many))->capture_default_str()->group(group);
  app.add_option("--judging-images", o.judging_images, "Validation images on which each candidate is judged, at most")
      ->type_name("N")->check(between(1, many))->capture_default_str()->group(group);
  app.add_option("--crop", o.crop, "Augmentation: random crop after padding with so many pixels; 0: none")
      ->type_name("PIXELS")->check(between(0, 64))->capture_default_str()->group(group);
  app.add_flag("--flip,!--no-flip", o.flip, "Augmentation: mirror half of the images (default on; digits want --no-flip)")
      ->group(group);
  app.add_option("--cutout", o.cutout, "Augmentation: erase a square with a side of so many pixels; 0: none")
      ->type_name("PIXELS")->check(between(0, 64))->capture_default_str()->group(group);
}

}  // namespace examples
