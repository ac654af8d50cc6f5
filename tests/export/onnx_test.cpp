// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/export/onnx.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <protozero/pbf_reader.hpp>

#include "hwnas/nn/subnet.hpp"
#include "hwnas/op/conv.hpp"
#include "hwnas/op/elementary.hpp"
#include "hwnas/op/leaf.hpp"
#include "hwnas/op/mbconv.hpp"
#include "hwnas/op/shuffle_block.hpp"
#include "hwnas/space/counting.hpp"

namespace exported {
struct Fourier : hwnas::LeafOperator<Fourier> {
  static constexpr hwnas::Shape shape(hwnas::Shape in) { return in; }
  static constexpr hwnas::Flops flops(hwnas::Shape) { return hwnas::Flops{0}; }
  static constexpr hwnas::Params params(hwnas::Shape) { return hwnas::Params{0}; }
};
}  // namespace exported

template <>
struct hwnas::nn::LeafModule<exported::Fourier> : torch::nn::Module {
  explicit LeafModule(hwnas::Shape) {}
  torch::Tensor forward(const torch::Tensor& images) { return images; }
};

namespace onnx_test {

using namespace hwnas;

// A file read back: what its nodes read and make, and the constants' sizes.
struct ReadModel {
  struct Node {
    std::string type;
    std::vector<std::string> inputs, outputs;
  };
  std::vector<Node> nodes;
  std::map<std::string, std::vector<std::int64_t>> constants;
  std::map<std::string, std::size_t> bytes;
  std::map<std::string, std::vector<std::int64_t>> inputs, outputs;
  std::int64_t opset = 0;

  explicit ReadModel(const std::string& text) {
    protozero::pbf_reader model{text};
    while (model.next()) {
      if (model.tag() == 7) graph(model.get_message());
      else if (model.tag() == 8) {
        auto set = model.get_message();
        while (set.next()) set.tag() == 2 ? static_cast<void>(opset = set.get_int64()) : set.skip();
      } else model.skip();
    }
  }
  [[nodiscard]] int count(const std::string& type) const {
    int found = 0;
    for (const Node& node : nodes) found += node.type == type ? 1 : 0;
    return found;
  }

