#include "text/json_object.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "text/json_scalar_events.h"
#include "text/utf8.h"
#include "text/words.h"

namespace clearformer {
namespace {

// Of whose events only one level of an object is wanted.
class ObjectReader final : public JsonScalarEvents {
 public:
  using Visit = std::function<Status(const std::string&, const JsonValue&)>;

  ObjectReader(std::string_view what, std::size_t size, const Visit& visit)
      : what_(what), size_(size), visit_(visit) {}

  Status take_status() { return std::move(status_); }

  bool start_object(std::size_t) override {
    if (open_) return value({.shown = "an object"});
    open_ = true;
    return true;
  }
  bool key(std::string& name) override {
    name_ = std::move(name);
    return true;
  }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return value({.shown = "a list"}); }
  bool end_array() override { return true; }

  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::json::exception& error) override {
    if (error.id == kNumberOverflow) return value({.shown = token.substr(0, 60)});
    return fail("is not valid JSON: " + describe_json_fault(position, token, size_));
  }

 private:
  bool value(JsonValue given) override {
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
  parse_json(json, reader);
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

// By hand, because nlohmann's writer of whole trees would be 7 kB of what a browser loads.
std::string json_string(std::string_view text) {
  constexpr std::string_view kEscaped = "\"\\\b\f\n\r\t", kLetters = "\"\\bfnrt";
  std::string json = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Step step = decode_utf8_at(text, i);
    if (const std::size_t at = kEscaped.find(text[i]); at != std::string_view::npos) {
      json += '\\';
      json += kLetters[at];
    } else if (step.character < ' ') {
      json += "\\u00" + hex_byte(static_cast<unsigned char>(text[i])).substr(2);
    } else {
      append_utf8(step.character, json);
    }
    i += step.length;
  }
  return json + "\"";
}

}  // namespace clearformer
