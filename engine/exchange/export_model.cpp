#include "exchange/export_model.h"

#include <string>
#include <utility>

namespace clearformer {
namespace {

// What of a recipe the formats have no place for, as they are written here.
const char* foreign_setting(const RunHeader& header) {
  const ModelConfig config = header.config();
  if (config.norm != Norm::layernorm) return "norm";
  if (config.activation != Activation::gelu) return "activation";
  if (config.position != Position::learned) return "position";
  if (config.kv_heads() != config.n_head) return "n_kv_head";
  if (config.qk_norm) return "qk_norm";
  if (!config.tied_head) return "tied_head";
  return nullptr;
}

}  // namespace

Result<PortableModel> read_exportable_model(std::span<const std::uint8_t> run) {
  Result<PortableModel> model = read_portable_model(run);
  if (!model.ok()) return model.error();
  const RunHeader& header = model.value().header;
  if (const char* const setting = foreign_setting(header)) {
    return Error{
        "file", "",
        std::string("This model's ") + setting +
            " is not GPT-2's; a model that is exported must have GPT-2's architecture: "
            "the defaults of norm, activation, position, n_kv_head, qk_norm and tied_head."};
  }
  if (header.tokenizer.kind() == "bpe") {
    return Error{"file", "",
                 "This model's tokens are pairs of bytes (" + header.recipe.tokenizer +
                     "); a model that is exported must have characters or bytes."};
  }
  return model;
}

}  // namespace clearformer
