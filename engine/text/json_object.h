#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace clearformer {

// One value of a JSON object, as somebody else wrote it.
struct JsonValue {
  enum class Type { boolean, number, string, other };
  Type type = Type::other;  // other: null, a list, an object, a number beyond double's range
  bool boolean = false;
  double number = 0;
  std::string string = {};
  std::string shown;  // the value as a message shows it
};

// Reads a JSON object of plain values and calls visit(name, value) for each member in its order,
// repeated names included; the first error that visit returns ends it. It keeps nothing, so that
// depth and length of the input cost no memory. `what` begins a message: "The recipe".
//
// A value of type `other` ends the reading after its visit: visit must answer it with an error.
Status read_json_object(std::string_view json, std::string_view what,
                        const std::function<Status(const std::string&, const JsonValue&)>& visit);

// Where JSON of `size` bytes breaks, from what nlohmann's parser reports: how many bytes it took
// and the last of them.
std::string describe_json_fault(std::size_t position, std::string_view read, std::size_t size);

// What is wrong with JSON that has a zero byte: nlohmann's parser takes that for the end of its
// input and would accept whatever follows.
std::optional<std::string> find_zero_byte(std::string_view json);

// `text` as a JSON string, with its quotation marks. What is not UTF-8 is replaced.
std::string json_string(std::string_view text);

}  // namespace clearformer
