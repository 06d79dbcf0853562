#include "io/checkpoint.h"

#include <gtest/gtest.h>

#include <array>

#include "io/checksum.h"
#include "text/words.h"

namespace clearformer {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::array<float, 6> kWeights = {1, -2, 3.5, 0, 1e-30f, 7};
constexpr std::array<std::int64_t, 3> kSteps = {0, 1, 2};
constexpr std::array<float, 3> kLosses = {4.2f, 3.1f, 2.5f};
constexpr std::string_view kText = "To be, or not to be";

Checkpoint example() {
  const std::span<const float> weights(kWeights);
  return {.recipe_json = "{\"n_layer\":2}",
          .tokenizer_json = "{\"kind\":\"char\",\"characters\":\"\\n\\\"é\"}",
          .step = 1234,
          .arithmetic = "strict",
          .tensors = {make_tensor("wte.weight", {2, 3}, weights),
                      make_tensor("adam.m.wte.weight", {2, 3}, weights),
                      make_tensor("history.step", {3}, std::span<const std::int64_t>(kSteps)),
                      make_tensor("history.loss", {3}, std::span<const float>(kLosses)),
                      make_tensor("history.eval_step", {0}, std::span<const std::int64_t>()),
                      make_tensor("history.eval_loss", {0}, std::span<const float>())},
          .text = {reinterpret_cast<const std::uint8_t*>(kText.data()), kText.size()}};
}

std::string error_of(const Bytes& bytes) {
  const Result<Checkpoint> checkpoint = parse_checkpoint(bytes);
  if (checkpoint.ok()) return "";
  EXPECT_EQ(checkpoint.error().code, "file");
  return checkpoint.error().message;
}

constexpr const char* kChanged =
    "This checkpoint was changed after it was saved: its checksum does not fit. Use another copy.";

// Draft-eastlake-fnv, appendix C.
TEST(Checksum, IsFnv1a) {
  const auto hex = [](std::string_view text) {
    Checksum sum;
    sum.add({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    return sum.hex();
  };
  EXPECT_EQ(hex(""), "cbf29ce484222325");
  EXPECT_EQ(hex("a"), "af63dc4c8601ec8c");
  EXPECT_EQ(hex("foobar"), "85944171f73967e8");
}

TEST(Checksum, PartsDoNotRunTogether) {
  Checksum a, b;
  a.add_string("ab");
  a.add_string("c");
  b.add_string("a");
  b.add_string("bc");
  EXPECT_NE(a.hex(), b.hex());
}

TEST(Checkpoint, ComesBack) {
  const Bytes bytes = serialize_checkpoint(example());
  const Result<Checkpoint> parsed = parse_checkpoint(bytes);
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  const Checkpoint& checkpoint = parsed.value();
  EXPECT_EQ(checkpoint.recipe_json, example().recipe_json);
  EXPECT_EQ(checkpoint.tokenizer_json, example().tokenizer_json);
  EXPECT_EQ(checkpoint.step, 1234);
  EXPECT_EQ(checkpoint.arithmetic, "strict");
  EXPECT_EQ(std::string(checkpoint.text.begin(), checkpoint.text.end()), kText);
  ASSERT_EQ(checkpoint.tensors.size(), example().tensors.size());
  for (std::size_t i = 0; i < checkpoint.tensors.size(); ++i) {
    EXPECT_EQ(checkpoint.tensors[i].name, example().tensors[i].name);
    EXPECT_EQ(checkpoint.tensors[i].shape, example().tensors[i].shape);
  }
  std::array<float, 6> weights = {};
  copy_values(checkpoint.tensors[0], std::span<float>(weights));
  EXPECT_EQ(weights, kWeights);
  EXPECT_EQ(checkpoint.find("history.loss"), &checkpoint.tensors[3]);
  EXPECT_EQ(checkpoint.find("text"), nullptr);
}

TEST(Checkpoint, SerialisedAgainGivesTheSameBytes) {
  Checkpoint empty;
  empty.arithmetic = "fused";
  for (const Checkpoint& checkpoint : {example(), empty}) {
    const Bytes bytes = serialize_checkpoint(checkpoint);
    const Result<Checkpoint> parsed = parse_checkpoint(bytes);
    ASSERT_TRUE(parsed.ok()) << parsed.error().message;
    EXPECT_EQ(serialize_checkpoint(parsed.value()), bytes);
  }
}

TEST(Checkpoint, EveryCutIsAnError) {
  const Bytes whole = serialize_checkpoint(example());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(error_of(Bytes(whole.begin(), whole.begin() + size)), "") << size;
  }
  const Bytes half(whole.begin(), whole.end() - 10);
  EXPECT_EQ(error_of(half), "This file ends after " + with_commas(half.size()) + " of " +
                                with_commas(whole.size()) + " bytes; it was cut short.");
}

// Weights, text, names, metadata: no change of a bit goes unseen.
TEST(Checkpoint, EveryFlippedBitIsAnError) {
  const Bytes whole = serialize_checkpoint(example());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes bytes = whole;
      bytes[i] ^= 1 << bit;
      ASSERT_NE(error_of(bytes), "") << "byte " << i << ", bit " << bit;
    }
  }
  Bytes bytes = whole;
  bytes.back() ^= 1;  // in the text
  EXPECT_EQ(error_of(bytes), kChanged);
}

