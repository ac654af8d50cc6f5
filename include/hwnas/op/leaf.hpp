// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  LeafOperator: an operator that cannot be opened into primitives and states its own shape and costs.
///        struct Fft : LeafOperator<Fft> {
///          static constexpr Shape shape(Shape in) { return in; }
///          static constexpr Flops flops(Shape in) { return Flops{in.elements() * 10}; }
///          static constexpr Params params(Shape) { return Params{0}; }
///        };
///        Its module: specialise hwnas::nn::LeafModule<Fft>, only where LibTorch trains it.
#pragma once

#include "hwnas/core/quantity.hpp"
#include "hwnas/op/operator.hpp"

namespace hwnas {

namespace error {
template <class Operator>
struct no_shape_formula {
  static constexpr bool value = requires { { Operator::shape(Shape{}) } -> std::same_as<Shape>; };
};
template <class Operator>
struct no_cost {
  static constexpr bool value = requires {
    { Operator::flops(Shape{}) } -> std::same_as<Flops>;
    { Operator::params(Shape{}) } -> std::same_as<Params>;
  };
};
}  // namespace error

/// Base of leaf operators.
///   shape(in)    Shape of the output
///   flops(in)    Flops, multiply-adds
///   params(in)   Params, what its module holds as trainable
///   Errors       compile errors `no_shape_formula` and `no_cost`
template <class Self>
struct LeafOperator : OperatorBase {
  using option_list = detail::OptionList<>;

  static constexpr void build(auto& net, Shape, auto) {
    static_assert(error::no_shape_formula<Self>::value,
                  "hwnas: no shape formula for this operator; a LeafOperator must have "
                  "static constexpr Shape shape(Shape in)");
    static_assert(error::no_cost<Self>::value,
                  "hwnas: no cost for this operator; a LeafOperator must have static constexpr Flops flops(Shape in) "
                  "and static constexpr Params params(Shape in)");
    if constexpr (error::no_shape_formula<Self>::value && error::no_cost<Self>::value) net.leaf(description<Self>);
  }

 private:
  template <class Op>
  static constexpr PrimitiveCosts costs(Shape in) {
    return {.flops = Op::flops(in).value(), .nni_extra = 0, .params = Op::params(in).value()};
  }
  template <class Op>
  static constexpr LeafCosts description{.shape = &Op::shape, .costs = &costs<Op>, .type = &type_tag<Op>,
                                         .name = candidate_name<Op>()};
};

}  // namespace hwnas
