#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/safetensors.h"
#include "model/config.h"

namespace clearformer {

// What a program calls the tensors of ours whose names begin so, "h.<layer>." left out: one name,
// or one for each of the parts of a matrix that it has side by side: queries, keys, values; gates,
// what they let through. Where there are no gates, the last name is that of the whole.
struct TensorNames {
  std::string_view own;
  std::array<std::string_view, 3> theirs;
};

// How a program names and lays out the tensors of a model. Which tensors there are, and their
// order, is the walk over our own parameters.
struct Layout {
  // Begins the names of a block's tensors, before its number: "h.".
  std::string_view block;
  // The names that are not ours; of two entries for one tensor the first counts, of `special`.
  std::span<const TensorNames> special, names;
  // What some of its files leave out of each name's beginning.
  std::string_view optional_prefix;
  // Matrices of linear layers lie (out, in), as torch.nn.Linear has them; ours lie (in, out).
  bool linear_out_in = false;
  // Every model has biases: zeros where ours has none.
  bool all_biases = false;
  // The pairs (x_i, x_{i+HS/2}) of queries and keys that rotary positions turn lie side by side.
  bool pairs_adjoin = false;
};

extern const Layout kClearformerLayout;  // a run's file
extern const Layout kNanoGptLayout;      // karpathy/nanoGPT, model.py

// transformers' modeling_gpt2.py, modeling_llama.py (and qwen3, arcee), modeling_starcoder2.py.
extern const Layout kHfGpt2Layout, kHfLlamaLayout, kHfStarcoder2Layout;

// llama.cpp's architectures gpt2, llama (and arcee), starcoder2, qwen3.
extern const Layout kGgufGpt2Layout, kGgufLlamaLayout, kGgufStarcoder2Layout, kGgufQwen3Layout;

// The head, as all but llama.cpp call it. A file may have it beside the embedding that it is tied
// to.
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

// The way back, from somebody else's files, in any order: the weights of `config` in the walk's
// order. F16 and BF16 are widened. A tied head, and the masks and angles that older files hold, are
// passed over. Error "file" names the first tensor that is missing, unknown, given twice, of
// another type or shape, or no finite number.
Result<std::vector<float>> collect(const Layout& layout, const ModelConfig& config,
                                   std::span<const NamedTensor> tensors);

}  // namespace clearformer
