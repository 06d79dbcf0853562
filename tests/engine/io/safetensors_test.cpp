#include "io/safetensors.h"

#include <gtest/gtest.h>

#include <array>
#include <string_view>

#include "text/words.h"

namespace clearformer {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kLengthBytes = 8;

Bytes with_length(std::uint64_t length, std::string_view header, std::size_t data_size) {
  Bytes bytes;
  for (int shift = 0; shift < 64; shift += 8) {
    bytes.push_back(static_cast<std::uint8_t>(length >> shift));
  }
  bytes.insert(bytes.end(), header.begin(), header.end());
  for (std::size_t i = 0; i < data_size; ++i) bytes.push_back(static_cast<std::uint8_t>(i));
  return bytes;
}

Bytes file_of(std::string_view header, std::size_t data_size = 0) {
  return with_length(header.size(), header, data_size);
}

// What is wrong with bytes; "" where nothing is.
std::string error_of(const Bytes& bytes) {
  const Result<Safetensors> file = read_safetensors(bytes);
  if (file.ok()) return "";
  EXPECT_EQ(file.error().code, "file");
  EXPECT_EQ(file.error().where, "");
  return file.error().message;
}

// ... with a header. The file has as many bytes of data as the test gives.
std::string header_error(std::string_view header, std::size_t data_size = 0) {
  return error_of(file_of(header, data_size));
}

std::string broken(std::string_view reason) {
  return "The file's header is broken: " + std::string(reason) + ".";
}

constexpr std::array<float, 6> kFloats = {1, -2, 3.5, 0, 1e-30f, 7};
constexpr std::array<std::int64_t, 2> kIntegers = {-1, 1LL << 40};
constexpr std::array<std::uint8_t, 3> kText = {'a', 'b', 'c'};

// Every kind of thing that a file can have.
Bytes whole_file() {
  const std::array tensors = {
      make_tensor("wte.weight", {2, 3}, std::span<const float>(kFloats)),
      make_tensor("none", {0, 5}, std::span<const float>()),
      make_tensor("also none", {0}, std::span<const float>()),
      make_tensor("step", {2}, std::span<const std::int64_t>(kIntegers)),
      make_tensor("one", {}, std::span<const float>(kFloats).first(1)),
      make_tensor("text \"é\"", {3}, std::span<const std::uint8_t>(kText)),
  };
  return write_safetensors(tensors, {{"format", "x"}, {"json", "{\"a\":\"\\n\"}"}, {"", ""}});
}

TEST(Safetensors, TheFileIsExactlyAsTheFormatSays) {
  const std::array tensors = {make_tensor("a", {3}, std::span<const std::uint8_t>(kText))};
  const std::string header =
      R"({"__metadata__":{"k":"v"},"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}})";
  const std::string padding((8 - header.size() % 8) % 8, ' ');
  Bytes expected = file_of(header + padding);
  expected.insert(expected.end(), kText.begin(), kText.end());
  EXPECT_EQ(write_safetensors(tensors, {{"k", "v"}}), expected);
  EXPECT_EQ(write_safetensors({}, {}), file_of("{}      "));
}

TEST(Safetensors, ComesBack) {
  const Bytes bytes = whole_file();
  const Result<Safetensors> read = read_safetensors(bytes);
  ASSERT_TRUE(read.ok()) << read.error().message;
  const Safetensors& file = read.value();
  ASSERT_EQ(file.tensors.size(), 6u);
  EXPECT_EQ(file.tensors[0].name, "wte.weight");
  EXPECT_EQ(file.tensors[0].dtype, DType::f32);
  EXPECT_EQ(file.tensors[0].shape, (std::vector<std::int64_t>{2, 3}));
  std::array<float, 6> floats = {};
  copy_values(file.tensors[0], std::span<float>(floats));
  EXPECT_EQ(floats, kFloats);
  EXPECT_EQ(file.tensors[1].name, "none");
  EXPECT_EQ(file.tensors[2].name, "also none");
  EXPECT_TRUE(file.tensors[2].bytes.empty());
  std::array<std::int64_t, 2> integers = {};
  copy_values(file.tensors[3], std::span<std::int64_t>(integers));
  EXPECT_EQ(integers, kIntegers);
  EXPECT_TRUE(file.tensors[4].shape.empty());
  EXPECT_EQ(file.tensors[4].bytes.size(), sizeof(float));
  EXPECT_EQ(file.tensors[5].name, "text \"é\"");
  EXPECT_EQ(file.metadata.at("json"), "{\"a\":\"\\n\"}");
  EXPECT_EQ(file.metadata.at(""), "");
  EXPECT_EQ(write_safetensors(file.tensors, file.metadata), bytes);
  // Views, and the first at a multiple of 8 bytes.
  EXPECT_GE(file.tensors[0].bytes.data(), bytes.data());
  EXPECT_EQ((file.tensors[0].bytes.data() - bytes.data()) % 8, 0);
}

