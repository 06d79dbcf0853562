#include "train/cost.h"

#include "train/lora.h"
#include "train/muon.h"
#include "train/optimizer.h"

namespace clearformer {

double step_flops(const Recipe& r, int vocab_size) {
  const ModelConfig config = r.model_config(vocab_size);
  const double B = static_cast<double>(r.batch_size) * r.grad_accum_steps;
  const double T = r.block_size, C = r.n_embd, L = r.n_layer, V = vocab_size;
  const double columns = config.qkv_width() + C + config.fc_width() + config.n_inner();
  // A matrix's adapters cost as much as so many more rows: see ops/lora.md.
  const double adapters = 6 * r.lora_rank * L * columns * C;
  double flops = 6 * B * T * (L * columns * C + V * C) + 6 * L * B * T * (T + 1) * C + adapters;
  for (const ParameterInfo& info : trained_list(r, config))
    if (update_rule(r, info) == UpdateRule::muon) flops += muon_flops(info);
  return flops;
}

}  // namespace clearformer
