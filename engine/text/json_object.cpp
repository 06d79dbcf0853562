#include "text/json_object.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "text/words.h"

namespace clearformer {
namespace {

// nlohmann's events, of which only one level of an object is wanted. Returning false ends the
// parse.
class ObjectReader {
 public:
  using Visit = std::function<Status(const std::string&, const JsonValue&)>;

  ObjectReader(std::string_view what, std::size_t size, const Visit& visit)
      : what_(what), size_(size), visit_(visit) {}

  Status take_status() { return std::move(status_); }

  bool null() { return value({.shown = "null"}); }
  bool boolean(bool given) {
    return value(
        {.type = JsonValue::Type::boolean, .boolean = given, .shown = given ? "true" : "false"});
  }
  bool number_integer(std::int64_t given) { return number(static_cast<double>(given)); }
  bool number_unsigned(std::uint64_t given) { return number(static_cast<double>(given)); }
  bool number_float(double given, const std::string&) { return number(given); }
  bool string(std::string& given) {
    std::string shown = in_quotes(given);
    return value(
        {.type = JsonValue::Type::string, .string = std::move(given), .shown = std::move(shown)});
  }
  bool binary(nlohmann::json::binary_t&) { return value({}); }  // never in JSON text

  bool start_object(std::size_t) {
    if (open_) return value({.shown = "an object"});
    open_ = true;
    return true;
  }
  bool key(std::string& name) {
    name_ = std::move(name);
    return true;
  }
  bool end_object() { return true; }
  bool start_array(std::size_t) { return value({.shown = "a list"}); }
  bool end_array() { return true; }

  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::json::exception& error) {
    constexpr int kNumberOverflow = 406;
    if (error.id == kNumberOverflow) return value({.shown = token.substr(0, 60)});
    return fail("is not valid JSON: " + describe_json_fault(position, token, size_));
  }

 private:
  bool number(double given) {
    return value({.type = JsonValue::Type::number, .number = given, .shown = format_number(given)});
  }
  bool value(JsonValue given) {
    if (!open_) return fail("must be a JSON object; this is " + given.shown);
    status_ = visit_(name_, given);
    CHECK(given.type != JsonValue::Type::other || !status_.ok());
    return status_.ok();
  }
  bool fail(const std::string& reason) {
    status_ = Error{"usage", "", std::string(what_) + " " + reason + "."};
    return false;
  }

  std::string_view what_;
  std::size_t size_;  // of the JSON
  const Visit& visit_;
  bool open_ = false;
  std::string name_;
  Status status_;
};

}  // namespace

Status read_json_object(std::string_view json, std::string_view what,
                        const std::function<Status(const std::string&, const JsonValue&)>& visit) {
  if (const auto zero = find_zero_byte(json)) {
    return Error{"usage", "", std::string(what) + " is not valid JSON: " + *zero + "."};
  }
  ObjectReader reader(what, json.size(), visit);
  nlohmann::json::sax_parse(json.begin(), json.end(), &reader);
  return reader.take_status();
}

std::string describe_json_fault(std::size_t position, std::string_view read, std::size_t size) {
  if (position > size) return "it ends too early";
  constexpr std::size_t kShown = 20;
  const std::string_view tail = read.substr(read.size() - std::min(read.size(), kShown));
  return "it breaks at byte " + with_commas(position) + ", after " + in_quotes(tail);
}

std::optional<std::string> find_zero_byte(std::string_view json) {
  const std::size_t zero = json.find('\0');
  if (zero == std::string_view::npos) return std::nullopt;
  return "it has a zero byte at offset " + with_commas(zero);
}

std::string json_string(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace clearformer
