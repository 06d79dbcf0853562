#pragma once

#include <string>
#include <utility>

#include "text/json_events.h"
#include "text/json_object.h"
#include "text/words.h"

namespace clearformer {

// nlohmann's events with those of scalars brought to one: value(). Returning false ends the parse.
class JsonScalarEvents : public JsonEvents {
 public:
  bool null() final { return value({.shown = "null"}); }
  bool boolean(bool given) final {
    return value(
        {.type = JsonValue::Type::boolean, .boolean = given, .shown = given ? "true" : "false"});
  }
  bool number_integer(std::int64_t given) final { return number(static_cast<double>(given)); }
  bool number_unsigned(std::uint64_t given) final { return number(static_cast<double>(given)); }
  bool number_float(double given, const std::string&) final { return number(given); }
  bool string(std::string& given) final {
    std::string shown = in_quotes(given);
    return value(
        {.type = JsonValue::Type::string, .string = std::move(given), .shown = std::move(shown)});
  }
  bool binary(nlohmann::json::binary_t&) final { return value({}); }  // never in JSON text

 protected:
  // What nlohmann's parse_error says of a number beyond double's range.
  static constexpr int kNumberOverflow = 406;

  virtual bool value(JsonValue given) = 0;

 private:
  bool number(double given) {
    return value({.type = JsonValue::Type::number, .number = given, .shown = format_number(given)});
  }
};

}  // namespace clearformer
