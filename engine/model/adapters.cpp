#include "model/adapters.h"

#include <cmath>

#include "base/rng.h"

namespace clearformer {

std::vector<ParameterInfo> adapted_list(const ModelConfig& config) {
  std::vector<ParameterInfo> list;
  for (const ParameterInfo& info : parameter_list(config))
    if (is_adapted(info)) list.push_back(info);
  return list;
}

std::vector<ParameterInfo> adapter_list(const ModelConfig& config, std::int64_t rank) {
  std::vector<ParameterInfo> list;
  for (const ParameterInfo& info : adapted_list(config)) {
    const ParameterInfo a{"lora.a." + info.name, info.rows, rank, Init::normal, true};
    const ParameterInfo b{"lora.b." + info.name, rank, info.cols, Init::zero, true};
    list.push_back(a);
    list.push_back(b);
  }
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
