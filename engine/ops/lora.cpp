#include "ops/lora.h"

#include <algorithm>

#include "kernels/gemm.h"
#include "kernels/simd.h"
#include "ops/grain.h"

namespace clearformer {
namespace {

// An adapter times the scale, at the scratch's end; products take its beginning.
[[gnu::noinline]] const float* scaled(const Context& context, const float* adapter,
                                      std::int64_t size, float scale) {
  float* const out = context.scratch.data() + context.scratch.size() - size;
  for_each_lanes(context, size, [&](std::int64_t i, auto n) {
    simd::store(out + i, simd::load(adapter + i, n) * scale, n);
  });
  return out;
}

}  // namespace

void lora_merge(const Context& context, float* weight, const float* base, const float* a,
                const float* b, const LoraShape& s) {
  const OpTimer timer(context.profile, __func__, gemm_flops(s.C_in, s.C_out, s.rank));
  const float* const scaled_b = scaled(context, b, s.rank * s.C_out, s.scale);
  gemm(context, {.data = weight, .stride = s.C_out, .residual = base}, matrix(a, s.rank),
       matrix(scaled_b, s.C_out), s.C_in, s.C_out, s.rank);
}

void lora_backward(const Context& context, float* da, float* db, const float* dweight,
                   const float* a, const float* b, const LoraShape& s) {
  const OpTimer timer(context.profile, __func__, 2 * gemm_flops(s.C_in, s.C_out, s.rank));
  const float* const scaled_b = scaled(context, b, s.rank * s.C_out, s.scale);
  gemm(context, {.data = da, .stride = s.rank, .accumulate = true}, matrix(dweight, s.C_out),
       transposed(scaled_b, s.C_out), s.C_in, s.rank, s.C_out);
  const float* const scaled_a = scaled(context, a, s.C_in * s.rank, s.scale);
  gemm(context, {.data = db, .stride = s.C_out, .accumulate = true}, transposed(scaled_a, s.rank),
       matrix(dweight, s.C_out), s.rank, s.C_out, s.C_in);
}

std::int64_t lora_scratch(std::int64_t C_in, std::int64_t C_out, std::int64_t rank) {
  return rank * std::max(C_in, C_out) +
         std::max({gemm_scratch(C_in, C_out, rank), gemm_scratch(C_in, rank, C_out),
                   gemm_scratch(rank, C_out, C_in)});
}

}  // namespace clearformer
