#include "io/json_leaves.h"

#include <gtest/gtest.h>

namespace clearformer {
namespace {

// Every leaf as "a.b=shown;", then the error's message.
std::string read(std::string_view json, std::string_view refused = "") {
  std::string leaves;
  const Status status =
      read_json_leaves(json, "The thing", [&](const JsonPath& path, const JsonValue& value) {
        for (const std::string& name : path) leaves += (&name == &path[0] ? "" : ".") + name;
        leaves += "=" + value.shown + ";";
        return value.shown == refused ? Status(Error{"file", "", "refused"}) : Status();
      });
  return status.ok() ? leaves : leaves + status.error().message;
}

TEST(JsonLeaves, ComeInTheirOrderWithTheirPaths) {
  EXPECT_EQ(read(R"({"a":1,"b":{"c":"x","d":[true,{"e":null}]},"a":-2.5})"),
            "a=1;b.c=\"x\";b.d.[]=true;b.d.[].e=null;a=-2.5;");
  EXPECT_EQ(read(R"({"a":{},"b":[],"c":[[3],4]})"), "c.[].[]=3;c.[]=4;");
  EXPECT_EQ(read(" 7 "), "=7;");
}

TEST(JsonLeaves, AnErrorEndsIt) {
  EXPECT_EQ(read(R"({"a":1,"b":2,"c":3})", "2"), "a=1;b=2;refused");
}

TEST(JsonLeaves, WhatIsBrokenIsSaid) {
  EXPECT_EQ(read(R"({"a":1)"), "a=1;The thing is not valid JSON: it ends too early.");
  EXPECT_EQ(read(R"({"a":1e999})"), "The thing has the number 1e999.");
  EXPECT_EQ(read(std::string_view("{}\0{}", 5)),
            "The thing is not valid JSON: it has a zero byte at offset 2.");
}

TEST(JsonLeaves, DepthIsBounded) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + "1" + std::string(depth, ']');
  };
  EXPECT_TRUE(read(nested(kMaxJsonDepth)).ends_with("=1;"));
  EXPECT_EQ(read(nested(kMaxJsonDepth + 1)), "The thing has values nested deeper than 32 levels.");
  EXPECT_EQ(read(std::string(1'000'000, '[')),
            "The thing has values nested deeper than 32 levels.");
}

}  // namespace
}  // namespace clearformer
