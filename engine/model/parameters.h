#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "model/config.h"

namespace clearformer {

// How a parameter starts: GPT-2's initialisation as in nanoGPT's model.py.
enum class Init {
  zero,
  one,
  normal,           // N(0, 0.02)
  normal_residual,  // N(0, 0.02 / sqrt(2 n_layer)): the projections back into the residual stream
};

// A parameter as the walk declares it.
struct ParameterInfo {
  std::string name;   // GPT-2's, e.g. "h.0.attn.c_attn.weight"
  std::int64_t rows;  // a vector has one row; a matrix is (rows, cols), row-major
  std::int64_t cols;
  Init init;
  bool decay;  // weight decay applies: matrices only
  // Columns of the linear maps that stand side by side in a block's matrix, zero for none: queries,
  // keys and values in c_attn. All zero for embeddings, head and vectors.
  std::array<std::int64_t, 3> maps{};

  bool in_block() const { return maps[0] > 0; }
  bool is_vector() const { return !decay; }
  std::int64_t size() const { return rows * cols; }
  std::vector<std::int64_t> shape() const {
    return is_vector() ? std::vector{cols} : std::vector{rows, cols};
  }
};

// Pointers into one flat buffer. T is float in the engine, double or complex in the reference.
// A pointer is null where the model has no such parameter.
template <class T>
struct BlockParameters {
  T* ln_1_weight;         // (C)
  T* ln_1_bias;           // (C)
  T* c_attn_weight;       // (C, qkv_width): queries, keys, values side by side
  T* c_attn_bias;         // (qkv_width)
  T* q_norm_weight;       // (HS)
  T* k_norm_weight;       // (HS)
  T* attn_c_proj_weight;  // (C, C)
  T* attn_c_proj_bias;    // (C)
  T* ln_2_weight;         // (C)
  T* ln_2_bias;           // (C)
  T* c_fc_weight;         // (C, fc_width): gates first, where there are any
  T* c_fc_bias;           // (fc_width)
  T* mlp_c_proj_weight;   // (n_inner, C)
  T* mlp_c_proj_bias;     // (C)
};

template <class T>
struct Parameters {
  T* wte;                             // (V, C)
  T* wpe;                             // (block_size, C)
  std::vector<BlockParameters<T>> h;  // (n_layer)
  T* ln_f_weight;                     // (C)
  T* ln_f_bias;                       // (C)
  T* lm_head;                         // (V, C): logits = x lm_head^T; wte itself where it is tied
};

// The one walk over all parameters, in the order in which they lie in memory. Calls
// visit(info, pointer) with a reference to the pointer of each parameter that the model has, and
// sets the others to null. Everything that lists parameters (size, slices, initialisation,
// optimizer, files, reports, checks) is derived from it.
template <class T, class Visit>
void for_each_parameter(const ModelConfig& config, Parameters<T>& p, Visit&& visit) {
  const std::int64_t C = config.n_embd, HS = config.head_size();
  const std::int64_t qkv = config.qkv_width(), kv = config.kv_heads() * HS;
  const std::int64_t inner = config.n_inner(), fc = config.fc_width();
  const auto matrix = [&](const std::string& name, T*& at, std::int64_t rows, std::int64_t cols) {
    visit(ParameterInfo{name, rows, cols, Init::normal, true}, at);
  };
  const auto linear = [&](const std::string& name, T*& at, std::int64_t rows,
                          const std::array<std::int64_t, 3>& maps, Init init = Init::normal) {
    visit(ParameterInfo{name, rows, maps[0] + maps[1] + maps[2], init, true, maps}, at);
  };
  const auto vector = [&](const std::string& name, T*& at, std::int64_t size, Init init) {
    visit(ParameterInfo{name, 1, size, init, false}, at);
  };
  const auto bias = [&](const std::string& name, T*& at, std::int64_t size) {
    at = nullptr;
    if (config.bias) vector(name, at, size, Init::zero);
  };
  const auto norm = [&](const std::string& name, T*& weight, T*& bias_at) {
    vector(name + ".weight", weight, C, Init::one);
    bias_at = nullptr;
    if (config.norm == Norm::layernorm) bias(name + ".bias", bias_at, C);
  };

  p.h.resize(config.n_layer);
  matrix("wte.weight", p.wte, config.vocab_size, C);
  p.wpe = nullptr;
  if (config.position == Position::learned) matrix("wpe.weight", p.wpe, config.block_size, C);
  for (int l = 0; l < config.n_layer; ++l) {
    const std::string prefix = "h." + std::to_string(l) + ".";
    BlockParameters<T>& block = p.h[l];
    norm(prefix + "ln_1", block.ln_1_weight, block.ln_1_bias);
    linear(prefix + "attn.c_attn.weight", block.c_attn_weight, C, {C, kv, kv});
    bias(prefix + "attn.c_attn.bias", block.c_attn_bias, qkv);
    block.q_norm_weight = block.k_norm_weight = nullptr;
    if (config.qk_norm) {
      vector(prefix + "attn.q_norm.weight", block.q_norm_weight, HS, Init::one);
      vector(prefix + "attn.k_norm.weight", block.k_norm_weight, HS, Init::one);
    }
    linear(prefix + "attn.c_proj.weight", block.attn_c_proj_weight, C, {C}, Init::normal_residual);
    bias(prefix + "attn.c_proj.bias", block.attn_c_proj_bias, C);
    norm(prefix + "ln_2", block.ln_2_weight, block.ln_2_bias);
    linear(prefix + "mlp.c_fc.weight", block.c_fc_weight, C, {inner, fc - inner});
    bias(prefix + "mlp.c_fc.bias", block.c_fc_bias, fc);
    linear(prefix + "mlp.c_proj.weight", block.mlp_c_proj_weight, inner, {C},
           Init::normal_residual);
    bias(prefix + "mlp.c_proj.bias", block.mlp_c_proj_bias, C);
  }
  norm("ln_f", p.ln_f_weight, p.ln_f_bias);
  p.lm_head = p.wte;
  if (!config.tied_head) matrix("lm_head.weight", p.lm_head, config.vocab_size, C);
}

// The parameters of a model as a list, in the walk's order.
std::vector<ParameterInfo> parameter_list(const ModelConfig& config);

// How many numbers all parameters hold.
std::int64_t parameter_count(const ModelConfig& config);

// Slices `flat` (parameter_count(config) numbers, in the walk's order) into parameters.
template <class T>
Parameters<T> slice_parameters(const ModelConfig& config, T* flat) {
  Parameters<T> p{};
  for_each_parameter(config, p, [&](const ParameterInfo& info, T*& at) {
    at = flat;
    flat += info.size();
  });
  return p;
}

// Fills `flat` as `seed` says: the same seed gives the same bits everywhere.
void initialise_parameters(const ModelConfig& config, std::uint64_t seed, float* flat);

}  // namespace clearformer
