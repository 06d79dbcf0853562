#pragma once

#include <optional>
#include <string>
#include <utility>

#include "base/check.h"

namespace clearformer {

// What is wrong with an input, said so that a person can mend it.
struct Error {
  std::string code;     // "setting", "text", "file", "memory", "state" or "usage"
  std::string where;    // the setting's name where code is "setting", else empty
  std::string message;  // one sentence: what was given and what is allowed
};

// A value, or the reason why there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return value_.has_value(); }
  T& value() {
    CHECK(ok());
    return *value_;
  }
  const T& value() const {
    CHECK(ok());
    return *value_;
  }
  const Error& error() const {
    CHECK(!ok());
    return error_;
  }

 private:
  std::optional<T> value_;
  Error error_;
};

// A Result of nothing: `return {};` where all is well.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : ok_(false), error_(std::move(error)) {}

  bool ok() const { return ok_; }
  const Error& error() const {
    CHECK(!ok_);
    return error_;
  }

 private:
  bool ok_ = true;
  Error error_;
};

}  // namespace clearformer
