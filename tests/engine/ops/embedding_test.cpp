#include "ops/embedding.h"

#include <gtest/gtest.h>

#include "reference/embedding.h"
#include "tests/engine/support/engine_check.h"

namespace clearformer {
namespace {

using test::converted;
using test::nans;
using test::pointer;
using test::Tensors;

struct Shape {
  std::int64_t B, T, C;
  int V;
  std::int64_t block_size;  // 0: no wpe
};
const std::vector<Shape>& shapes() {
  static const std::vector<Shape> shapes = {
      {1, 1, 1, 1, 1}, {3, 5, 7, 4, 6}, {2, 9, 33, 65, 9}, {4, 40, 75, 3, 64}, {3, 5, 33, 4, 0}};
  return shapes;
}

TEST(Embedding, ForwardAgrees) {
  for (const auto& [B, T, C, V, block_size] : shapes()) {
    test::Random random(B * T + C);
    const auto tokens = random.tokens(B * T, V);
    const auto wte = random.normals<float>(V * C), wpe = random.normals<float>(block_size * C);
    const auto expected = test::from_reference([&]<class Number>(Tensors<Number>& out) {
      out = {nans<Number>(B * T * C)};
      const auto wpe_n = converted<Number>(wpe);
      reference::embedding_forward(out[0].data(), tokens.data(), converted<Number>(wte).data(),
                                   pointer(wpe_n), B, T, C);
    });
    test::expect_engine_agrees({"out"}, expected, test::no_scratch, [&](const Context& context) {
      auto out = nans<float>(B * T * C);
      embedding_forward(context, out.data(), tokens.data(), wte.data(), pointer(wpe), B, T, C);
      return Tensors<float>{out};
    });
  }
}

// Tokens repeat, so that several rows add to one; rows of wpe from T on are left alone.
TEST(Embedding, BackwardAgrees) {
  for (const auto& [B, T, C, V, block_size] : shapes()) {
    test::Random random(B * T + C + 1);
    const auto tokens = random.tokens(B * T, V);
    const auto dout = random.normals<float>(B * T * C);
    const auto noise_wte = random.normals<float>(V * C);
    const auto noise_wpe = random.normals<float>(block_size * C);
    const auto expected = test::from_reference([&]<class Number>(Tensors<Number>& out) {
      out = {converted<Number>(noise_wte), converted<Number>(noise_wpe)};
      reference::embedding_backward(out[0].data(), pointer(out[1]), converted<Number>(dout).data(),
                                    tokens.data(), B, T, C);
    });
    test::expect_engine_agrees({"dwte", "dwpe"}, expected, test::no_scratch,
                               [&](const Context& context) {
                                 Tensors<float> out = {noise_wte, noise_wpe};
                                 embedding_backward(context, out[0].data(), pointer(out[1]),
                                                    dout.data(), tokens.data(), B, T, C);
                                 return out;
                               });
  }
}

}  // namespace
}  // namespace clearformer
