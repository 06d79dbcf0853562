#include "inspect/part.h"

#include <algorithm>

namespace clearformer {
namespace {

// Calls fn(size, of) for each piece of memory by which a part acts: of(parameters) is where it
// lies.
template <class Fn>
void for_each_piece(const ModelConfig& config, const Part& part, Fn&& fn) {
  const std::int64_t C = config.n_embd, HS = config.head_size();
  if (part.head != Part::kMlp) {
    fn(HS * C, [=](const Parameters<float>& p) {
      return p.h[part.layer].attn_c_proj_weight + part.head * HS * C;
    });
    return;
  }
  fn(config.n_inner() * C,
     [=](const Parameters<float>& p) { return p.h[part.layer].mlp_c_proj_weight; });
  if (config.bias)
    fn(C, [=](const Parameters<float>& p) { return p.h[part.layer].mlp_c_proj_bias; });
}

}  // namespace

void switch_off(const ModelConfig& config, const Part& part, const Parameters<float>& parameters) {
  for_each_piece(config, part,
                 [&](std::int64_t size, auto of) { std::fill_n(of(parameters), size, 0.0f); });
}

void switch_on(const ModelConfig& config, const Part& part, const Parameters<float>& parameters,
               const Parameters<float>& original) {
  for_each_piece(config, part, [&](std::int64_t size, auto of) {
    std::copy_n(of(original), size, of(parameters));
  });
}

}  // namespace clearformer
