#include "text/json_object.h"

#include <gtest/gtest.h>

namespace clearformer {
namespace {

// Every member as "name=shown;", and an error for what is no plain value.
std::string read(std::string_view json) {
  std::string members;
  const Status status = read_json_object(
      json, "The thing", [&](const std::string& name, const JsonValue& value) -> Status {
        members += name + "=" + value.shown + ";";
        if (value.type == JsonValue::Type::other) return Error{"usage", name, "no " + value.shown};
        return {};
      });
  return status.ok() ? members : members + status.error().message;
}

TEST(JsonObject, MembersComeInTheirOrderRepeatedOnesToo) {
  EXPECT_EQ(read("{}"), "");
  EXPECT_EQ(read(" {\"b\":1,\"a\":-2.50,\"b\":true,\"c\":\"x\\ny\",\"\":1e3}\n"),
            "b=1;a=-2.5;b=true;c=\"x\\x0Ay\";=1000;");
  EXPECT_EQ(read("{\"big\":18446744073709551616}"), "big=18446744073709552000;");
}

TEST(JsonObject, ValuesThatAreNotPlainEndIt) {
  EXPECT_EQ(read("{\"a\":null,\"b\":1}"), "a=null;no null");
  EXPECT_EQ(read("{\"a\":[1],\"b\":1}"), "a=a list;no a list");
  EXPECT_EQ(read("{\"a\":{\"b\":1}}"), "a=an object;no an object");
  EXPECT_EQ(read("{\"a\":1e400}"), "a=1e400;no 1e400");
  EXPECT_EQ(read("{\"a\":-1e400}"), "a=-1e400;no -1e400");
}

TEST(JsonObject, OnlyAnObjectWillDo) {
  EXPECT_EQ(read("[1]"), "The thing must be a JSON object; this is a list.");
  EXPECT_EQ(read("5"), "The thing must be a JSON object; this is 5.");
  EXPECT_EQ(read("\"x\""), "The thing must be a JSON object; this is \"x\".");
  EXPECT_EQ(read("1e400"), "The thing must be a JSON object; this is 1e400.");
}

TEST(JsonObject, BrokenJsonIsPlaced) {
  EXPECT_EQ(read(""), "The thing is not valid JSON: it ends too early.");
  EXPECT_EQ(read("{\"a\":1"), "a=1;The thing is not valid JSON: it ends too early.");
  EXPECT_EQ(read("{\"a\":x}"),
            "The thing is not valid JSON: it breaks at byte 6, after \"\\\"a\\\":x\".");
  EXPECT_EQ(read("{\"a\":NaN}"),
            "The thing is not valid JSON: it breaks at byte 6, after \"\\\"a\\\":N\".");
  EXPECT_EQ(read("{'a':1}"), "The thing is not valid JSON: it breaks at byte 2, after \"{'\".");
  EXPECT_EQ(read("{\"a\":1,}"),
            "a=1;The thing is not valid JSON: it breaks at byte 8, after \"1,}\".");
  EXPECT_EQ(read("{} {}"), "The thing is not valid JSON: it breaks at byte 4, after \"{} {\".");
  EXPECT_NE(read("{\"\xFF\":1}").find("not valid JSON"), std::string::npos);
}

TEST(JsonObject, AZeroByteIsNotTheEnd) {
  using namespace std::string_literals;
  EXPECT_EQ(read("{\"a\":1}\0garbage"s),
            "The thing is not valid JSON: it has a zero byte at offset 7.");
}

TEST(JsonObject, DepthCostsNothing) {
  EXPECT_EQ(read("{\"a\":" + std::string(1'000'000, '[')), "a=a list;no a list");
  EXPECT_EQ(read(std::string(1'000'000, '[')), "The thing must be a JSON object; this is a list.");
}

TEST(JsonObject, EveryCutOfAnObjectIsAnError) {
  const std::string whole = "{\"a\":true,\"b\":-1.5e-3,\"c\":\"\\u00e9\"}";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(read(whole.substr(0, size)).find("not valid JSON"), std::string::npos) << size;
  }
}

TEST(JsonObject, StringsAreEscapedAndAlwaysUtf8) {
  EXPECT_EQ(json_string("a\"b\\\n\x01é"), "\"a\\\"b\\\\\\n\\u0001é\"");
  EXPECT_EQ(json_string("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
}

}  // namespace
}  // namespace clearformer
