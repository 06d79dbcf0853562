#include "exchange/state_dict.h"

#include <utility>

#include "io/safetensors.h"

namespace clearformer {

std::vector<std::uint8_t> write_state_dict(const Layout& layout, const PortableModel& model,
                                           std::map<std::string, std::string> metadata,
                                           bool with_head) {
  const std::vector<LaidOutTensor> laid_out = lay_out(layout, model.header.config(), model.weights);
  std::vector<NamedTensor> tensors;
  for (const LaidOutTensor& tensor : laid_out)
    tensors.push_back(
        make_tensor(tensor.name, tensor.shape, std::span<const float>(tensor.values)));
  if (with_head) {
    tensors.push_back(tensors.front());  // the embedding comes first
    tensors.back().name = kHead;
  }
  metadata["format"] = "pt";  // transformers refuses a file that does not say whose tensors it has
  metadata[kRecipeKey] = recipe_to_json(model.header.recipe);
  return write_safetensors(tensors, metadata);
}

}  // namespace clearformer