TEST(Checkpoint, SaysThatAForeignFileIsForeign) {
  EXPECT_EQ(error_of(write_safetensors(example().tensors, {{"format", "pt"}})),
            "This is a safetensors file, but not one of Clearformer's: its metadata has no entry "
            "\"clearformer\". Open a file that Clearformer has saved.");
  const std::string_view text = "First Citizen:\nBefore we proceed any further";
  EXPECT_TRUE(
      error_of(Bytes(text.begin(), text.end())).starts_with("This is not a safetensors file: "));
  EXPECT_TRUE(error_of({}).starts_with("This is not a safetensors file: it is 0 bytes;"));
}

// The example's file with its metadata changed, its checksum as it was.
template <class Change>
std::string error_with(Change&& change) {
  const Bytes bytes = serialize_checkpoint(example());
  Safetensors file = read_safetensors(bytes).value();
  change(file);
  return error_of(write_safetensors(file.tensors, file.metadata));
}

TEST(Checkpoint, RefusesAnotherVersion) {
  EXPECT_EQ(error_with([](Safetensors& file) { file.metadata["clearformer"] = "2"; }),
            "This checkpoint is of format version \"2\"; this build reads version 1.");
}

TEST(Checkpoint, HasAllMetadataAndNoMore) {
  for (const char* const key : {"recipe", "tokenizer", "step", "arithmetic", "checksum"}) {
    EXPECT_EQ(error_with([&](Safetensors& file) { file.metadata.erase(key); }),
              "The checkpoint's metadata has no entry \"" + std::string(key) + "\".");
  }
  EXPECT_EQ(error_with([](Safetensors& file) { file.metadata["extra"] = ""; }),
            "The checkpoint's metadata has an unknown entry \"extra\".");
}

TEST(Checkpoint, SaysWhetherItBeganWithAModel) {
  Checkpoint run = example();
  for (const bool from_model : {false, true}) {
    run.from_model = from_model;
    const Bytes bytes = serialize_checkpoint(run);
    const Result<Checkpoint> read = parse_checkpoint(bytes);
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read.value().from_model, from_model);
    EXPECT_EQ(serialize_checkpoint(read.value()), bytes);
  }
  // Files from before there was such an entry are those without it.
  EXPECT_FALSE(
      read_safetensors(serialize_checkpoint(example())).value().metadata.contains("from_model"));
  EXPECT_EQ(error_with([](Safetensors& file) { file.metadata["from_model"] = "true"; }), kChanged);
}

