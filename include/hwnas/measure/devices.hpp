// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Devices by their names, for programs that take one from the command line. Needs protozero (for the command's ONNX).
///        AnyDevice device = make_device("torchscript-cpu").value();
///        AnyDevice phone = make_device("command:./bench.sh {model}", {}, 30).value();
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "hwnas/measure/command.hpp"
#include "hwnas/measure/cuda.hpp"
#include "hwnas/measure/libtorch_cpu.hpp"
#include "hwnas/measure/torchscript_cpu.hpp"

namespace hwnas {

inline constexpr std::string_view device_names = "libtorch-cpu, torchscript-cpu, cuda, command:PROGRAM";

inline constexpr std::string_view command_prefix = "command:";

/// How the device of this name measures where nothing else is asked for.
[[nodiscard]] inline MeasureOptions usual_options(std::string_view device) {
  return device.starts_with(command_prefix) ? CommandDevice::usual_options() : MeasureOptions{};
}

/// A built-in device. `seconds`: a command's time limit. What `options` does not say is the device's usual.
///   Errors  unknown_name; unavailable
[[nodiscard]] inline Result<AnyDevice> make_device(std::string_view name,
                                                   const std::optional<MeasureOptions>& options = {},
                                                   double seconds = 60) {
  const MeasureOptions given = options.value_or(usual_options(name));
  if (name == "libtorch-cpu") return AnyDevice{LibtorchCpu{given}};
  if (name == "torchscript-cpu") return AnyDevice{TorchscriptCpu{given}};
  if (name == "cuda") {
    auto device = CudaDevice::make(given);
    if (!device) return device.error();
    return AnyDevice{std::move(*device)};
  }
  if (name.starts_with(command_prefix) && name.size() > command_prefix.size()) {
    CommandOptions command{.command = std::string{name.substr(command_prefix.size())}, .seconds = seconds};
    return AnyDevice{CommandDevice{std::move(command), given}};
  }
  return Error{Error::Code::unknown_name,
               fmt::format("no device is called \"{}\"; expected one of: {}", name, device_names)};
}

}  // namespace hwnas
