#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/safetensors.h"
#include "model/config.h"

namespace clearformer {

// How a program names and lays out the tensors of a model. Which tensors there are, and their
// order, is the walk over our own parameters.
struct Layout {
  // The program's name for one of our tensors.
  std::string (*name)(const std::string& own);
  // What some of its files leave out of each name's beginning.
  const char* optional_prefix;
  // Matrices of linear layers lie (out, in), as torch.nn.Linear has them; ours lie (in, out).
  bool linear_out_in;
  // Every model has biases: zeros where ours has none.
  bool all_biases;
};

extern const Layout kClearformerLayout;  // a run's file
extern const Layout kHuggingFaceLayout;  // transformers, GPT2LMHeadModel
extern const Layout kNanoGptLayout;      // karpathy/nanoGPT, model.py
extern const Layout kGgufLayout;         // llama.cpp, architecture gpt2

// The head, where a file has it beside the embedding that it is tied to.
inline constexpr const char* kHead = "lm_head.weight";

// A tensor as the program wants it.
struct LaidOutTensor {
  std::string name;
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

// All of a model's tensors. `weights` are those of `config`, in the walk's order.
std::vector<LaidOutTensor> lay_out(const Layout& layout, const ModelConfig& config,
                                   std::span<const float> weights);

// The way back, from somebody else's file, in any order: the weights of `config` in the walk's
// order. F16 and BF16 are widened. A tied head and the masks that older files hold are passed over.
// Error "file" names the first tensor that is missing, unknown, given twice, of another type or
// shape, or no finite number.
Result<std::vector<float>> collect(const Layout& layout, const ModelConfig& config,
                                   std::span<const NamedTensor> tensors);

}  // namespace clearformer