TEST(Safetensors, TensorsMayStandInTheHeaderInAnyOrder) {
  const Bytes bytes = file_of(R"({"b":{"data_offsets":[2,3],"shape":[1],"dtype":"I8"},)"
                              R"("a":{"dtype":"BF16","shape":[1,1],"data_offsets":[0,2]}} )",
                              3);
  const Result<Safetensors> read = read_safetensors(bytes);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read.value().tensors[0].name, "a");
  EXPECT_EQ(read.value().tensors[1].name, "b");
  EXPECT_EQ(read.value().tensors[1].bytes[0], 2);
}

TEST(Safetensors, TensorsWithoutElementsKeepTheirOrder) {
  std::vector<NamedTensor> tensors;
  for (int i = 0; i < 100; ++i) {
    tensors.push_back(make_tensor(std::to_string(i), {0}, std::span<const float>()));
  }
  const Bytes bytes = write_safetensors(tensors, {});
  const Result<Safetensors> read = read_safetensors(bytes);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(write_safetensors(read.value().tensors, {}), bytes);
}

TEST(Safetensors, KnowsTheSizeOfEachType) {
  const std::map<std::string, std::size_t> sizes = {
      {"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"F8_E5M2", 1}, {"F8_E4M3", 1}, {"F8_E8M0", 1},
      {"I16", 2},  {"U16", 2}, {"F16", 2}, {"BF16", 2},    {"I32", 4},     {"U32", 4},
      {"F32", 4},  {"F64", 8}, {"I64", 8}, {"U64", 8},     {"C64", 8}};
  for (const auto& [name, size] : sizes) {
    const auto header = [&](std::size_t end) {
      return "{\"a\":{\"dtype\":\"" + name + "\",\"shape\":[3],\"data_offsets\":[0," +
             std::to_string(end) + "]}}";
    };
    const Bytes bytes = file_of(header(3 * size), 3 * size);
    const Result<Safetensors> read = read_safetensors(bytes);
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(dtype_name(read.value().tensors[0].dtype), name);
    EXPECT_EQ(dtype_size(read.value().tensors[0].dtype), size);
    EXPECT_EQ(header_error(header(3 * size + 1), 3 * size + 1),
              "The tensor \"a\" has " + std::to_string(3 * size + 1) +
                  " bytes; its type and shape need " + std::to_string(3 * size) + ".");
  }
}

TEST(Safetensors, EveryCutIsAnError) {
  const Bytes whole = whole_file();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string message = error_of(Bytes(whole.begin(), whole.begin() + size));
    if (size < kLengthBytes) {
      EXPECT_EQ(message, "This is not a safetensors file: it is " + counted(size, "byte") +
                             "; the length of its header alone takes 8.");
      continue;
    }
    EXPECT_TRUE(message.starts_with("This file ends after " + with_commas(size) + " of ")) << size;
    EXPECT_TRUE(message.ends_with("; it was cut short.")) << message;
  }
  const Bytes cut(whole.begin(), whole.end() - 1);
  EXPECT_EQ(error_of(cut), "This file ends after " + with_commas(cut.size()) + " of " +
                               with_commas(whole.size()) + " bytes; it was cut short.");
}

// Flipped bits may give another good file, but never views out of the bytes.
TEST(Safetensors, AnyFlippedBitIsSafe) {
  const Bytes whole = whole_file();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes bytes = whole;
      bytes[i] ^= 1 << bit;
      const Result<Safetensors> read = read_safetensors(bytes);
      if (!read.ok()) continue;
      for (const NamedTensor& tensor : read.value().tensors) {
        ASSERT_EQ(tensor_bytes(tensor.dtype, tensor.shape), tensor.bytes.size());
        if (tensor.bytes.empty()) continue;
        ASSERT_GE(tensor.bytes.data(), bytes.data());
        ASSERT_LE(tensor.bytes.data() + tensor.bytes.size(), bytes.data() + bytes.size());
      }
    }
  }
}

TEST(Safetensors, HeaderLengthsAreBounded) {
  const auto announced = [](std::uint64_t length) {
    return error_of(with_length(length, "{}", 0));
  };
  EXPECT_EQ(announced(~std::uint64_t{0}),
            "This is not a safetensors file: its first 8 bytes announce a header of "
            "18,446,744,073,709,551,615 bytes; at most 100,000,000 are allowed.");
  EXPECT_EQ(announced(100'000'001),
            "This is not a safetensors file: its first 8 bytes announce a header of 100,000,001 "
            "bytes; at most 100,000,000 are allowed.");
  EXPECT_EQ(announced(100'000'000),
            "This file ends after 10 of 100,000,008 bytes; it was cut short.");
  EXPECT_EQ(announced(0), "This is not a safetensors file: its header does not begin with {.");
  EXPECT_EQ(error_of(with_length(2, " {}", 0)),
            "This is not a safetensors file: its header does not begin with {.");
  const std::string_view text = "First Citizen:\nBefore we proceed any further, hear me speak.";
  EXPECT_TRUE(error_of(Bytes(text.begin(), text.end())).starts_with("This is not a safetensors"));
}

