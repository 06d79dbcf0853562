#include "train/cost.h"

#include <gtest/gtest.h>

namespace clearformer {
namespace {

// A matrix product (M, K) by (K, N).
double product(double M, double K, double N) {
  return 2 * M * K * N;
}

// Counted product by product: forward once, backward twice (one for each operand's gradient).
double counted(const Recipe& r, int V) {
  const double C = r.n_embd, T = r.block_size, HS = C / r.n_head;
  const double rows = static_cast<double>(r.batch_size) * T;
  const double KV = (r.n_kv_head == 0 ? r.n_head : r.n_kv_head) * HS;
  double layer = product(rows, C, C) + 2 * product(rows, C, KV) + product(rows, C, C);
  if (r.activation == "swiglu") {  // H by hand: 8/3 of 35 is 93.3, whole lanes make 96
    layer += 3 * product(rows, C, 96);
  } else {
    layer += product(rows, C, 4 * C) + product(rows, 4 * C, C);
  }
  for (double t = 1; t <= T; ++t)  // query number t sees t positions: scores, then values
    layer += r.batch_size * r.n_head * (product(1, HS, t) + product(1, t, HS));
  return 3 * r.grad_accum_steps * (r.n_layer * layer + product(rows, C, V));
}

// Of LoRA beside it: the merge, and a gradient for each of the two factors.
double counted_adapters(const Recipe& r) {
  const double C = r.n_embd, R = r.lora_rank;
  const auto matrix = [&](double C_in, double C_out) { return 3 * product(C_in, R, C_out); };
  return r.n_layer * (matrix(C, 3 * C) + matrix(C, C) + matrix(C, 4 * C) + matrix(4 * C, C));
}

// They are whole numbers below 2^53: no rounding.
TEST(Cost, IsTheSumOfTheProducts) {
  EXPECT_EQ(step_flops(Recipe{}, 65), counted(Recipe{}, 65));
  Recipe odd;
  odd.n_layer = 3;
  odd.n_head = 5;
  odd.n_embd = 35;
  odd.block_size = 17;
  odd.batch_size = 7;
  odd.grad_accum_steps = 3;
  EXPECT_EQ(step_flops(odd, 101), counted(odd, 101));
  odd.lora_rank = 7;
  EXPECT_EQ(step_flops(odd, 101), counted(odd, 101) + counted_adapters(odd));
  odd.lora_rank = 0;
  odd.activation = "swiglu";
  odd.n_kv_head = 1;
  EXPECT_EQ(step_flops(odd, 101), counted(odd, 101));
}

// nanoGPT's recipe for a CPU: 3.8 thousand million.
TEST(Cost, OfTheDefaultRecipe) {
  EXPECT_GT(step_flops(Recipe{}, 65), 3.81e9);
  EXPECT_LT(step_flops(Recipe{}, 65), 3.83e9);
}

}  // namespace
}  // namespace clearformer
