#include "io/gguf.h"

#include <gtest/gtest.h>

#include <cstring>

#include "io/half.h"

namespace clearformer {
namespace {

using Bytes = std::vector<std::uint8_t>;

// What the format's description says, read one value after another.
class Reader {
 public:
  explicit Reader(const Bytes& bytes) : bytes_(bytes) {}

  template <class T>
  T number() {
    T value{};
    EXPECT_LE(at_ + sizeof value, bytes_.size());
    std::memcpy(&value, &bytes_[at_], sizeof value);
    at_ += sizeof value;
    return value;
  }
  std::string text() {
    const auto size = number<std::uint64_t>();
    const std::string text(bytes_.begin() + at_, bytes_.begin() + at_ + size);
    at_ += size;
    return text;
  }
  std::size_t at() const { return at_; }

 private:
  const Bytes& bytes_;
  std::size_t at_ = 0;
};

TEST(Gguf, HasTheLayoutOfTheFormatsDescription) {
  const std::vector<float> matrix = {1, 2, 3, 4, 5, 6}, vector = {-1.5f};
  const std::vector<GgufEntry> entries = {{"a", std::uint32_t{7}},
                                          {"b", 0.5f},
                                          {"c", true},
                                          {"d", std::string("xyz")},
                                          {"e", std::vector<std::string>{"p", "qr"}},
                                          {"f", std::vector<std::int32_t>{-1, 2}},
                                          {"g", std::vector<std::string>{}}};
  const std::vector<GgufTensor> tensors = {{"m", {2, 3}, GgufType::f32, matrix},
                                           {"v", {1}, GgufType::f16, vector}};
  const Bytes bytes = write_gguf(entries, tensors);

  Reader in(bytes);
  EXPECT_EQ(in.number<std::uint32_t>(), 0x46554747u);  // "GGUF"
  EXPECT_EQ(in.number<std::uint32_t>(), 3u);
  EXPECT_EQ(in.number<std::uint64_t>(), tensors.size());
  EXPECT_EQ(in.number<std::uint64_t>(), entries.size());
  const auto expect_key = [&](const char* key, std::uint32_t type) {
    EXPECT_EQ(in.text(), key);
    EXPECT_EQ(in.number<std::uint32_t>(), type) << key;
  };
  expect_key("a", 4);
  EXPECT_EQ(in.number<std::uint32_t>(), 7u);
  expect_key("b", 6);
  EXPECT_EQ(in.number<float>(), 0.5f);
  expect_key("c", 7);
  EXPECT_EQ(in.number<std::uint8_t>(), 1);
  expect_key("d", 8);
  EXPECT_EQ(in.text(), "xyz");
  expect_key("e", 9);
  EXPECT_EQ(in.number<std::uint32_t>(), 8u);
  EXPECT_EQ(in.number<std::uint64_t>(), 2u);
  EXPECT_EQ(in.text(), "p");
  EXPECT_EQ(in.text(), "qr");
  expect_key("f", 9);
  EXPECT_EQ(in.number<std::uint32_t>(), 5u);
  EXPECT_EQ(in.number<std::uint64_t>(), 2u);
  EXPECT_EQ(in.number<std::int32_t>(), -1);
  EXPECT_EQ(in.number<std::int32_t>(), 2);
  expect_key("g", 9);
  EXPECT_EQ(in.number<std::uint32_t>(), 8u);
  EXPECT_EQ(in.number<std::uint64_t>(), 0u);

  EXPECT_EQ(in.text(), "m");
  EXPECT_EQ(in.number<std::uint32_t>(), 2u);
  EXPECT_EQ(in.number<std::uint64_t>(), 3u);  // the fastest dimension first
  EXPECT_EQ(in.number<std::uint64_t>(), 2u);
  EXPECT_EQ(in.number<std::uint32_t>(), 0u);
  EXPECT_EQ(in.number<std::uint64_t>(), 0u);
  EXPECT_EQ(in.text(), "v");
  EXPECT_EQ(in.number<std::uint32_t>(), 1u);
  EXPECT_EQ(in.number<std::uint64_t>(), 1u);
  EXPECT_EQ(in.number<std::uint32_t>(), 1u);
  EXPECT_EQ(in.number<std::uint64_t>(), 32u);  // 24 bytes, aligned

  const std::size_t data = (in.at() + 31) / 32 * 32;
  ASSERT_EQ(bytes.size(), data + 64);
  EXPECT_EQ(std::memcmp(&bytes[data], matrix.data(), 24), 0);
  EXPECT_EQ(bytes[data + 32] | bytes[data + 33] << 8, half_from_float(-1.5f));
}

TEST(Gguf, ABlockOf8BitsIsAScaleAndItsCodes) {
  std::vector<float> values(64);
  for (int i = 0; i < 64; ++i) values[i] = static_cast<float>(i < 32 ? i - 16 : 100 * (i - 40));
  const std::vector<GgufTensor> tensors = {{"m", {1, 64}, GgufType::q8_0, values}};
  const Bytes bytes = write_gguf({}, tensors);
  ASSERT_GE(bytes.size(), 2u * 34);
  const std::size_t data = bytes.size() - 96;  // 68 bytes, aligned
  for (int i = 0; i < 64; ++i) {
    const std::size_t block = data + static_cast<std::size_t>(34 * (i / 32));
    const auto half = static_cast<std::uint16_t>(bytes[block] | bytes[block + 1] << 8);
    const auto code = static_cast<std::int8_t>(bytes[block + 2 + static_cast<std::size_t>(i % 32)]);
    const float scale = float_from_half(half);
    // Half a code, and 127 times the rounding of a half.
    EXPECT_NEAR(static_cast<float>(code) * scale, values[i], scale * (0.5f + 127 * 0x1p-11f)) << i;
  }
}

}  // namespace
}  // namespace clearformer
