#include <set>
#include <string>
#include <utility>

#include "base/check.h"
#include "exchange/architecture.h"
#include "exchange/byte_alphabet.h"
#include "exchange/export_model.h"
#include "exchange/layout.h"
#include "ops/norm.h"
#include "ops/rotary.h"

namespace clearformer {
namespace {

// llama.cpp's types of tokens (llama.h, llama_token_type).
constexpr std::int32_t kNormalToken = 1, kControlToken = 3;

// llama.cpp's number for a file of mostly that type (llama.h, llama_ftype).
std::uint32_t file_type(GgufType dtype) {
  return dtype == GgufType::f32 ? 0 : dtype == GgufType::f16 ? 1 : 7;
}

std::uint32_t unsigned_of(int number) {
  return static_cast<std::uint32_t>(number);
}

// llama.cpp's keys (llama-arch.cpp, LLM_KV_NAMES).
void add_sizes(std::vector<GgufEntry>& entries, const ModelConfig& config,
               const std::string& architecture) {
  const auto add = [&](const char* key, GgufValue value) {
    entries.push_back({architecture + "." + key, std::move(value)});
  };
  add("context_length", unsigned_of(config.block_size));
  add("embedding_length", unsigned_of(config.n_embd));
  add("block_count", unsigned_of(config.n_layer));
  add("feed_forward_length", unsigned_of(config.n_inner()));
  add("attention.head_count", unsigned_of(config.n_head));
  add(config.norm == Norm::layernorm ? "attention.layer_norm_epsilon"
                                     : "attention.layer_norm_rms_epsilon",
      kNormEpsilon);
  if (config.position != Position::rotary) return;
  add("attention.head_count_kv", unsigned_of(config.kv_heads()));
  add("rope.dimension_count", unsigned_of(config.head_size()));
  add("rope.freq_base", static_cast<float>(kRotaryTheta));
}

// Of characters. llama.cpp reads a text as bytes, in GPT-2's letters: pairs of them, joined from
// the left, make each character of more than one byte. No pair reaches into the next character.
std::vector<std::string> merges_of_characters(const Tokenizer& tokenizer) {
  std::vector<std::string> merges;
  std::set<std::string> known;
  for (Token token = 0; token < tokenizer.vocab_size(); ++token) {
    const std::string bytes = tokenizer.piece(token);
    for (std::size_t i = 1; i < bytes.size(); ++i) {
      std::string merge =
          in_byte_letters(bytes.substr(0, i)) + " " + in_byte_letters(bytes.substr(i, 1));
      if (known.insert(merge).second) merges.push_back(std::move(merge));
    }
  }
  return merges;
}

void add_tokenizer(std::vector<GgufEntry>& entries, const PortableModel& model) {
  const Tokenizer& tokenizer = model.header.tokenizer;
  const bool characters = tokenizer.kind() == "char";
  std::vector<std::string> tokens;
  std::vector<std::int32_t> types;
  for (Token token = 0; token < tokenizer.vocab_size(); ++token) {
    const bool special = !characters && token >= tokenizer.pairs().first_special();
    const std::string piece = tokenizer.piece(token);
    tokens.push_back(special ? piece : in_byte_letters(piece));
    types.push_back(special ? kControlToken : kNormalToken);
  }
  const auto add = [&](const char* key, GgufValue value) {
    entries.push_back({std::string("tokenizer.ggml.") + key, std::move(value)});
  };
  add("model", "gpt2");
  add("pre", "gpt-2");  // GPT-2's words
  add("token_type", std::move(types));
  add("tokens", std::move(tokens));
  add("merges",
      characters ? merges_of_characters(tokenizer) : merges_in_letters(tokenizer.pairs()));
  // llama.cpp stops at a token that ends a text, and takes token 11 where none is named.
  add("bos_token_id", unsigned_of(model.rarest));
  add("eos_token_id", unsigned_of(model.rarest));
  add("add_bos_token", false);
  add("add_eos_token", false);
}

GgufType type_of(const LaidOutTensor& tensor, GgufType dtype) {
  if (tensor.shape.size() < 2 || tensor.name == "position_embd.weight") return GgufType::f32;
  const bool blocks = tensor.shape.back() % kGgufBlock == 0;
  return dtype == GgufType::q8_0 && !blocks ? GgufType::f16 : dtype;
}

}  // namespace

std::vector<std::uint8_t> to_gguf(const PortableModel& model, GgufType dtype) {
  const ModelConfig config = model.header.config();
  const Architecture* const architecture = architecture_of(model.header.recipe);
  CHECK(architecture);
  std::vector<GgufEntry> entries{{"general.architecture", architecture->model_type},
                                 {"general.name", "Clearformer"},
                                 {"general.file_type", file_type(dtype)},
                                 {"general.quantization_version", std::uint32_t{2}}};
  add_sizes(entries, config, architecture->model_type);
  add_tokenizer(entries, model);
  const std::vector<LaidOutTensor> laid_out = lay_out(*architecture->gguf, config, model.weights);
  std::vector<GgufTensor> tensors;
  for (const LaidOutTensor& tensor : laid_out)
    tensors.push_back({tensor.name, tensor.shape, type_of(tensor, dtype), tensor.values});
  return write_gguf(entries, tensors);
}

}  // namespace clearformer
