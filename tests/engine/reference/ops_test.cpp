// Every op of the reference against the complex step.
#include <gtest/gtest.h>

#include "reference/attention.h"
#include "reference/cross_entropy.h"
#include "reference/dropout.h"
#include "reference/embedding.h"
#include "reference/gelu.h"
#include "reference/head.h"
#include "reference/layernorm.h"
#include "reference/linear.h"
#include "reference/residual.h"
#include "reference/softmax.h"
#include "tests/engine/support/gradient_check.h"

namespace clearformer {
namespace {

using reference::Index;
using std::real;
using test::check_gradients;
using test::Input;
using test::pointer;
using test::Random;

// The scalar of a vector of numbers.
template <class Vector>
using NumberOf = typename std::remove_cvref_t<Vector>::value_type;

std::vector<double> normals(Random& random, Index n, bool present = true) {
  return random.normals<double>(present ? n : 0);
}

TEST(ReferenceEmbedding, GradientsAgreeWithTheComplexStep) {
  struct Shape {
    Index B, T, C, V, block_size;
  };
  for (const auto [B, T, C, V, block_size] :
       {Shape{1, 1, 1, 1, 1}, Shape{2, 3, 5, 4, 7}, Shape{3, 7, 2, 5, 7}}) {
    Random random(1);
    const auto tokens = random.tokens(B * T, V);
    check_gradients(
        {{"wte", normals(random, V * C), true}, {"wpe", normals(random, block_size * C), true}},
        [&](auto& out, const auto& in) {
          out = test::nans<NumberOf<decltype(out)>>(B * T * C);
          reference::embedding_forward(out.data(), tokens.data(), in[0].data(), in[1].data(), B, T,
                                       C);
        },
        [&](auto& din, const auto& dout, const auto&) {
          reference::embedding_backward(din[0].data(), din[1].data(), dout.data(), tokens.data(), B,
                                        T, C);
        },
        random);
  }
}

TEST(ReferenceLayerNorm, GradientsAgreeWithTheComplexStep) {
  for (const auto& [N, C] : {std::pair<Index, Index>{1, 2}, {3, 5}, {4, 7}}) {
    for (const bool bias : {false, true}) {
      Random random(2);
      check_gradients(
          {{"x", normals(random, N * C)},
           {"weight", normals(random, C), true},
           {"bias", normals(random, C, bias), true}},
          [&](auto& out, const auto& in) {
            using Number = NumberOf<decltype(out)>;
            out = test::nans<Number>(N * C);
            auto mean = test::nans<Number>(N), rstd = test::nans<Number>(N);
            reference::layernorm_forward(out.data(), mean.data(), rstd.data(), in[0].data(),
                                         in[1].data(), pointer(in[2]), N, C);
          },
          [&](auto& din, const auto& dout, const auto& in) {
            using Number = NumberOf<decltype(dout)>;
            std::vector<Number> out(N * C), mean(N), rstd(N);
            reference::layernorm_forward(out.data(), mean.data(), rstd.data(), in[0].data(),
                                         in[1].data(), pointer(in[2]), N, C);
            reference::layernorm_backward(din[0].data(), din[1].data(), pointer(din[2]),
                                          dout.data(), in[0].data(), in[1].data(), mean.data(),
                                          rstd.data(), N, C);
          },
          random);
    }
  }
}

TEST(ReferenceLinear, GradientsAgreeWithTheComplexStep) {
  struct Shape {
    Index N, C_in, C_out;
  };
  for (const auto [N, C_in, C_out] : {Shape{1, 1, 1}, Shape{3, 5, 7}, Shape{5, 7, 2}}) {
    for (const bool bias : {false, true}) {
      Random random(3);
      check_gradients(
          {{"x", normals(random, N * C_in)},
           {"weight", normals(random, C_in * C_out), true},
           {"bias", normals(random, C_out, bias), true}},
          [&](auto& out, const auto& in) {
            out = test::nans<NumberOf<decltype(out)>>(N * C_out);
            reference::linear_forward(out.data(), in[0].data(), in[1].data(), pointer(in[2]), N,
                                      C_in, C_out);
          },
          [&](auto& din, const auto& dout, const auto& in) {
            reference::linear_backward(din[0].data(), din[1].data(), pointer(din[2]), dout.data(),
                                       in[0].data(), in[1].data(), N, C_in, C_out);
          },
          random);
    }
  }
}

TEST(ReferenceHead, GradientsAgreeWithTheComplexStep) {
  struct Shape {
    Index N, C, V;
  };
  for (const auto [N, C, V] : {Shape{1, 1, 2}, Shape{3, 5, 7}, Shape{5, 3, 11}}) {
    Random random(4);
    check_gradients(
        {{"x", normals(random, N * C)}, {"wte", normals(random, V * C), true}},
        [&](auto& out, const auto& in) {
          out = test::nans<NumberOf<decltype(out)>>(N * V);
          reference::head_forward(out.data(), in[0].data(), in[1].data(), N, C, V);
        },
        [&](auto& din, const auto& dout, const auto& in) {
          reference::head_backward(din[0].data(), din[1].data(), dout.data(), in[0].data(),
                                   in[1].data(), N, C, V);
        },
        random);
  }
}

TEST(ReferenceAttention, GradientsAgreeWithTheComplexStep) {
  struct Shape {
    Index B, T, C, NH;
  };
  for (const auto [B, T, C, NH] :
       {Shape{1, 1, 1, 1}, Shape{1, 5, 6, 2}, Shape{2, 3, 9, 3}, Shape{3, 4, 3, 3}}) {
    for (const bool dropout : {false, true}) {
      Random random(5);
      const auto scale = random.dropout_scales(dropout ? B * NH * T * T : 0, 0.3f);
      check_gradients(
          {{"qkv", normals(random, B * T * 3 * C)}},
          [&](auto& out, const auto& in) {
            using Number = NumberOf<decltype(out)>;
            out = test::nans<Number>(B * T * C);
            auto att = test::nans<Number>(B * NH * T * T);
            reference::attention_forward(out.data(), att.data(), in[0].data(), pointer(scale), B, T,
                                         C, NH);
          },
          [&](auto& din, const auto& dout, const auto& in) {
            using Number = NumberOf<decltype(dout)>;
            auto out = test::nans<Number>(B * T * C);
            auto att = test::nans<Number>(B * NH * T * T), datt = att;
            reference::attention_forward(out.data(), att.data(), in[0].data(), pointer(scale), B, T,
                                         C, NH);
            reference::attention_backward(din[0].data(), datt.data(), dout.data(), in[0].data(),
                                          att.data(), pointer(scale), B, T, C, NH);
          },
          random);
    }
  }
}

TEST(ReferenceGelu, GradientsAgreeWithTheComplexStep) {
  Random random(6);
  std::vector<double> x = normals(random, 21);
  x.insert(x.end(), {0.0, -5.0, 5.0, -0.75, 1e-3});
  const Index N = static_cast<Index>(x.size());
  check_gradients(
      {{"x", x}},
      [&](auto& out, const auto& in) {
        out = test::nans<NumberOf<decltype(out)>>(N);
        reference::gelu_forward(out.data(), in[0].data(), N);
      },
      [&](auto& din, const auto& dout, const auto& in) {
        reference::gelu_backward(din[0].data(), dout.data(), in[0].data(), N);
      },
      random);
}

TEST(ReferenceResidual, GradientsAgreeWithTheComplexStep) {
  constexpr Index N = 7;
  Random random(7);
  check_gradients(
      {{"a", normals(random, N)}, {"b", normals(random, N)}},
      [&](auto& out, const auto& in) {
        out = test::nans<NumberOf<decltype(out)>>(N);
        reference::residual_forward(out.data(), in[0].data(), in[1].data(), N);
      },
      [&](auto& din, const auto& dout, const auto&) {
        reference::residual_backward(din[0].data(), din[1].data(), dout.data(), N);
      },
      random);
}

TEST(ReferenceDropout, GradientsAgreeWithTheComplexStep) {
  constexpr Index N = 23;
  for (const bool dropout : {false, true}) {
    Random random(8);
    const auto scale = random.dropout_scales(dropout ? N : 0, 0.4f);
    check_gradients(
        {{"x", normals(random, N)}},
        [&](auto& out, const auto& in) {
          out = test::nans<NumberOf<decltype(out)>>(N);
          reference::dropout_forward(out.data(), in[0].data(), pointer(scale), N);
        },
        [&](auto& din, const auto& dout, const auto&) {
          reference::dropout_backward(din[0].data(), dout.data(), pointer(scale), N);
        },
        random);
  }
}

TEST(ReferenceSoftmax, GradientsAgreeWithTheComplexStep) {
  for (const Index N : {1, 2, 7}) {
    Random random(9);
    check_gradients(
        {{"x", normals(random, N)}},
        [&](auto& out, const auto& in) {
          out = test::nans<NumberOf<decltype(out)>>(N);
          reference::softmax_forward(out.data(), in[0].data(), N);
        },
        [&](auto& din, const auto& dout, const auto& in) {
          auto out = test::nans<NumberOf<decltype(dout)>>(N);
          reference::softmax_forward(out.data(), in[0].data(), N);
          reference::softmax_backward(din[0].data(), dout.data(), out.data(), N);
        },
        random);
  }
}

TEST(ReferenceCrossEntropy, GradientsAgreeWithTheComplexStep) {
  for (const auto& [N, V] : {std::pair<Index, Index>{1, 2}, {3, 7}, {5, 4}}) {
    Random random(10);
    const auto targets = random.tokens(N, V);
    check_gradients(
        {{"logits", normals(random, N * V)}},
        [&](auto& out, const auto& in) {
          using Number = NumberOf<decltype(out)>;
          auto losses = test::nans<Number>(N), probabilities = test::nans<Number>(N * V);
          out = {reference::cross_entropy_forward(losses.data(), probabilities.data(), in[0].data(),
                                                  targets.data(), N, V)};
        },
        [&](auto& din, const auto& dout, const auto& in) {
          using Number = NumberOf<decltype(dout)>;
          std::vector<Number> losses(N), probabilities(N * V);
          reference::cross_entropy_forward(losses.data(), probabilities.data(), in[0].data(),
                                           targets.data(), N, V);
          reference::cross_entropy_backward(din[0].data(), probabilities.data(), targets.data(),
                                            real(dout[0]), N, V);
        },
        random);
  }
}

}  // namespace
}  // namespace clearformer