TEST(Safetensors, DataMustBeCoveredExactly) {
  const auto header = [](std::string_view a, std::string_view b) {
    return R"({"a":{"dtype":"U8","shape":[4],"data_offsets":)" + std::string(a) +
           R"(},"b":{"dtype":"U8","shape":[4],"data_offsets":)" + std::string(b) + "}}";
  };
  EXPECT_EQ(header_error(header("[0,4]", "[4,8]"), 8), "");
  EXPECT_EQ(header_error(header("[0,4]", "[5,9]"), 9),
            "The tensor \"b\" begins at byte 5 of the data; the tensors before it end at 4.");
  EXPECT_EQ(header_error(header("[0,4]", "[3,7]"), 7),
            "The tensor \"b\" begins at byte 3 of the data; the tensors before it end at 4.");
  EXPECT_EQ(header_error(header("[0,4]", "[0,4]"), 4),
            "The tensor \"b\" begins at byte 0 of the data; the tensors before it end at 4.");
  EXPECT_EQ(header_error(header("[1,5]", "[5,9]"), 9),
            "The tensor \"a\" begins at byte 1 of the data; the tensors before it end at 0.");
  EXPECT_EQ(header_error(header("[0,4]", "[8,4]"), 8),
            "The tensor \"b\" ends at byte 4, before it begins, at 8.");
  EXPECT_EQ(header_error(header("[0,4]", "[4,8]"), 9),
            "The file has 1 byte after the end of its last tensor; there must be none.");
  EXPECT_EQ(header_error("{}", 2),
            "The file has 2 bytes after the end of its last tensor; there must be none.");
}

TEST(Safetensors, ShapesBeyondSixtyFourBitsAreErrors) {
  const auto error = [](std::string_view shape, std::string_view end) {
    return header_error(R"({"a":{"dtype":"F32","shape":)" + std::string(shape) +
                        R"(,"data_offsets":[0,)" + std::string(end) + "]}}");
  };
  const std::string beyond = "The tensor \"a\" has a shape beyond 64 bits.";
  EXPECT_EQ(error("[9223372036854775807,9223372036854775807]", "4"), beyond);
  EXPECT_EQ(error("[4294967296,4294967296]", "0"), beyond);  // 2^64 elements
  EXPECT_EQ(error("[4611686018427387904]", "0"), beyond);    // 2^62 floats: 2^64 bytes
  EXPECT_EQ(error("[0,9223372036854775807]", "0"), "");
  EXPECT_EQ(error("[9223372036854775808]", "0"),
            broken("the shape of \"a\" has 9223372036854775808; it must be a list of whole numbers "
                   "from 0"));
  // Nearly as many bytes as 64 bits can count, in a file of none.
  EXPECT_TRUE(error("[4611686018427387903]", "18446744073709551612")
                  .ends_with(" of 18,446,744,073,709,551,612 bytes; it was cut short."));
}

TEST(Safetensors, AnythingTwiceIsAnError) {
  const std::string a = R"("a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  EXPECT_EQ(header_error("{" + a + "," + a + "}"), "The file's header has the tensor \"a\" twice.");
  EXPECT_EQ(header_error(R"({"__metadata__":{},"__metadata__":{}})"),
            broken("the metadata is there twice"));
  EXPECT_EQ(header_error(R"({"__metadata__":{"k":"v","k":"v"}})"),
            broken("the metadata \"k\" is given twice"));
  EXPECT_EQ(header_error(R"({"a":{"dtype":"U8","dtype":"U8"}})"),
            broken("the dtype of \"a\" is there twice"));
  EXPECT_EQ(header_error(R"({"a":{"shape":[],"shape":[]}})"),
            broken("the shape of \"a\" is there twice"));
  EXPECT_EQ(header_error(R"({"a":{"data_offsets":[0,0],"data_offsets":[0,0]}})"),
            broken("the data_offsets of \"a\" is there twice"));
}

TEST(Safetensors, EveryFieldMustBeThere) {
  EXPECT_EQ(header_error(R"({"a":{}})"), broken("the tensor \"a\" has no dtype"));
  EXPECT_EQ(header_error(R"({"a":{"dtype":"U8"}})"), broken("the tensor \"a\" has no shape"));
  EXPECT_EQ(header_error(R"({"a":{"dtype":"U8","shape":[]}})"),
            broken("the tensor \"a\" has no data_offsets"));
  EXPECT_EQ(header_error(R"({"a":{"kind":1}})"),
            broken("the tensor \"a\" has an entry \"kind\"; only dtype, shape and data_offsets are "
                   "allowed"));
}

