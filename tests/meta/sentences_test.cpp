// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Every sentence that the library prints while compiling is explained in docs/guides/compile_errors.md.
#include <array>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace sentences_test {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file{path};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// String literals that begin with the mark, pieces that stand beside each other joined.
std::set<std::string> sentences_of(const std::string& source) {
  static const std::regex literal{R"re("(hwnas: (?:[^"\\]|\\.)*)"((?:\s*"(?:[^"\\]|\\.)*")*))re"};
  static const std::regex piece{R"re("((?:[^"\\]|\\.)*)")re"};
  std::set<std::string> result;
  for (std::sregex_iterator at{source.begin(), source.end(), literal}, end; at != end; ++at) {
    std::string sentence = (*at)[1];
    const std::string rest = (*at)[2];
    for (std::sregex_iterator p{rest.begin(), rest.end(), piece}; p != end; ++p) sentence += (*p)[1];
    result.insert(sentence);
  }
  return result;
}

TEST(CompileErrorGuide, ExplainsEverySentenceOfTheUpperRooms) {
  const std::string guide = text_of("docs/guides/compile_errors.md");
  ASSERT_FALSE(guide.empty()) << "run from the repository's root";
  int found = 0;
  for (const char* room :
       {"meta", "core/u128.hpp", "layer", "op", "space", "profile", "latency/latency_profiler.hpp"}) {
    const std::filesystem::path path = std::filesystem::path{"include/hwnas"} / room;
    const auto check = [&](const std::filesystem::path& file) {
      for (const std::string& sentence : sentences_of(text_of(file))) {
        ++found;
        EXPECT_NE(guide.find('`' + sentence + '`'), std::string::npos) << file << ": " << sentence;
      }
    };
    if (!std::filesystem::is_directory(path)) {
      check(path);
      continue;
    }
    for (const auto& entry : std::filesystem::directory_iterator{path}) check(entry.path());
  }
  EXPECT_GT(found, 40);
}

}  // namespace sentences_test
