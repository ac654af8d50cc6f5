// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The edge where LibTorch's exceptions become Errors.
///        return guarded("evaluation", [&]() -> Result<Scores> { ... });
#pragma once

#include <exception>
#include <new>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "hwnas/core/result.hpp"
#include "hwnas/nn/torch.hpp"

namespace hwnas {

/// One line of what LibTorch said; its message goes on with a stack trace that helps nobody at a command line.
[[nodiscard]] inline Error torch_error(std::string_view where, const c10::Error& error) {
  std::string text = error.what_without_backtrace();
  if (const auto end = text.find('\n'); end != std::string::npos) text.resize(end);
  return Error{Error::Code::bad_value, fmt::format("{}: LibTorch says: {}", where, text)};
}

/// Calls `body` (which returns a Result) and turns whatever it throws into its Error; `where` begins the line.
template <class Body> [[nodiscard]] auto guarded(std::string_view where, Body&& body) -> decltype(body()) {
  try {
    return body();
  } catch (const Error& error) {
    return error;
  } catch (const c10::Error& error) {
    return torch_error(where, error);
  } catch (const std::bad_alloc&) {
    return Error{Error::Code::unavailable, fmt::format("{}: out of memory; choose a smaller batch", where)};
  } catch (const std::exception& error) {
    return Error{Error::Code::bad_value, fmt::format("{}: {}", where, error.what())};
  }
}

}  // namespace hwnas
