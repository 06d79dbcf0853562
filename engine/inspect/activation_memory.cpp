#include "inspect/activation_memory.h"

#include <type_traits>

namespace clearformer {

bool allocate_activations(Arena& arena, Activations& activations, const ModelConfig& config,
                          const StepShape& shape) {
  std::int64_t bytes = 0;
  for_each_activation(config, shape, activations,
                      [&](const Buffer& buffer, auto*&) { bytes += Arena::aligned(buffer.bytes); });
  if (!arena.allocate(bytes)) return false;
  for_each_activation(config, shape, activations, [&](const Buffer& buffer, auto*& at) {
    using Element = std::remove_reference_t<decltype(*at)>;
    at = arena.take<Element>(buffer.bytes / static_cast<std::int64_t>(sizeof(Element)));
  });
  return true;
}

}  // namespace clearformer
