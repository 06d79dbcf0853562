#include "model/parameters.h"

#include <algorithm>
#include <cmath>

#include "base/rng.h"

namespace clearformer {

std::vector<ParameterInfo> parameter_list(const ModelConfig& config) {
  std::vector<ParameterInfo> list;
  Parameters<float> p{};
  for_each_parameter(config, p, [&](const ParameterInfo& info, float*&) { list.push_back(info); });
  return list;
}

std::int64_t parameter_count(const ModelConfig& config) {
  std::int64_t count = 0;
  for (const ParameterInfo& info : parameter_list(config)) count += info.size();
  return count;
}

void initialise_parameters(const ModelConfig& config, std::uint64_t seed, float* flat) {
  constexpr float kStd = 0.02f;
  const float residual_std = kStd / std::sqrt(2.0f * static_cast<float>(config.n_layer));
  std::uint32_t index = 0;
  for (const ParameterInfo& info : parameter_list(config)) {
    const Rng rng(seed, Stream::kInit, index++);
    const std::int64_t n = info.size();
    const float std = info.init == Init::normal_residual ? residual_std : kStd;
    switch (info.init) {
      case Init::zero:
        std::fill_n(flat, n, 0.0f);
        break;
      case Init::one:
        std::fill_n(flat, n, 1.0f);
        break;
      case Init::normal:
      case Init::normal_residual:
        for (std::int64_t i = 0; i < n; ++i) flat[i] = std * rng.normal(i);
    }
    flat += n;
  }
}

}  // namespace clearformer
