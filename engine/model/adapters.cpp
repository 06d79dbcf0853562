#include "model/adapters.h"

#include <cmath>

#include "base/rng.h"

namespace clearformer {

std::vector<ParameterInfo> adapted_list(const ModelConfig& config) {
  std::vector<ParameterInfo> list = parameter_list(config);
  std::erase_if(list, [](const ParameterInfo& info) { return !is_adapted(info); });
  return list;
}

std::vector<ParameterInfo> adapter_list(const ModelConfig& config, std::int64_t rank) {
  std::vector<ParameterInfo> list;
  for_each_adapted(parameter_list(config), rank,
                   [&](const ParameterInfo& info, const AdapterOffsets&) {
                     list.push_back({"lora.a." + info.name, info.rows, rank, Init::normal, true});
                     list.push_back({"lora.b." + info.name, rank, info.cols, Init::zero, true});
                   });
  return list;
}

void initialise_adapters(const std::vector<ParameterInfo>& adapters, std::uint64_t seed,
                         float* flat) {
  std::uint32_t index = 0;
  for (const ParameterInfo& info : adapters) {
    const Rng rng(seed, Stream::kAdapter, index++);
    const float std =
        info.init == Init::zero ? 0.0f : 1.0f / std::sqrt(static_cast<float>(info.rows));
    for (std::int64_t i = 0; i < info.size(); ++i) *flat++ = std == 0 ? 0.0f : std * rng.normal(i);
  }
}

}  // namespace clearformer
