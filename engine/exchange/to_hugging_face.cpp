#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "exchange/architecture.h"
#include "exchange/export_model.h"
#include "exchange/model_card.h"
#include "exchange/state_dict.h"
#include "exchange/tokenizer_json.h"
#include "ops/norm.h"
#include "ops/rotary.h"
#include "text/json_object.h"
#include "text/words.h"

namespace clearformer {
namespace {

// One member of an object a line.
class JsonLines {
 public:
  void member(const char* name, const std::string& json) {
    lines_ += (lines_.empty() ? "{\n  \"" : ",\n  \"") + std::string(name) + "\": " + json;
  }
  std::string take() { return lines_ + "\n}\n"; }

 private:
  std::string lines_;
};

// A model of ours has no token that begins or ends a text. The library's defaults are GPT-2's.
void no_special_tokens(JsonLines& json) {
  json.member("bos_token_id", "null");
  json.member("eos_token_id", "null");
}

using Members = std::vector<std::pair<const char*, std::string>>;

std::string number(int value) {
  return std::to_string(value);
}
std::string truth(bool value) {
  return value ? "true" : "false";
}

// transformers' configuration_gpt2.py.
Members gpt2_members(const ModelConfig& config, const std::string& dropout) {
  return {{"n_positions", number(config.block_size)},
          {"n_ctx", number(config.block_size)},
          {"n_embd", number(config.n_embd)},
          {"n_layer", number(config.n_layer)},
          {"n_head", number(config.n_head)},
          {"n_inner", number(config.n_inner())},
          {"activation_function", R"("gelu_new")"},
          {"layer_norm_epsilon", format_rounded(kNormEpsilon, 1)},
          {"embd_pdrop", dropout},
          {"attn_pdrop", dropout},
          {"resid_pdrop", dropout}};
}

const char* hidden_act(Activation activation) {
  switch (activation) {
    case Activation::gelu:
      return R"("gelu_pytorch_tanh")";
    case Activation::relu2:
      return R"("relu2")";
    case Activation::swiglu:
      break;
  }
  return R"("silu")";
}

// configuration_llama.py, and those made after it. Newer versions read rope_theta as well.
Members llama_members(const ModelConfig& config, const std::string& dropout,
                      const Architecture& architecture) {
  Members members{{"max_position_embeddings", number(config.block_size)},
                  {"hidden_size", number(config.n_embd)},
                  {"num_hidden_layers", number(config.n_layer)},
                  {"num_attention_heads", number(config.n_head)},
                  {"num_key_value_heads", number(config.kv_heads())},
                  {"head_dim", number(config.head_size())},
                  {"intermediate_size", number(config.n_inner())},
                  {"hidden_act", hidden_act(config.activation)},
                  {"rope_theta", format_number(kRotaryTheta)},
                  {"attention_dropout", dropout}};
  if (config.norm == Norm::rmsnorm) {
    members.insert(members.end(), {{"rms_norm_eps", format_rounded(kNormEpsilon, 1)},
                                   {"attention_bias", truth(config.bias)},
                                   {"mlp_bias", truth(config.bias)}});
  } else {
    members.insert(members.end(), {{"norm_epsilon", format_rounded(kNormEpsilon, 1)},
                                   {"use_bias", "true"},
                                   {"sliding_window", "null"},
                                   {"embedding_dropout", dropout},
                                   {"residual_dropout", dropout}});
  }
  if (architecture.qk_norm) members.emplace_back("use_sliding_window", "false");
  return members;
}

std::string config_json(const PortableModel& model, const Architecture& architecture) {
  const ModelConfig config = model.header.config();
  const std::string dropout = format_number(model.header.recipe.dropout);
  JsonLines json;
  json.member("architectures", "[\"" + std::string(architecture.class_name) + "\"]");
  json.member("model_type", json_string(architecture.model_type));
  json.member("torch_dtype", R"("float32")");
  json.member("vocab_size", number(config.vocab_size));
  for (const auto& [name, value] : architecture.is_gpt2()
                                       ? gpt2_members(config, dropout)
                                       : llama_members(config, dropout, architecture))
    json.member(name, value);
  json.member("tie_word_embeddings", truth(config.tied_head));
  no_special_tokens(json);
  return json.take();
}

std::string tokenizer_config_json(const PortableModel& model) {
  JsonLines json;
  json.member("tokenizer_class", R"("PreTrainedTokenizerFast")");
  json.member("model_max_length", std::to_string(model.header.recipe.block_size));
  json.member("clean_up_tokenization_spaces", "false");
  return json.take();
}

std::string generation_config_json() {
  JsonLines json;
  json.member("_from_model_config", "true");
  no_special_tokens(json);
  return json.take();
}

NamedFile text_file(const char* name, std::string_view text) {
  return {name, {text.begin(), text.end()}};
}

}  // namespace

std::vector<NamedFile> to_hugging_face(const PortableModel& model) {
  const Architecture* const architecture = architecture_of(model.header.recipe);
  CHECK(architecture);
  return {{"model.safetensors", write_state_dict(*architecture->hf, model, {})},
          text_file("config.json", config_json(model, *architecture)),
          text_file("tokenizer.json", write_tokenizer_json(model.header.tokenizer)),
          text_file("tokenizer_config.json", tokenizer_config_json(model)),
          text_file("generation_config.json", generation_config_json()),
          text_file("README.md", model_card(model))};
}

}  // namespace clearformer
