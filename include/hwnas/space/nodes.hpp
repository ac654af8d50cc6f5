// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  The nodes of a search space: empty types that say what stands where. All algorithms are elsewhere.
///        using Space = Sequential<Conv<Kernel<3>, Out<32>>, Named<"b1", LayerChoice<Conv3x3, Identity>>, GlobalAvgPool>;
///        using OnImages = Input<Space, Shape{3, 224, 224}>;
#pragma once

#include <type_traits>

#include "hwnas/core/shape.hpp"
#include "hwnas/meta/fixed_string.hpp"

namespace hwnas {

/// One after another.
template <class... Nodes>
struct Sequential {};

/// One of several candidates: a decision. The candidates must agree on the output shape.
template <class... Candidates>
struct LayerChoice {};

/// Lets the candidates of a LayerChoice give different shapes; the reachable shapes are carried on.
template <class Choice>
struct AnyShape {};

/// Gives the decision below a label, or its several decisions a prefix. Equal labels are one decision everywhere.
template <fixed_string Label, class Node>
struct Named {};

/// The block Min to Max times; with Min < Max the depth is a decision.
template <class Block, int Min, int Max = Min>
struct Repeat {};

/// The nodes' output plus their input.
template <class... Nodes>
struct Residual {};

/// Branches that read the same input and are added up.
template <class... Branches>
struct Sum {};

/// A space on images of a shape; several shapes are the decision "resolution".
template <class Space, Shape... Shapes>
struct Input {};

/// An edge of a Cell's node from a source: 0 is the cell's (first) input, then further inputs, then earlier nodes.
template <int Source, class Node>
struct From {};

/// A choice of Count among all earlier sources, each with its edge. Edges from the cell's own inputs carry InputEdge,
/// those from its nodes NodeEdge (in a reduction cell only the first have stride 2).
template <int Count, class InputEdge, class NodeEdge = InputEdge>
struct InputChoice {};

/// A node of a Cell: the sum of its edges (From<...>, or one InputChoice).
template <class... Edges>
struct Node {};

/// How many inputs a Cell has; one by default.
template <int Count>
struct Inputs {};

/// What stands before a Cell's inputs, one operator each.
template <class... Nodes>
struct Preprocess {};

struct Last;
struct Concat;
/// What a Cell returns: Last (its last node, the default) or Concat (all its nodes' channels).
template <class Which>
struct Output {};

/// A small graph of nodes. Parts: Inputs<n>, Preprocess<...>, Node<...> one after another, Output<...>.
template <class... Parts>
struct Cell {};

/// Cells of two inputs one after another, each fed by its two predecessors (DARTS).
template <class... Cells>
struct CellStack {};

}  // namespace hwnas
