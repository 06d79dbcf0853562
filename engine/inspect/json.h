#pragma once

#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/json_object.h"
#include "text/words.h"

namespace clearformer {

// Writes one JSON object, member by member. Numbers are exact; what is not finite is null.
class JsonWriter {
 public:
  void number(std::string_view name, double value) {
    member(name) += std::isfinite(value) ? format_number(value) : "null";
  }
  void string(std::string_view name, std::string_view value) { member(name) += json_string(value); }
  void boolean(std::string_view name, bool value) { member(name) += value ? "true" : "false"; }

  // A list of objects: write(element) writes the members of each.
  template <class T, class Write>
  void list(std::string_view name, const std::vector<T>& elements, Write&& write) {
    member(name) += '[';
    for (const T& element : elements) {
      json_ += json_.back() == '[' ? "{" : ",{";
      write(element);
      json_ += '}';
    }
    json_ += ']';
  }

  std::string take() { return std::move(json_) + "}"; }

 private:
  std::string& member(std::string_view name) {
    if (json_.back() != '{') json_ += ',';
    return json_ += json_string(name) + ":";
  }

  std::string json_ = "{";
};

}  // namespace clearformer