TEST(Safetensors, EveryFieldMustHaveItsType) {
  EXPECT_EQ(header_error(R"({"a":{"dtype":"F4"}})"),
            broken("the dtype of \"a\" is \"F4\", which is unknown; F32, F16 and BF16 are examples "
                   "of known ones"));
  EXPECT_EQ(header_error(R"({"a":{"dtype":32}})"),
            broken("the dtype of \"a\" is 32; it must be a string"));
  EXPECT_EQ(header_error(R"({"a":5})"), broken("\"a\" is 5; it must be an object"));
  EXPECT_EQ(header_error(R"({"a":"x"})"), broken("\"a\" is \"x\"; it must be an object"));
  EXPECT_EQ(header_error(R"({"__metadata__":[]})"),
            broken("\"__metadata__\" is a list; it must be an object"));
  EXPECT_EQ(header_error(R"({"__metadata__":{"k":1}})"),
            broken("the metadata \"k\" is 1; it must be a string"));
  EXPECT_EQ(header_error(R"({"__metadata__":{"k":{"l":"v"}}})"),
            broken("the metadata \"k\" is an object; it must be a string"));
  for (const auto& [json, shown] : std::map<std::string, std::string>{{"5", "5"},
                                                                      {"[1.5]", "1.5"},
                                                                      {"[-1]", "-1"},
                                                                      {"[[1]]", "a list"},
                                                                      {"[{}]", "an object"},
                                                                      {"[\"1\"]", "\"1\""},
                                                                      {"[true]", "a boolean"},
                                                                      {"{}", "an object"},
                                                                      {"null", "null"}}) {
    EXPECT_EQ(
        header_error("{\"a\":{\"shape\":" + json + "}}"),
        broken("the shape of \"a\" has " + shown + "; it must be a list of whole numbers from 0"));
    EXPECT_EQ(header_error("{\"a\":{\"data_offsets\":" + json + "}}"),
              broken("the data_offsets of \"a\" have " + shown +
                     "; they must be a list of two whole numbers from 0"));
  }
  for (const auto& [json, shown] : std::map<std::string, std::string>{
           {"[]", "only 0 numbers"}, {"[7]", "only 1 number"}, {"[1,2,3]", "3"}}) {
    EXPECT_EQ(header_error("{\"a\":{\"data_offsets\":" + json + "}}"),
              broken("the data_offsets of \"a\" have " + shown +
                     "; they must be a list of two whole numbers from 0"));
  }
}

TEST(Safetensors, TheHeaderMustBeJson) {
  EXPECT_EQ(header_error("{"), broken("as JSON, it ends too early"));
  EXPECT_EQ(header_error("{x}"), broken("as JSON, it breaks at byte 2, after \"{x\""));
  EXPECT_EQ(header_error("{}}"), broken("as JSON, it breaks at byte 3, after \"{}}\""));
  EXPECT_EQ(header_error(std::string_view("{}\0 garbage", 11)),
            broken("it has a zero byte at offset 2"));
  EXPECT_NE(header_error("{\"\xFF\":1}"), "");
  EXPECT_NE(header_error(R"({"a":{"shape":[1e999]}})"), "");
}

TEST(Safetensors, DepthCostsNothing) {
  EXPECT_NE(header_error("{\"a\":" + std::string(1'000'000, '[')), "");
  EXPECT_NE(header_error(R"({"a":{"shape":)" + std::string(1'000'000, '[')), "");
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_NE(header_error(objects), "");
}

// Quadratic time, over 200,000 tensors in the least lucky order, would be an hour's work.
TEST(Safetensors, ManyTensorsTakeLittleTime) {
  constexpr int kCount = 200'000;
  std::string header = "{";
  for (int i = kCount - 1; i >= 0; --i) {
    header += "\"" + std::to_string(i) + R"(":{"dtype":"U8","shape":[1],"data_offsets":[)" +
              std::to_string(i) + "," + std::to_string(i + 1) + "]}" + (i > 0 ? "," : "}");
  }
  const Bytes bytes = file_of(header, kCount);
  const Result<Safetensors> read = read_safetensors(bytes);
  ASSERT_TRUE(read.ok()) << read.error().message;
  ASSERT_EQ(read.value().tensors.size(), static_cast<std::size_t>(kCount));
  for (int i = 0; i < kCount; ++i) ASSERT_EQ(read.value().tensors[i].name, std::to_string(i));
}

}  // namespace
}  // namespace clearformer
