#include "ops/head.h"

#include <gtest/gtest.h>

#include "reference/head.h"
#include "tests/engine/support/engine_check.h"

namespace clearformer {
namespace {

using test::converted;
using test::nans;
using test::Tensors;

struct Shape {
  std::int64_t rows, C, V;
};
const std::vector<Shape>& shapes() {
  static const std::vector<Shape> shapes = {{1, 1, 1}, {3, 5, 65}, {7, 33, 13}, {14, 16, 129}};
  return shapes;
}

TEST(Head, ForwardAgrees) {
  for (const auto& [rows, C, V] : shapes()) {
    test::Random random(rows * 1009 + V);
    const auto x = random.normals<float>(rows * C), wte = random.normals<float>(V * C);
    const auto expected = test::from_reference([&]<class Number>(Tensors<Number>& out) {
      out = {nans<Number>(rows * V)};
      reference::head_forward(out[0].data(), converted<Number>(x).data(),
                              converted<Number>(wte).data(), rows, C, V);
    });
    test::expect_engine_agrees(
        {"logits"}, expected, [&](int) { return head_scratch(rows, C, V); },
        [&](const Context& context) {
          auto logits = nans<float>(rows * V);
          head_forward(context, logits.data(), x.data(), wte.data(), rows, C, V);
          return Tensors<float>{logits};
        });
  }
}

TEST(Head, BackwardAgrees) {
  for (const auto& [rows, C, V] : shapes()) {
    test::Random random(rows * 1009 + V + 1);
    const auto x = random.normals<float>(rows * C), wte = random.normals<float>(V * C);
    const auto dlogits = random.normals<float>(rows * V), noise = random.normals<float>(V * C);
    const auto expected = test::from_reference([&]<class Number>(Tensors<Number>& out) {
      out = {nans<Number>(rows * C), converted<Number>(noise)};
      reference::head_backward(out[0].data(), out[1].data(), converted<Number>(dlogits).data(),
                               converted<Number>(x).data(), converted<Number>(wte).data(), rows, C,
                               V);
    });
    test::expect_engine_agrees(
        {"dx", "dwte"}, expected, [&](int) { return head_scratch(rows, C, V); },
        [&](const Context& context) {
          Tensors<float> out = {nans<float>(rows * C), noise};
          head_backward(context, out[0].data(), out[1].data(), dlogits.data(), x.data(), wte.data(),
                        rows, C, V);
          return out;
        });
  }
}

}  // namespace
}  // namespace clearformer
