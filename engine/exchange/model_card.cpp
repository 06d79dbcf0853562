#include "exchange/model_card.h"

#include <cmath>

#include "base/check.h"
#include "exchange/architecture.h"
#include "text/words.h"

namespace clearformer {
namespace {

const char* token(const Tokenizer& tokenizer) {
  if (tokenizer.kind() == "bpe") return "one or more bytes that often stand together";
  return tokenizer.kind() == "byte" ? "a byte" : "a character";
}

const char* prompts(const Tokenizer& tokenizer) {
  return tokenizer.kind() == "char" ? "A prompt may have only characters that the vocabulary has. "
                                    : "";
}

std::string sizes(const PortableModel& model) {
  const ModelConfig config = model.header.config();
  const Architecture* const architecture = architecture_of(model.header.recipe);
  CHECK(architecture);
  return "It has " + std::string(architecture->name) + "'s architecture and " +
         counted(model.weights.size(), "parameter") + ": " + counted(config.n_layer, "layer") +
         " of " + counted(config.n_head, "head") + ", " + with_commas(config.n_embd) +
         " wide; it sees " + counted(config.block_size, "token") + " at once. A token is " +
         token(model.header.tokenizer) + "; the vocabulary has " + with_commas(config.vocab_size) +
         ".";
}

std::string loss(const char* of, const std::optional<float>& value) {
  if (!value || !std::isfinite(*value)) return "";
  return "; the last evaluation's " + std::string(of) + " loss was " + format_rounded(*value, 4) +
         " nats a token";
}

std::string training(const PortableModel& model) {
  if (model.step == 0) return "Its weights were imported, and not trained since.";
  return "It was trained for " + counted(model.step, "step") + " of the recipe below" +
         loss("training", model.train_loss) + loss("validation", model.val_loss) + ".";
}

}  // namespace

std::string model_card(const PortableModel& model) {
  return R"(---
library_name: transformers
pipeline_tag: text-generation
tags:
- clearformer
---

# A GPT made with Clearformer

)" + sizes(model) +
         "\n\n" + training(model) + R"(

## Use

    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = "."  # where this file is
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder)
    prompt = tokenizer("The ", return_tensors="pt")
    written = model.generate(**prompt, do_sample=True, temperature=0.8, max_new_tokens=50)
    print(tokenizer.decode(written[0]))

)" + prompts(model.header.tokenizer) +
         R"(No token ends a text.

## Recipe

    )" + recipe_to_json(model.header.recipe) +
         "\n";
}

}  // namespace clearformer
