#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "text/json_object.h"

namespace clearformer {

// Where a value stands in a JSON document: the names of the members that lead to it, the outermost
// first. An element of a list has the name "[]".
using JsonPath = std::vector<std::string>;

// Deeper than any file of a model; what is deeper is refused.
inline constexpr std::size_t kMaxJsonDepth = 32;

// Reads any JSON and calls visit(path, value) for each value that is neither an object nor a list,
// in the document's order, repeated names included; the first error that visit returns ends it. It
// keeps only the path, so that length costs no memory. `what` begins a message: "config.json".
// A null, or a number beyond double's range, is a value of type `other`.
Status read_json_leaves(
    std::string_view json, std::string_view what,
    const std::function<Status(const JsonPath& path, const JsonValue& value)>& visit);

}  // namespace clearformer
