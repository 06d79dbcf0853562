#include "ops/qk_norm.h"

#include <gtest/gtest.h>

#include "ops/grain.h"
#include "reference/qk_norm.h"
#include "tests/engine/support/engine_check.h"

namespace clearformer {
namespace {

using test::converted;
using test::nans;
using test::Tensors;

struct Example {
  explicit Example(const AttentionShape& shape) : shape(shape), N(shape.B * shape.T) {
    test::Random random(N * 1009 + shape.C);
    qkv = random.normals<float>(N * shape.qkv_width());
    dout = random.normals<float>(N * shape.qkv_width());
    for (std::vector<float>* weight : {&q_weight, &k_weight, &q_noise, &k_noise})
      *weight = random.normals<float>(shape.head_size());
  }
  std::int64_t heads() const { return shape.n_head + shape.n_kv_head; }

  AttentionShape shape;
  std::int64_t N;
  std::vector<float> qkv, dout, q_weight, k_weight, q_noise, k_noise;
};

TEST(QKNorm, ForwardAndBackwardAgree) {
  for (const AttentionShape& shape : {AttentionShape{1, 1, 1, 1},
                                      {2, 3, 15, 3, 1},
                                      {1, 7, 34, 2},
                                      {3, kElementsPerTask / 40, 60, 4, 2}}) {
    const Example e(shape);
    const auto NH = shape.n_head, NKV = shape.n_kv_head, HS = shape.head_size();
    const auto expected = test::from_reference([&]<class Number>(Tensors<Number>& out) {
      const auto qkv = converted<Number>(e.qkv), dout = converted<Number>(e.dout);
      const auto q_weight = converted<Number>(e.q_weight), k_weight = converted<Number>(e.k_weight);
      out = {nans<Number>(qkv.size()), nans<Number>(qkv.size()), converted<Number>(e.q_noise),
             converted<Number>(e.k_noise)};
      auto rstd = nans<Number>(e.N * e.heads());
      reference::qk_norm_forward(out[0].data(), rstd.data(), qkv.data(), q_weight.data(),
                                 k_weight.data(), e.N, NH, NKV, HS);
      reference::qk_norm_backward(out[1].data(), out[2].data(), out[3].data(), dout.data(),
                                  qkv.data(), q_weight.data(), k_weight.data(), rstd.data(), e.N,
                                  NH, NKV, HS);
    });
    test::expect_engine_agrees(
        {"out", "dqkv", "dq_weight", "dk_weight"}, expected, test::no_scratch,
        [&](const Context& context) {
          Tensors<float> out = {nans<float>(e.qkv.size()), e.dout, e.q_noise, e.k_noise};
          auto rstd = nans<float>(e.N * e.heads()), in_place = e.qkv;
          qk_norm_forward(context, in_place.data(), rstd.data(), in_place.data(), e.q_weight.data(),
                          e.k_weight.data(), shape);
          qk_norm_forward(context, out[0].data(), rstd.data(), e.qkv.data(), e.q_weight.data(),
                          e.k_weight.data(), shape);
          test::expect_same_bits("in place", in_place, out[0]);
          qk_norm_backward(context, out[1].data(), out[2].data(), out[3].data(), e.qkv.data(),
                           e.q_weight.data(), e.k_weight.data(), rstd.data(), shape);
          return out;
        });
  }
}

}  // namespace
}  // namespace clearformer