TEST(Checkpoint, AnEditedFileIsRefused) {
  EXPECT_EQ(error_with([](Safetensors& file) { file.metadata["recipe"] = "{}"; }), kChanged);
  EXPECT_EQ(error_with([](Safetensors& file) { file.metadata["step"] = "1235"; }), kChanged);
  EXPECT_EQ(error_with([](Safetensors& file) { file.tensors[0].name = "wpe.weight"; }), kChanged);
  EXPECT_EQ(error_with([](Safetensors& file) { file.tensors[0].shape = {3, 2}; }), kChanged);
  EXPECT_EQ(error_with([](Safetensors& file) { file.tensors[0].dtype = DType::i32; }), kChanged);
  EXPECT_EQ(error_with([](Safetensors& file) { std::swap(file.tensors[0], file.tensors[1]); }),
            kChanged);
  EXPECT_EQ(error_with([](Safetensors& file) { file.tensors.erase(file.tensors.begin()); }),
            kChanged);
  EXPECT_EQ(error_with([](Safetensors&) {}), "");
}

TEST(Checkpoint, TheLastTensorIsTheText) {
  const std::string no_text = "The checkpoint's last tensor is not its text, a list of bytes.";
  EXPECT_EQ(error_with([](Safetensors& file) { file.tensors.pop_back(); }), no_text);
  EXPECT_EQ(error_with([](Safetensors& file) { file.tensors.back().dtype = DType::i8; }), no_text);
  EXPECT_EQ(error_with([](Safetensors& file) { file.tensors.back().shape.push_back(1); }), no_text);
  EXPECT_EQ(error_with([](Safetensors& file) { file.tensors.clear(); }), no_text);
}

TEST(Checkpoint, ChecksStepAndArithmetic) {
  Checkpoint checkpoint = example();
  checkpoint.step = -1;
  EXPECT_EQ(error_of(serialize_checkpoint(checkpoint)),
            "The checkpoint's step is \"-1\"; it must be a whole number from 0.");
  checkpoint = example();
  checkpoint.arithmetic = "double";
  EXPECT_EQ(error_of(serialize_checkpoint(checkpoint)),
            "The checkpoint's arithmetic is \"double\"; it must be strict or fused.");
}

TEST(MatchTensors, WantsExactlyTheExpectedOnes) {
  const Checkpoint checkpoint = example();
  const auto error = [&](const std::vector<ExpectedTensor>& expected) -> std::string {
    const Status status = match_tensors(checkpoint, expected);
    return status.ok() ? "" : status.error().message;
  };
  const std::vector<ExpectedTensor> all = {{"history.step", DType::i64, {kAnySize}},
                                           {"history.loss", DType::f32, {kAnySize}},
                                           {"history.eval_step", DType::i64, {kAnySize}},
                                           {"history.eval_loss", DType::f32, {kAnySize}},
                                           {"wte.weight", DType::f32, {2, 3}},
                                           {"adam.m.wte.weight", DType::f32, {2, 3}}};
  EXPECT_EQ(error(all), "");

  std::vector<ExpectedTensor> expected = all;
  expected.pop_back();
  EXPECT_EQ(error(expected),
            "The checkpoint has a tensor \"adam.m.wte.weight\", which its recipe does not need.");
  expected = all;
  expected.push_back({"wpe.weight", DType::f32, {8, 3}});
  EXPECT_EQ(error(expected), "The checkpoint has no tensor \"wpe.weight\".");
  expected = all;
  expected.push_back(all[0]);
  EXPECT_EQ(error(expected), "The checkpoint has no tensor \"history.step\".");
  expected = all;
  expected[4].shape = {3, 2};
  EXPECT_EQ(error(expected),
            "The checkpoint's tensor \"wte.weight\" is F32 [2, 3]; its recipe needs F32 [3, 2].");
  expected = all;
  expected[0] = {"history.step", DType::f32, {kAnySize, 1}};
  EXPECT_EQ(error(expected),
            "The checkpoint's tensor \"history.step\" is I64 [3]; its recipe needs F32 [any, 1].");
}

}  // namespace
}  // namespace clearformer
