// Bytes of somebody else's: whatever they are, an import gives a model or a sentence.
#include <gtest/gtest.h>

#include <algorithm>

#include "exchange/export_model.h"
#include "exchange/import_model.h"
#include "tests/engine/exchange/models.h"
#include "tests/engine/support/thinning.h"

namespace clearformer {
namespace {

using test::Bytes;
using test::kEach;
using test::text_of;

// Of a GPT-2 of characters, and of a Llama of pairs of bytes.
class Damage : public testing::TestWithParam<const char*> {
 protected:
  Bytes tensors_, config_, tokenizer_;

  void SetUp() override {
    Recipe recipe = test::llama_recipe();
    recipe.tokenizer = GetParam();
    if (recipe.tokenizer == "char") recipe = test::small_recipe();
    const std::vector<NamedFile> files = to_hugging_face(test::some_model(recipe));
    tensors_ = files[0].bytes;
    config_ = files[1].bytes;
    tokenizer_ = files[2].bytes;
  }

  // Whether it is taken; an error must be of the file and say something.
  bool taken() const {
    const auto model = import_model(
        {.tensors = {tensors_}, .config = text_of(config_), .tokenizer = text_of(tokenizer_)});
    if (model.ok()) {
      EXPECT_EQ(model.value().weights.size(),
                static_cast<std::size_t>(parameter_count(model.value().header.config())));
      return true;
    }
    EXPECT_EQ(model.error().code, "file");
    EXPECT_GT(model.error().message.size(), 20u);
    return false;
  }

  // Changes bytes of the first `size` of a file, one at a time, in several ways. How many changes
  // were refused, had it been all of them.
  int refused_changes(Bytes& file, std::size_t size) const {
    int refused = 0;
    for (std::size_t i = 0; i < std::min(size, file.size()); i += kEach) {
      const std::uint8_t old = file[i];
      for (const int other : {old ^ 1, old ^ 0x80, int{'9'}, int{'"'}, int{'['}, int{'}'}, 0}) {
        file[i] = static_cast<std::uint8_t>(other);
        if (!taken()) ++refused;
      }
      file[i] = old;
    }
    EXPECT_TRUE(taken());
    return refused * static_cast<int>(kEach);
  }

  int refused_ends(Bytes& file) const {
    const Bytes whole = file;
    int refused = 0;
    for (std::size_t size = 0; size < whole.size(); size += 1 + size / 50) {
      file.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      if (!taken()) ++refused;
    }
    file = whole;
    EXPECT_TRUE(taken());
    return refused;
  }
};

TEST_P(Damage, OfTensors) {
  EXPECT_GT(refused_changes(tensors_, 1500), 1000);  // of the header
  EXPECT_GT(refused_ends(tensors_), 200);
}

TEST_P(Damage, OfTheConfiguration) {
  EXPECT_GT(refused_changes(config_, config_.size()), 100);
  EXPECT_GT(refused_ends(config_), 100);
}

TEST_P(Damage, OfTheTokenizer) {
  EXPECT_GT(refused_changes(tokenizer_, 3000), 100);
  EXPECT_GT(refused_ends(tokenizer_), 100);
}

INSTANTIATE_TEST_SUITE_P(Files, Damage, testing::Values("char", "bpe:262"));

}  // namespace
}  // namespace clearformer
