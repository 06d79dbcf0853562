// The tables of layout.h.

#include "exchange/layout.h"

namespace clearformer {
namespace {

constexpr TensorNames kGpt2[] = {
    {"wte", {"transformer.wte"}},
    {"wpe", {"transformer.wpe"}},
    {"ln_f", {"transformer.ln_f"}},
};

constexpr TensorNames kLlama[] = {
    {"wte", {"model.embed_tokens"}},
    {"ln_1", {"input_layernorm"}},
    {"attn.c_attn", {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"}},
    {"attn.q_norm", {"self_attn.q_norm"}},
    {"attn.k_norm", {"self_attn.k_norm"}},
    {"attn.c_proj", {"self_attn.o_proj"}},
    {"ln_2", {"post_attention_layernorm"}},
    {"mlp.c_fc", {"mlp.gate_proj", "mlp.up_proj"}},
    {"mlp.c_proj", {"mlp.down_proj"}},
    {"ln_f", {"model.norm"}},
};
constexpr TensorNames kStarcoder2[] = {
    {"mlp.c_fc", {"mlp.c_fc"}},
    {"mlp.c_proj", {"mlp.c_proj"}},
};

// gguf-py, constants.py.
constexpr TensorNames kGguf[] = {
    {"wte", {"token_embd"}},
    {"wpe", {"position_embd"}},
    {"ln_1", {"attn_norm"}},
    {"attn.c_attn", {"attn_q", "attn_k", "attn_v"}},
    {"attn.q_norm", {"attn_q_norm"}},
    {"attn.k_norm", {"attn_k_norm"}},
    {"attn.c_proj", {"attn_output"}},
    {"ln_2", {"ffn_norm"}},
    {"mlp.c_fc", {"ffn_gate", "ffn_up"}},
    {"mlp.c_proj", {"ffn_down"}},
    {"ln_f", {"output_norm"}},
    {"lm_head", {"output"}},
};
constexpr TensorNames kGgufGpt2[] = {{"attn.c_attn", {"attn_qkv"}}};

}  // namespace

const Layout kClearformerLayout{.block = "h.", .special = {}, .names = {}, .optional_prefix = ""};

const Layout kNanoGptLayout{.block = "transformer.h.",
                            .special = {},
                            .names = kGpt2,
                            .optional_prefix = "transformer.",
                            .linear_out_in = true};

const Layout kHfGpt2Layout{.block = "transformer.h.",
                           .special = {},
                           .names = kGpt2,
                           .optional_prefix = "transformer.",
                           .all_biases = true};
const Layout kHfLlamaLayout{.block = "model.layers.",
                            .special = {},
                            .names = kLlama,
                            .optional_prefix = "model.",
                            .linear_out_in = true};
const Layout kHfStarcoder2Layout{.block = "model.layers.",
                                 .special = kStarcoder2,
                                 .names = kLlama,
                                 .optional_prefix = "model.",
                                 .linear_out_in = true,
                                 .all_biases = true};

const Layout kGgufGpt2Layout{.block = "blk.",
                             .special = kGgufGpt2,
                             .names = kGguf,
                             .optional_prefix = "",
                             .linear_out_in = true,
                             .all_biases = true};
// llama.cpp turns neighbours in Llama and what was made after it (llama-model.cpp,
// llama_model_rope_type); convert_hf_to_gguf.py permutes as we do.
const Layout kGgufLlamaLayout{.block = "blk.",
                              .special = {},
                              .names = kGguf,
                              .optional_prefix = "",
                              .linear_out_in = true,
                              .pairs_adjoin = true};
const Layout kGgufStarcoder2Layout{.block = "blk.",
                                   .special = {},
                                   .names = kGguf,
                                   .optional_prefix = "",
                                   .linear_out_in = true,
                                   .all_biases = true};
const Layout kGgufQwen3Layout{
    .block = "blk.", .special = {}, .names = kGguf, .optional_prefix = "", .linear_out_in = true};

}  // namespace clearformer
