#include "io/json_leaves.h"

#include <utility>

#include "text/json_scalar_events.h"
#include "text/words.h"

namespace clearformer {
namespace {

using Visit = std::function<Status(const JsonPath&, const JsonValue&)>;

// Who keeps the path to where the events are.
class LeafReader final : public JsonScalarEvents {
 public:
  LeafReader(std::string_view what, std::size_t size, const Visit& visit)
      : what_(what), size_(size), visit_(visit) {}

  Status take_status() { return std::move(status_); }

  bool start_object(std::size_t) override { return open(""); }
  bool key(std::string& name) override {
    path_.back() = std::move(name);
    return true;
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open("[]"); }
  bool end_array() override { return close(); }

  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::json::exception& error) override {
    if (error.id == kNumberOverflow) return fail("has the number " + token.substr(0, 60));
    return fail("is not valid JSON: " + describe_json_fault(position, token, size_));
  }

 private:
  bool open(const char* name) {
    if (path_.size() >= kMaxJsonDepth)
      return fail("has values nested deeper than " + std::to_string(kMaxJsonDepth) + " levels");
    path_.emplace_back(name);
    return true;
  }
  bool close() {
    path_.pop_back();
    return true;
  }
  bool value(JsonValue given) override {
    status_ = visit_(path_, given);
    return status_.ok();
  }
  bool fail(const std::string& reason) {
    status_ = Error{"file", "", std::string(what_) + " " + reason + "."};
    return false;
  }

  std::string_view what_;
  std::size_t size_;  // of the JSON
  const Visit& visit_;
  JsonPath path_;
  Status status_;
};

}  // namespace

Status read_json_leaves(std::string_view json, std::string_view what, const Visit& visit) {
  if (const auto zero = find_zero_byte(json)) {
    return Error{"file", "", std::string(what) + " is not valid JSON: " + *zero + "."};
  }
  LeafReader reader(what, json.size(), visit);
  parse_json(json, reader);
  return reader.take_status();
}

}  // namespace clearformer
