#include "io/safetensors_header.h"

#include <limits>
#include <utility>

#include "text/json_events.h"
#include "text/json_object.h"
#include "text/words.h"

namespace clearformer {
namespace {

Error header_error(const std::string& reason) {
  return {"file", "", "The file's header is broken: " + reason + "."};
}

// nlohmann's events as a small state machine. Repeated keys show only here, a parsed tree hides
// them; and nothing is kept for what the format does not allow, however deep. Returning false ends
// the parse.
class HeaderReader final : public JsonEvents {
 public:
  explicit HeaderReader(std::size_t size) : size_(size) {}

  Status take_status() { return std::move(status_); }
  SafetensorsHeader take_header() { return std::move(header_); }

  bool null() override { return unexpected("null"); }
  bool boolean(bool) override { return unexpected("a boolean"); }
  bool number_integer(std::int64_t given) override { return unexpected(std::to_string(given)); }
  bool number_float(double given, const std::string&) override {
    return unexpected(format_number(given));
  }
  bool binary(nlohmann::json::binary_t&) override {
    return unexpected("bytes");
  }  // never in JSON text
  bool number_unsigned(std::uint64_t given) override;
  bool string(std::string& given) override;
  bool start_object(std::size_t) override;
  bool key(std::string& name) override;
  bool end_object() override;
  bool start_array(std::size_t) override;
  bool end_array() override;
  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::json::exception&) override;

 private:
  enum class State { start, header, metadata, entry, dtype, shape, offsets };

  TensorEntry& entry() { return header_.entries.back(); }
  bool fail(const std::string& message);
  bool unexpected(const std::string& given);
  // Marks a part of the header as given; fails where it was given before.
  bool once(bool& given, const std::string& part);

  std::size_t size_;  // of the JSON
  State state_ = State::start;
  std::string key_;  // of the header or the metadata
  bool has_metadata_ = false;
  bool has_dtype_ = false, has_shape_ = false, has_offsets_ = false;
  bool in_array_ = false;
  int n_offsets_ = 0;
  SafetensorsHeader header_;
  Status status_;
};

bool HeaderReader::fail(const std::string& message) {
  status_ = header_error(message);
  return false;
}

bool HeaderReader::unexpected(const std::string& given) {
  switch (state_) {
    case State::start:
      return fail("it is " + given + ", not an object");
    case State::header:
      return fail(in_quotes(key_) + " is " + given + "; it must be an object");
    case State::metadata:
      return fail("the metadata " + in_quotes(key_) + " is " + given + "; it must be a string");
    case State::entry:
    case State::dtype:
      return fail("the dtype of " + in_quotes(key_) + " is " + given + "; it must be a string");
    case State::shape:
      return fail("the shape of " + in_quotes(key_) + " has " + given +
                  "; it must be a list of whole numbers from 0");
    case State::offsets:
      return fail("the data_offsets of " + in_quotes(key_) + " have " + given +
                  "; they must be a list of two whole numbers from 0");
  }
  return false;
}

bool HeaderReader::number_unsigned(std::uint64_t given) {
  constexpr auto kMaxDimension =
      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (in_array_ && state_ == State::shape && given <= kMaxDimension) {
    entry().tensor.shape.push_back(static_cast<std::int64_t>(given));
    return true;
  }
  if (in_array_ && state_ == State::offsets && n_offsets_ < 2) {
    (n_offsets_++ == 0 ? entry().begin : entry().end) = given;
    return true;
  }
  return unexpected(std::to_string(given));
}

bool HeaderReader::string(std::string& given) {
  if (state_ == State::metadata) {
    const bool added = header_.metadata.try_emplace(key_, std::move(given)).second;
    return added || fail("the metadata " + in_quotes(key_) + " is given twice");
  }
  if (state_ != State::dtype) return unexpected(in_quotes(given));
  const std::optional<DType> dtype = dtype_from_name(given);
  if (!dtype) {
    return fail("the dtype of " + in_quotes(key_) + " is " + in_quotes(given) +
                ", which is unknown; F32, F16 and BF16 are examples of known ones");
  }
  entry().tensor.dtype = *dtype;
  state_ = State::entry;
  return true;
}

bool HeaderReader::start_object(std::size_t) {
  if (state_ == State::start) {
    state_ = State::header;
    return true;
  }
  if (state_ != State::header) return unexpected("an object");
  if (key_ == kMetadataKey) {
    if (!once(has_metadata_, "the metadata")) return false;
    state_ = State::metadata;
    return true;
  }
  const std::size_t index = header_.entries.size();
  header_.entries.emplace_back().index = index;
  entry().tensor.name = key_;
  has_dtype_ = has_shape_ = has_offsets_ = false;
  state_ = State::entry;
  return true;
}

bool HeaderReader::key(std::string& name) {
  if (state_ != State::entry) {
    key_ = std::move(name);
    return true;
  }
  if (name == "dtype") {
    state_ = State::dtype;
    return once(has_dtype_, "the dtype of " + in_quotes(key_));
  }
  if (name == "shape") {
    state_ = State::shape;
    return once(has_shape_, "the shape of " + in_quotes(key_));
  }
  if (name == "data_offsets") {
    state_ = State::offsets;
    n_offsets_ = 0;
    return once(has_offsets_, "the data_offsets of " + in_quotes(key_));
  }
  return fail("the tensor " + in_quotes(key_) + " has an entry " + in_quotes(name) +
              "; only dtype, shape and data_offsets are allowed");
}

bool HeaderReader::end_object() {
  if (state_ == State::entry) {
    const char* const missing = !has_dtype_     ? "dtype"
                                : !has_shape_   ? "shape"
                                : !has_offsets_ ? "data_offsets"
                                                : nullptr;
    if (missing) return fail("the tensor " + in_quotes(key_) + " has no " + missing);
  }
  state_ = State::header;  // at the header's own end nothing follows
  return true;
}

bool HeaderReader::start_array(std::size_t) {
  const bool expected = state_ == State::shape || state_ == State::offsets;
  if (!expected || in_array_) return unexpected("a list");
  in_array_ = true;
  return true;
}

bool HeaderReader::end_array() {
  in_array_ = false;
  if (state_ == State::offsets && n_offsets_ != 2) {
    return unexpected("only " + counted(n_offsets_, "number"));
  }
  state_ = State::entry;
  return true;
}

bool HeaderReader::parse_error(std::size_t position, const std::string& token,
                               const nlohmann::json::exception&) {
  return fail("as JSON, " + describe_json_fault(position, token, size_));
}

bool HeaderReader::once(bool& given, const std::string& part) {
  if (given) return fail(part + " is there twice");
  given = true;
  return true;
}

}  // namespace

Result<SafetensorsHeader> parse_safetensors_header(std::string_view json) {
  HeaderReader reader(json.size());
  if (const auto zero = find_zero_byte(json)) return header_error(*zero);
  parse_json(json, reader);
  Status status = reader.take_status();
  if (!status.ok()) return status.error();
  return reader.take_header();
}

}  // namespace clearformer
