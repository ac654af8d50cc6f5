// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  From a type tag's address back to the type inside a space: only needed to name a culprit in a compile error.
#pragma once

#include <type_traits>

#include <boost/hana/bool.hpp>
#include <boost/hana/equal.hpp>
#include <boost/hana/find_if.hpp>
#include <boost/hana/optional.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>

#include "hwnas/core/shape.hpp"
#include "hwnas/meta/fixed_string.hpp"
#include "hwnas/meta/type_tag.hpp"
#include "hwnas/space/nodes.hpp"

namespace hwnas {
namespace detail {

struct NotFound {};

template <TypeId Tag, class Node, bool Found = Tag == &type_tag<Node>>
struct find_type;

template <TypeId Tag>
struct holds {
  template <class Node>
  constexpr auto operator()(boost::hana::basic_type<Node>) const {
    return boost::hana::bool_c<!std::is_same_v<typename find_type<Tag, Node>::type, NotFound>>;
  }
};

// The first of several types that contains the tag.
template <TypeId Tag, class... Nodes>
struct find_among {
  static constexpr auto get() {
    constexpr auto node = decltype(boost::hana::find_if(boost::hana::tuple_t<Nodes...>, holds<Tag>{})){};
    if constexpr (node == boost::hana::nothing) {
      return boost::hana::type_c<NotFound>;
    } else {
      return boost::hana::type_c<typename find_type<Tag, typename std::remove_cvref_t<decltype(*node)>::type>::type>;
    }
  }
  using type = typename decltype(get())::type;
};

// What a node is made of, for each form of template head that nodes have.
template <TypeId Tag, class Node>
struct find_inside {
  using type = NotFound;
};
template <TypeId Tag, template <class...> class Node, class... Parts>
struct find_inside<Tag, Node<Parts...>> : find_among<Tag, Parts...> {};
template <TypeId Tag, template <fixed_string, class> class Node, fixed_string Label, class Part>
struct find_inside<Tag, Node<Label, Part>> : find_type<Tag, Part> {};
template <TypeId Tag, template <class, int, int> class Node, class Part, int Min, int Max>
struct find_inside<Tag, Node<Part, Min, Max>> : find_type<Tag, Part> {};
template <TypeId Tag, template <int, class> class Node, int Number, class Part>
struct find_inside<Tag, Node<Number, Part>> : find_type<Tag, Part> {};
template <TypeId Tag, template <int, class, class> class Node, int Number, class First, class Second>
struct find_inside<Tag, Node<Number, First, Second>> : find_among<Tag, First, Second> {};
// By name: as a template head, <class, Shape...> would also match Act<ReLU> with GCC.
template <TypeId Tag, class Part, Shape... Shapes>
struct find_inside<Tag, Input<Part, Shapes...>> : find_type<Tag, Part> {};

template <TypeId Tag, class Node, bool Found>
struct find_type : find_inside<Tag, Node> {};
template <TypeId Tag, class Node>
struct find_type<Tag, Node, true> {
  using type = Node;
};

}  // namespace detail

/// The type inside Space whose tag this is.
template <TypeId Tag, class Space>
using TypeOfTag = typename detail::find_type<Tag, Space>::type;

}  // namespace hwnas
