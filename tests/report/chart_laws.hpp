// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  What holds for every chart, whatever its data.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "hwnas/report/chart.hpp"
#include "report/xml_check.hpp"

namespace hwnas::report_test {

inline std::string label_fault(const std::vector<LabelBox>& labels) {
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i].left < 0 || labels[i].top < 0) return fmt::format("\"{}\" leaves the canvas", labels[i].text);
    for (std::size_t j = 0; j < i; ++j) {
      if (labels[i].overlaps(labels[j])) return fmt::format("\"{}\" overlaps \"{}\"", labels[i].text, labels[j].text);
    }
  }
  return {};
}

/// The first law that a chart breaks, or nothing: well-formed, accessible, no number that is none, no labels that meet.
inline std::string chart_fault(const Chart& chart) {
  for (const std::string& svg : {chart.svg, chart.narrow_svg, standalone_svg(chart)}) {
    if (svg.empty()) continue;
    if (std::string fault = xml_fault(svg); !fault.empty()) return fault;
    if (svg.find("role=\"img\"") == svg.npos || svg.find("<title>") == svg.npos) return "no role or title";
    for (const char* attribute : {"=\"nan", "=\"inf", "=\"-nan", "=\"-inf", " nan", " inf\"", "Lnan", "Mnan"}) {
      if (svg.find(attribute) != svg.npos && svg.find(" d=\"") != svg.npos)
        return fmt::format("{} in a shape", attribute);
    }
  }
  if (std::string fault = label_fault(chart.labels); !fault.empty()) return fault;
  return label_fault(chart.narrow_labels);
}

inline bool has_label(const std::vector<LabelBox>& labels, const std::string& text) {
  for (const LabelBox& label : labels) {
    if (label.text == text) return true;
  }
  return false;
}

}  // namespace hwnas::report_test
