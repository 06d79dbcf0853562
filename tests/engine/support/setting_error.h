#pragma once

#include <gtest/gtest.h>

#include <string>

namespace clearformer::test {

// "where: message", or "" where there is no error.
template <class R>
std::string error_of(const R& result) {
  if (result.ok()) return "";
  EXPECT_EQ(result.error().code, "setting") << result.error().message;
  return result.error().where + ": " + result.error().message;
}

}  // namespace clearformer::test
