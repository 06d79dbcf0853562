#include "train/cost.h"

namespace clearformer {

double step_flops(const Recipe& r, int vocab_size) {
  const double B = static_cast<double>(r.batch_size) * r.grad_accum_steps;
  const double T = r.block_size, C = r.n_embd, L = r.n_layer, V = vocab_size;
  return 6 * B * T * (12 * L * C * C + V * C) + 6 * L * B * T * (T + 1) * C;
}

}  // namespace clearformer
