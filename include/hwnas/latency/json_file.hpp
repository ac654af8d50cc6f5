// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Versioned JSON files: {"format": "hwnas fusion rules 1", ...}. Needs nlohmann-json.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "hwnas/core/result.hpp"
#include "hwnas/space/fingerprint.hpp"

namespace hwnas {

namespace detail {

/// What the parser found, without the text it had read: megabytes where the end of a predictor is missing.
[[nodiscard]] inline std::string reason_of(const nlohmann::json::exception& e) {
  constexpr std::size_t longest = 200;
  const std::string text = e.what();
  return text.substr(0, std::min(text.find("; last read"), longest));
}

}  // namespace detail

/// A JSON object from a file.
///   Errors  not_found; bad_format, naming the file and the parser's line and column
[[nodiscard]] inline Result<nlohmann::json> read_json_file(const std::filesystem::path& path) {
  std::ifstream in{path};
  if (!in) return Error{Error::Code::not_found, fmt::format("{}: cannot be read", path.string())};
  try {
    nlohmann::json document = nlohmann::json::parse(in);
    if (document.is_object()) return document;
    return Error{Error::Code::bad_format, fmt::format("{}: expected a JSON object", path.string())};
  } catch (const nlohmann::json::exception& e) {
    return Error{Error::Code::bad_format, fmt::format("{}: is no complete JSON: {}", path.string(), detail::reason_of(e))};
  }
}

/// The same, of one format and version.
///   Errors  mismatch where the file says another "format"
[[nodiscard]] inline Result<nlohmann::json> read_json_file(const std::filesystem::path& path, std::string_view format) {
  auto document = read_json_file(path);
  if (!document) return document;
  const auto found = document->find("format");
  if (found != document->end() && *found == format) return document;
  return Error{Error::Code::mismatch, fmt::format("{}: expected \"format\": \"{}\", found {}", path.string(), format,
                                                  found == document->end() ? std::string{"none"} : found->dump())};
}

/// Of a document without its "checksum".
[[nodiscard]] inline std::string json_checksum(const nlohmann::json& document) {
  detail::Fingerprint f;
  f.text(document.dump());
  return fmt::format("{:016x}", f.value);
}

/// Takes the "checksum" out of a document and compares it.
///   Errors  bad_format where it is not that of the rest; throws nlohmann's where there is none
[[nodiscard]] inline Result<void> take_checksum(nlohmann::json& document, const std::filesystem::path& path) {
  const std::string said = document.at("checksum").get<std::string>();
  document.erase("checksum");
  if (json_checksum(document) == said) return {};
  return Error{Error::Code::bad_format,
               fmt::format("{}: was edited or damaged: its checksum is not that of its content; build it again",
                           path.string())};
}

/// Runs `read`, whose JSON accesses may throw, and makes an Error of what they throw.
template <class Read>
[[nodiscard]] auto reading_json(const std::filesystem::path& path, Read&& read) -> decltype(read()) {
  try {
    return read();
  } catch (const nlohmann::json::exception& e) {
    return Error{Error::Code::bad_format, fmt::format("{}: {}", path.string(), detail::reason_of(e))};
  }
}

}  // namespace hwnas
