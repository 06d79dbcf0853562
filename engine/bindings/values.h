#pragma once

#include <emscripten/val.h>

#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace clearformer::bindings {

// Typed arrays, so that the generated definitions say more than `any`.
EMSCRIPTEN_DECLARE_VAL_TYPE(Bytes);
EMSCRIPTEN_DECLARE_VAL_TYPE(Floats);
EMSCRIPTEN_DECLARE_VAL_TYPE(Strings);

// What a report starts with.
inline Bytes no_bytes() {
  return Bytes(emscripten::val::undefined());
}
inline Floats no_floats() {
  return Floats(emscripten::val::undefined());
}
inline Strings no_strings() {
  return Strings(emscripten::val::undefined());
}

// A copy that belongs to JavaScript: memory may grow and move under a view.
inline Bytes copy_bytes(std::span<const std::uint8_t> bytes) {
  return Bytes(emscripten::val::global("Uint8Array")
                   .new_(emscripten::typed_memory_view(bytes.size(), bytes.data())));
}
inline Floats copy_floats(std::span<const float> numbers) {
  return Floats(emscripten::val::global("Float32Array")
                    .new_(emscripten::typed_memory_view(numbers.size(), numbers.data())));
}
inline Strings copy_strings(const std::vector<std::string>& strings) {
  return Strings(emscripten::val::array(strings));
}

// How many bytes JavaScript offers, before any are copied.
inline std::size_t size_of(const Bytes& bytes) {
  return bytes["length"].as<std::size_t>();
}

// A copy that belongs to C++; T is a container of bytes.
template <class T>
T bytes_of(const Bytes& bytes) {
  T copy(size_of(bytes), 0);
  emscripten::val(
      emscripten::typed_memory_view(copy.size(), reinterpret_cast<std::uint8_t*>(copy.data())))
      .call<void>("set", bytes);
  return copy;
}

// The error of a result; code is empty where all is well.
template <class R>
Error error_of(const R& result) {
  return result.ok() ? Error{} : result.error();
}

}  // namespace clearformer::bindings
