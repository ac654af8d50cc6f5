// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  A minimal checker of XML: tags balance, attributes are quoted and unique, text is escaped.
///        EXPECT_EQ(xml_fault("<a><b/></a>"), "");
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hwnas::report_test {

/// The first fault of a tag's attributes, or nothing.
inline std::string attribute_fault(std::string_view text) {
  std::vector<std::string_view> names;
  while ((text.remove_prefix(std::min(text.find_first_not_of(" \n"), text.size())), !text.empty())) {
    const std::size_t equal = text.find("=\"");
    if (equal == text.npos) return "attribute without a quoted value: " + std::string{text};
    const std::string_view name = text.substr(0, equal);
    if (name.find_first_of(" \"'<>&") != name.npos) return "bad attribute name: " + std::string{name};
    if (std::find(names.begin(), names.end(), name) != names.end()) return "attribute twice: " + std::string{name};
    names.push_back(name);
    const std::size_t end = text.find('"', equal + 2);
    if (end == text.npos) return "open quote: " + std::string{text};
    if (text.substr(equal + 2, end - equal - 2).find('<') != text.npos) return "'<' in an attribute";
    text.remove_prefix(end + 1);
  }
  return {};
}

/// An ampersand must begin one of the references that xml_escape writes.
inline std::string reference_fault(std::string_view text) {
  for (std::size_t at = text.find('&'); at != text.npos; at = text.find('&', at + 1)) {
    bool known = false;
    for (const std::string_view name : {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"}) {
      known = known || text.substr(at, name.size()) == name;
    }
    if (!known) return "bare ampersand: " + std::string{text.substr(at, 20)};
  }
  return {};
}

/// What keeps a text from being well-formed, or nothing. Elements named in `open` need no end (HTML's meta, link).
inline std::string xml_fault(std::string_view text, const std::vector<std::string_view>& open = {}) {
  std::vector<std::string_view> stack;
  if (std::string fault = reference_fault(text); !fault.empty()) return fault;
  for (std::size_t at = text.find('<'); at != text.npos; at = text.find('<', at + 1)) {
    const std::size_t end = text.find('>', at);
    if (end == text.npos) return "open tag at the end";
    std::string_view tag = text.substr(at + 1, end - at - 1);
    if (tag.starts_with('!') || tag.starts_with('?')) continue;
    if (tag.starts_with('/')) {
      if (stack.empty() || stack.back() != tag.substr(1)) return "unexpected </" + std::string{tag.substr(1)} + ">";
      stack.pop_back();
      continue;
    }
    const bool closed = tag.ends_with('/');
    if (closed) tag.remove_suffix(1);
    const std::string_view name = tag.substr(0, tag.find_first_of(" \n"));
    if (name.empty()) return "a '<' that begins no tag";
    if (std::string fault = attribute_fault(tag.substr(name.size())); !fault.empty()) return fault;
    if (!closed && std::find(open.begin(), open.end(), name) == open.end()) stack.push_back(name);
  }
  return stack.empty() ? std::string{} : "never closed: " + std::string{stack.back()};
}

/// How often a text stands in another.
inline std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace hwnas::report_test
