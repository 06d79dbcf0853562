#include "exchange/export_model.h"
#include "exchange/state_dict.h"
#include "text/words.h"

namespace clearformer {

std::vector<std::uint8_t> to_nanogpt(const PortableModel& model) {
  const ModelConfig config = model.header.config();
  const std::string args = "{\"n_layer\":" + std::to_string(config.n_layer) +
                           ",\"n_head\":" + std::to_string(config.n_head) +
                           ",\"n_embd\":" + std::to_string(config.n_embd) +
                           ",\"block_size\":" + std::to_string(config.block_size) +
                           ",\"bias\":" + (config.bias ? "true" : "false") +
                           ",\"vocab_size\":" + std::to_string(config.vocab_size) +
                           ",\"dropout\":" + format_number(model.header.recipe.dropout) + "}";
  return write_state_dict(
      kNanoGptLayout, model,
      {{kModelArgsKey, args}, {kTokenizerKey, model.header.tokenizer.to_json()}},
      /*with_head=*/true);
}

}  // namespace clearformer
