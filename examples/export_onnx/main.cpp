// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  export_onnx: an architecture of a space, with random weights, as an ONNX file.
///        scripts/run export_onnx --space proxylessnas --arch found.json --out net.onnx
///        With --samples also an input and the output that LibTorch computes, as raw float32, for checks elsewhere.
#include <fstream>
#include <iterator>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "catalogue/catalogue.hpp"
#include "hwnas/export/onnx.hpp"
#include "hwnas/measure/any_network.hpp"
#include "main_function.hpp"

namespace {

using namespace hwnas;

struct Options {
  std::string space = "small-proxylessnas";
  std::string arch{};
  std::string out = "network.onnx";
  std::uint64_t seed = 1;
  int batch = 2;
  bool samples = false;
};

std::string bytes(const torch::Tensor& tensor) {
  const torch::Tensor plain = tensor.contiguous();
  return {static_cast<const char*>(plain.data_ptr()), plain.nbytes()};
}
/// Batch-norm that does something: as after training.
void move_statistics(FixedNetwork& network) {
  for (const auto& buffer : network.named_buffers()) {
    if (buffer.key().ends_with("running_mean")) torch::Tensor{buffer.value()}.normal_(0, 0.1);
    if (buffer.key().ends_with("running_var")) torch::Tensor{buffer.value()}.uniform_(0.5, 1.5);
  }
}

AnySpace::Values chosen(const AnySpace& space, const Options& o) {
  Rng rng{o.seed};
  if (o.arch.empty()) return space.draw(rng);
  std::ifstream in{o.arch};
  if (!in) throw Error{Error::Code::not_found, o.arch + ": cannot be read"};
  const auto values = space.read(std::string{std::istreambuf_iterator<char>{in}, {}});
  if (!values) throw Error{values.error().code, o.arch + ": " + values.error().message};
  return *values;
}

void run(const Options& o) {
  const AnySpace space = catalogue::find_space(o.space).value();
  const AnySpace::Values values = chosen(space, o);
  torch::manual_seed(o.seed);
  const auto network = AnyNetworks{space}.make(values);
  const torch::NoGradGuard no_grad;
  move_statistics(*network);
  network->eval();
  save_onnx(*network, o.out).value();
  if (o.samples) {
    const Shape in = network->plan().in;
    const torch::Tensor images = torch::randn({o.batch, in.c, in.h, in.w});
    write_file_atomically(o.out + ".input", bytes(images)).value();
    write_file_atomically(o.out + ".output", bytes(network->forward(images))).value();
  }
  fmt::print("{}: {}\n", o.out, space.json(values));
}

}  // namespace

int main(int argc, char** argv) {
  Options o;
  CLI::App app{"An architecture of a space, with random weights, as an ONNX file.", "export_onnx"};
  app.add_option("--space", o.space, "one of: " + catalogue::space_help())->capture_default_str();
  app.add_option("--arch", o.arch, "the architecture's JSON file; default: drawn at random");
  app.add_option("--seed", o.seed, "of the weights and of the draw")->capture_default_str();
  app.add_option("--out", o.out, "the ONNX file")->capture_default_str();
  app.add_flag("--samples", o.samples, "write OUT.input and OUT.output too");
  app.add_option("--batch", o.batch, "images in the samples")->capture_default_str();
  return programs::guarded_main(app, argc, argv, [&] { run(o); });
}
