// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Type tags: the address of a type, usable as a value and as a template argument, so that a fault found by
///        value computation can name the type in a compile error.
#pragma once

namespace hwnas {

/// Identity of a type as an address; two tags are equal exactly when their types are.
struct TypeTag {};

template <class Type>
inline constexpr TypeTag type_tag{};

using TypeId = const TypeTag*;

}  // namespace hwnas
