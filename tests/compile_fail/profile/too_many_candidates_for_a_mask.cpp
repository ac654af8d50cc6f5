// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
// expect: hwnas: a CandidateMask must have decisions of at most 64 candidates; nest larger ones
// expect: too_many_candidates_for_a_mask
#include <utility>

#include "hwnas/op/conv.hpp"
#include "hwnas/profile/candidate_mask.hpp"

using namespace hwnas;

template <class Widths> struct choice_of;
template <int... W> struct choice_of<std::integer_sequence<int, W...>> {
  using type = LayerChoice<Sequential<Conv<Out<W + 1>>, Conv<Out<4>>>...>;
};
#ifdef HWNAS_COMPILE_FAIL
constexpr int candidates = 65;
#else
constexpr int candidates = 64;
#endif
using Space = Input<choice_of<std::make_integer_sequence<int, candidates>>::type, Shape{3, 8, 8}>;
const CandidateMask<Space> mask;
