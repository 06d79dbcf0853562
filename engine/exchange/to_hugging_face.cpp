#include <string>
#include <string_view>

#include "exchange/export_model.h"
#include "exchange/model_card.h"
#include "exchange/state_dict.h"
#include "exchange/tokenizer_json.h"
#include "ops/norm.h"
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

std::string config_json(const PortableModel& model) {
  const ModelConfig config = model.header.config();
  const std::string dropout = format_number(model.header.recipe.dropout);
  const std::string block_size = std::to_string(config.block_size);
  JsonLines json;
  json.member("architectures", R"(["GPT2LMHeadModel"])");
  json.member("model_type", R"("gpt2")");
  json.member("torch_dtype", R"("float32")");
  json.member("vocab_size", std::to_string(config.vocab_size));
  json.member("n_positions", block_size);
  json.member("n_ctx", block_size);
  json.member("n_embd", std::to_string(config.n_embd));
  json.member("n_layer", std::to_string(config.n_layer));
  json.member("n_head", std::to_string(config.n_head));
  json.member("n_inner", std::to_string(4 * config.n_embd));
  json.member("activation_function", R"("gelu_new")");
  json.member("layer_norm_epsilon", format_rounded(kNormEpsilon, 1));
  json.member("embd_pdrop", dropout);
  json.member("attn_pdrop", dropout);
  json.member("resid_pdrop", dropout);
  json.member("tie_word_embeddings", "true");
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
  return {{"model.safetensors", write_state_dict(kHuggingFaceLayout, model, {})},
          text_file("config.json", config_json(model)),
          text_file("tokenizer.json", write_tokenizer_json(model.header.tokenizer)),
          text_file("tokenizer_config.json", tokenizer_config_json(model)),
          text_file("generation_config.json", generation_config_json()),
          text_file("README.md", model_card(model))};
}

}  // namespace clearformer
