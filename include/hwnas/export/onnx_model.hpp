// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  OnnxModel: the parts of ONNX's file format that networks need, written through protozero. Field numbers are those of
///        onnx.proto (github.com/onnx/onnx, version 1.9: operator set 14, IR version 7). Needs protozero.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <protozero/pbf_writer.hpp>

namespace hwnas {

/// Appends nodes, constants, inputs and outputs; text() is the file.
class OnnxModel {
 public:
  static constexpr std::int64_t opset = 14;
  static constexpr std::int64_t ir_version = 7;
  static constexpr std::int64_t free_batch = -1;  ///< a dimension of any size, called "batch"

  /// Attributes of one node.
  class Attributes {
   public:
    Attributes& integer(std::string_view name, std::int64_t value) {
      return add(name, 2, [&](protozero::pbf_writer& a) { a.add_int64(3, value); });
    }
    Attributes& real(std::string_view name, float value) {
      return add(name, 1, [&](protozero::pbf_writer& a) { a.add_float(2, value); });
    }
    Attributes& integers(std::string_view name, std::initializer_list<std::int64_t> values) {
      return add(name, 7, [&](protozero::pbf_writer& a) {
        for (const std::int64_t value : values) a.add_int64(8, value);
      });
    }
    [[nodiscard]] const std::vector<std::string>& written() const { return written_; }

   private:
    Attributes& add(std::string_view name, int type, auto&& value) {
      std::string text;
      protozero::pbf_writer attribute{text};
      attribute.add_string(1, name.data(), name.size());
      value(attribute);
      attribute.add_enum(20, type);
      written_.push_back(std::move(text));
      return *this;
    }
    std::vector<std::string> written_;
  };

  void node(std::string_view type, std::initializer_list<std::string> inputs,
            std::initializer_list<std::string> outputs, const Attributes& attributes = {}) {
    node(type, std::vector<std::string>{inputs}, std::vector<std::string>{outputs}, attributes);
  }
  void node(std::string_view type, const std::vector<std::string>& inputs, const std::vector<std::string>& outputs,
            const Attributes& attributes = {}) {
    std::string text;
    protozero::pbf_writer written{text};
    for (const std::string& input : inputs) written.add_string(1, input);
    for (const std::string& output : outputs) written.add_string(2, output);
    written.add_string(3, outputs.front());
    written.add_string(4, type.data(), type.size());
    for (const std::string& attribute : attributes.written()) written.add_message(5, attribute);
    protozero::pbf_writer{nodes_}.add_message(1, text);
  }

  /// A constant of floats; written once a name.
  void constant(const std::string& name, std::span<const std::int64_t> dimensions, std::span<const float> values) {
    add_constant(name, dimensions, 1, {reinterpret_cast<const char*>(values.data()), values.size_bytes()});
  }
  /// A constant of whole numbers: shapes, axes.
  void integers(const std::string& name, std::initializer_list<std::int64_t> values) {
    const std::int64_t count = static_cast<std::int64_t>(values.size());
    add_constant(name, {&count, 1}, 7,
                 {reinterpret_cast<const char*>(values.begin()), values.size() * sizeof(std::int64_t)});
  }

  void input(const std::string& name, std::span<const std::int64_t> dimensions) { add_value(11, name, dimensions); }
  void output(const std::string& name, std::span<const std::int64_t> dimensions) { add_value(12, name, dimensions); }

  [[nodiscard]] std::string text(const std::string& graph_name) const {
    std::string graph = nodes_;
    protozero::pbf_writer{graph}.add_string(2, graph_name);
    graph += constants_ + values_;
    std::string operators;
    protozero::pbf_writer{operators}.add_string(1, "");
    protozero::pbf_writer{operators}.add_int64(2, opset);
    std::string model;
    protozero::pbf_writer writer{model};
    writer.add_int64(1, ir_version);
    writer.add_string(2, "hwnas");
    writer.add_message(7, graph);
    writer.add_message(8, operators);
    return model;
  }

 private:
  // Raw data is little-endian, as every machine that LibTorch runs on.
  void add_constant(const std::string& name, std::span<const std::int64_t> dimensions, int type,
                    std::string_view bytes) {
    if (!known_.insert(name).second) return;
    std::string text;
    protozero::pbf_writer tensor{text};
    for (const std::int64_t d : dimensions) tensor.add_int64(1, d);
    tensor.add_int32(2, type);
    tensor.add_string(8, name);
    tensor.add_bytes(9, bytes.data(), bytes.size());
    protozero::pbf_writer{constants_}.add_message(5, text);
  }
  void add_value(protozero::pbf_tag_type field, const std::string& name, std::span<const std::int64_t> dimensions) {
    std::string shape, type, tensor, value;
    for (const std::int64_t d : dimensions) {
      std::string dimension;
      protozero::pbf_writer written{dimension};
      d == free_batch ? written.add_string(2, "batch") : written.add_int64(1, d);
      protozero::pbf_writer{shape}.add_message(1, dimension);
    }
    protozero::pbf_writer tensor_writer{tensor};
    tensor_writer.add_int32(1, 1);  // float
    tensor_writer.add_message(2, shape);
    protozero::pbf_writer{type}.add_message(1, tensor);
    protozero::pbf_writer value_writer{value};
    value_writer.add_string(1, name);
    value_writer.add_message(2, type);
    protozero::pbf_writer{values_}.add_message(field, value);
  }

  std::string nodes_, constants_, values_;
  std::set<std::string> known_;
};

}  // namespace hwnas
