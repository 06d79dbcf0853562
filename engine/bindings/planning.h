#pragma once

#include <string>

#include "base/result.h"
#include "bindings/values.h"

// What can be said before a run exists.
namespace clearformer::bindings {

struct TextReport {
  Error error;
  double bytes = 0, characters = 0, tokens = 0;
  int vocab_size = 0;
  double unigram_entropy = 0, bigram_entropy = 0;  // nats a token
  // Where asked for.
  Bytes ids = no_bytes();  // of the tokens, 4 bytes each, the lowest first
  std::string merges;      // Bpe::to_string
};

struct PlanReport {
  Error error;
  double parameters = 0, flops_per_step = 0;
  double total_bytes = 0, parameter_bytes = 0, gradient_bytes = 0, optimizer_bytes = 0;
  double activation_bytes = 0, scratch_bytes = 0, text_bytes = 0;
};

// The table of settings, as JSON.
std::string settings();

// The most bytes that a run may plan for.
double memory_limit_bytes();

// Whether a text can be trained on, what it is like, and its tokens where asked for.
TextReport inspect_text(const Bytes& text, const std::string& tokenizer, bool with_tokens);

// What a recipe would cost over a text of so many tokens. On an error of memory the figures are
// there all the same.
PlanReport plan_recipe(const std::string& recipe_json, int vocab_size, double tokens, int threads);

}  // namespace clearformer::bindings