 private:
  void graph(protozero::pbf_reader graph) {
    while (graph.next()) {
      switch (graph.tag()) {
        case 1: node(graph.get_message()); break;
        case 5: constant(graph.get_message()); break;
        case 11: value(graph.get_message(), inputs); break;
        case 12: value(graph.get_message(), outputs); break;
        default: graph.skip();
      }
    }
  }
  void node(protozero::pbf_reader read) {
    Node& node = nodes.emplace_back();
    while (read.next()) {
      switch (read.tag()) {
        case 1: node.inputs.push_back(read.get_string()); break;
        case 2: node.outputs.push_back(read.get_string()); break;
        case 4: node.type = read.get_string(); break;
        default: read.skip();
      }
    }
  }
  void constant(protozero::pbf_reader read) {
    std::vector<std::int64_t> dimensions;
    std::string name;
    std::size_t size = 0;
    while (read.next()) {
      switch (read.tag()) {
        case 1: dimensions.push_back(read.get_int64()); break;
        case 8: name = read.get_string(); break;
        case 9: size = read.get_bytes().size(); break;
        default: read.skip();
      }
    }
    EXPECT_TRUE(constants.emplace(name, dimensions).second) << name << " is written twice";
    bytes[name] = size;
  }
  static void value(protozero::pbf_reader read, std::map<std::string, std::vector<std::int64_t>>& into) {
    std::string name;
    std::vector<std::int64_t> dimensions;
    while (read.next()) {
      if (read.tag() == 1) name = read.get_string();
      else if (read.tag() == 2) {
        protozero::pbf_reader type{read.get_message()};
        type.next(1);
        protozero::pbf_reader tensor{type.get_message()};
        tensor.next(2);
        protozero::pbf_reader shape{tensor.get_message()};
        while (shape.next(1)) {
          protozero::pbf_reader dimension{shape.get_message()};
          dimension.next();
          dimensions.push_back(dimension.tag() == 1 ? dimension.get_int64() : OnnxModel::free_batch);
        }
      } else read.skip();
    }
    into[name] = dimensions;
  }
};

// Every name is made once, before it is read, as the format demands.
void expect_sound(const ReadModel& model) {
  std::set<std::string> known;
  for (const auto& [name, shape] : model.constants) known.insert(name);
  for (const auto& [name, shape] : model.inputs) known.insert(name);
  for (const ReadModel::Node& node : model.nodes) {
    for (const std::string& name : node.inputs) EXPECT_TRUE(known.contains(name)) << node.type << " reads " << name;
    for (const std::string& name : node.outputs) EXPECT_TRUE(known.insert(name).second) << name << " is made twice";
  }
  for (const auto& [name, shape] : model.outputs) EXPECT_TRUE(known.contains(name));
}

using Block = LayerChoice<MBConv<3>, MBConv<6, SqueezeExcite<4>, Act<HSwish>>, Identity>;
using Space =
    Input<Sequential<Conv<Kernel<3>, Out<8>>, Named<"a", Block>, Named<"b", Block>, GlobalAvgPool, Flatten, Linear<10>>,
          Shape{3, 8, 8}>;

TEST(Onnx, HasTheStateDictsWeightsUnderTheirNames) {
  Architecture<Space> a;
  a.set("b", 1).value();
  const Subnet<Space> net{a};
  const ReadModel model{to_onnx(net).value()};
  expect_sound(model);
  EXPECT_EQ(model.opset, 14);
  for (const auto& item : net.named_parameters()) {
    ASSERT_TRUE(model.constants.contains(item.key())) << item.key();
    EXPECT_EQ(model.constants.at(item.key()), item.value().sizes().vec()) << item.key();
    EXPECT_EQ(model.bytes.at(item.key()), 4 * static_cast<std::size_t>(item.value().numel()));
  }
}

TEST(Onnx, HasOneNodeAPrimitiveAndAFreeBatch) {
  Architecture<Space> a;
  a.set("b", 1).value();
  const ReadModel model{to_onnx(Subnet<Space>{a}).value()};
  EXPECT_EQ(model.inputs.at("input0"), (std::vector<std::int64_t>{OnnxModel::free_batch, 3, 8, 8}));
  EXPECT_EQ(model.outputs.at("output"), (std::vector<std::int64_t>{OnnxModel::free_batch, 10}));
  EXPECT_EQ(model.count("Conv"), 1 + 3 + 3 + 2);  // stem, two blocks, squeeze-and-excitation
  EXPECT_EQ(model.count("BatchNormalization"), 1 + 3 + 3);
  EXPECT_EQ(model.count("Gemm"), 1);
  EXPECT_EQ(model.count("HardSwish"), 2);
}

TEST(Onnx, IsSoundForRandomNetworksOfEveryPrimitive) {
  using Shuffled =
      Input<Sequential<Conv<Out<8>>, Named<"s", LayerChoice<ShuffleBlock<Kernel<3>>, ShuffleBlock<Kernel<5>>>>,
                       GlobalAvgPool, Flatten, Linear<4>>,
            Shape{1, 8, 8}>;
  Rng rng{3};
  for (int i = 0; i < 4; ++i) {
    expect_sound(ReadModel{to_onnx(Subnet<Space>{Uniform<Space>{}(rng)}).value()});
    expect_sound(ReadModel{to_onnx(Subnet<Shuffled>{Uniform<Shuffled>{}(rng)}).value()});
  }
}

TEST(Onnx, NamesTheLeafThatItCannotWrite) {
  using Leafy = Input<Sequential<exported::Fourier, LayerChoice<Conv1x1, Identity>>, Shape{2, 4, 4}>;
  const auto text = to_onnx(Subnet<Leafy>{Architecture<Leafy>{}});
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().message, "the leaf operator exported::Fourier has no ONNX operator");
}

TEST(Onnx, LeavesNoFileWhereItCannotWrite) {
  EXPECT_EQ(save_onnx(Subnet<Space>{Architecture<Space>{}}, "no/such/folder/net.onnx").error().code, Error::Code::io);
}

}  // namespace onnx_test
