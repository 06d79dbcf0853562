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
#include "reference/qk_norm.h"
#include "reference/relu2.h"
#include "reference/residual.h"
#include "reference/rmsnorm.h"
#include "reference/rotary.h"
#include "reference/softmax.h"
#include "reference/swiglu.h"
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
       {Shape{1, 1, 1, 1, 1}, Shape{2, 3, 5, 4, 7}, Shape{3, 7, 2, 5, 7}, Shape{2, 3, 5, 4, 0}}) {
    Random random(1);
    const auto tokens = random.tokens(B * T, V);
    check_gradients(
        {{"wte", normals(random, V * C), true}, {"wpe", normals(random, block_size * C), true}},
        [&](auto& out, const auto& in) {
          out = test::nans<NumberOf<decltype(out)>>(B * T * C);
          reference::embedding_forward(out.data(), tokens.data(), in[0].data(), pointer(in[1]), B,
                                       T, C);
        },
        [&](auto& din, const auto& dout, const auto&) {
          reference::embedding_backward(din[0].data(), pointer(din[1]), dout.data(), tokens.data(),
                                        B, T, C);
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

TEST(ReferenceRMSNorm, GradientsAgreeWithTheComplexStep) {
  for (const auto& [N, C] : {std::pair<Index, Index>{1, 1}, {3, 5}, {4, 7}}) {
    Random random(12);
    check_gradients(
        {{"x", normals(random, N * C)}, {"weight", normals(random, C), true}},
        [&](auto& out, const auto& in) {
          using Number = NumberOf<decltype(out)>;
          out = test::nans<Number>(N * C);
          auto rstd = test::nans<Number>(N);
          reference::rmsnorm_forward(out.data(), rstd.data(), in[0].data(), in[1].data(), N, C);
        },
        [&](auto& din, const auto& dout, const auto& in) {
          std::vector<NumberOf<decltype(dout)>> out(N * C), rstd(N);
          reference::rmsnorm_forward(out.data(), rstd.data(), in[0].data(), in[1].data(), N, C);
          reference::rmsnorm_backward(din[0].data(), din[1].data(), dout.data(), in[0].data(),
                                      in[1].data(), rstd.data(), N, C);
        },
        random);
  }
}

TEST(ReferenceQKNorm, GradientsAgreeWithTheComplexStep) {
  struct Shape {
    Index N, NH, NKV, HS;
  };
  for (const auto [N, NH, NKV, HS] : {Shape{1, 1, 1, 3}, Shape{3, 4, 2, 5}, Shape{2, 3, 1, 1}}) {
    Random random(13);
    const Index size = N * (NH + 2 * NKV) * HS;
    check_gradients(
        {{"qkv", normals(random, size)},
         {"q_weight", normals(random, HS), true},
         {"k_weight", normals(random, HS), true}},
        [&](auto& out, const auto& in) {
          using Number = NumberOf<decltype(out)>;
          out = test::nans<Number>(size);
          auto rstd = test::nans<Number>(N * (NH + NKV));
          reference::qk_norm_forward(out.data(), rstd.data(), in[0].data(), in[1].data(),
                                     in[2].data(), N, NH, NKV, HS);
        },
        [&](auto& din, const auto& dout, const auto& in) {
          std::vector<NumberOf<decltype(dout)>> out(size), rstd(N * (NH + NKV));
          reference::qk_norm_forward(out.data(), rstd.data(), in[0].data(), in[1].data(),
                                     in[2].data(), N, NH, NKV, HS);
          reference::qk_norm_backward(din[0].data(), din[1].data(), din[2].data(), dout.data(),
                                      in[0].data(), in[1].data(), in[2].data(), rstd.data(), N, NH,
                                      NKV, HS);
        },
        random);
  }
}

TEST(ReferenceRotary, GradientsAgreeWithTheComplexStep) {
  struct Shape {
    Index B, T, NH, HS, width;
  };
  for (const auto [B, T, NH, HS, width] : {Shape{1, 3, 1, 2, 2}, Shape{2, 5, 3, 4, 17}}) {
    Random random(14);
    check_gradients(
        {{"x", normals(random, B * T * width)}},
        [&](auto& out, const auto& in) {
          out = test::nans<NumberOf<decltype(out)>>(B * T * width);
          reference::rotary_forward(out.data(), in[0].data(), B, T, NH, HS, width);
        },
        [&](auto& din, const auto& dout, const auto&) {
          reference::rotary_backward(din[0].data(), dout.data(), B, T, NH, HS, width);
        },
        random);
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
    Index B, T, C, NH, NKV;
  };
  for (const auto [B, T, C, NH, NKV] :
       {Shape{1, 1, 1, 1, 1}, Shape{1, 5, 6, 2, 2}, Shape{2, 3, 9, 3, 3}, Shape{3, 4, 3, 3, 3},
        Shape{2, 4, 8, 4, 2}, Shape{1, 3, 9, 3, 1}}) {
    for (const bool dropout : {false, true}) {
      Random random(5);
      const auto scale = random.dropout_scales(dropout ? B * NH * T * T : 0, 0.3f);
      check_gradients(
          {{"qkv", normals(random, B * T * (C + 2 * NKV * (C / NH)))}},
          [&](auto& out, const auto& in) {
            using Number = NumberOf<decltype(out)>;
            out = test::nans<Number>(B * T * C);
            auto att = test::nans<Number>(B * NH * T * T);
            reference::attention_forward(out.data(), att.data(), in[0].data(), pointer(scale), B, T,
                                         C, NH, NKV);
          },
          [&](auto& din, const auto& dout, const auto& in) {
            using Number = NumberOf<decltype(dout)>;
            auto out = test::nans<Number>(B * T * C);
            auto att = test::nans<Number>(B * NH * T * T), datt = att;
            reference::attention_forward(out.data(), att.data(), in[0].data(), pointer(scale), B, T,
                                         C, NH, NKV);
            reference::attention_backward(din[0].data(), datt.data(), dout.data(), in[0].data(),
                                          att.data(), pointer(scale), B, T, C, NH, NKV);
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

TEST(ReferenceReLU2, GradientsAgreeWithTheComplexStep) {
  Random random(15);
  std::vector<double> x = normals(random, 21);
  x.insert(x.end(), {0.0, -5.0, 5.0, 1e-3, -1e-3});
  const Index N = static_cast<Index>(x.size());
  check_gradients(
      {{"x", x}},
      [&](auto& out, const auto& in) {
        out = test::nans<NumberOf<decltype(out)>>(N);
        reference::relu2_forward(out.data(), in[0].data(), N);
      },
      [&](auto& din, const auto& dout, const auto& in) {
        reference::relu2_backward(din[0].data(), dout.data(), in[0].data(), N);
      },
      random);
}

TEST(ReferenceSwiGLU, GradientsAgreeWithTheComplexStep) {
  for (const auto& [N, H] : {std::pair<Index, Index>{1, 1}, {3, 7}}) {
    Random random(16);
    check_gradients(
        {{"x", random.normals<double>(N * 2 * H, 2.0)}},
        [&](auto& out, const auto& in) {
          out = test::nans<NumberOf<decltype(out)>>(N * H);
          reference::swiglu_forward(out.data(), in[0].data(), N, H);
        },
        [&](auto& din, const auto& dout, const auto& in) {
          reference::swiglu_backward(din[0].data(), dout.data(), in[0].data(), N, H);
        },
        random);
  }
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
  for (const reference::LossTerms& terms :
       {reference::LossTerms{}, {0.1, 0}, {0, 0.01}, {0.3, 0.2}}) {
    for (const auto& [N, V] : {std::pair<Index, Index>{1, 2}, {3, 7}, {5, 4}}) {
      Random random(10);
      const auto targets = random.tokens(N, V);
      const auto losses_of = [&](auto& losses, auto& probabilities, const auto& logits) {
        return reference::cross_entropy_forward(losses.data(), probabilities.data(), logits.data(),
                                                targets.data(), N, V);
      };
      check_gradients(
          {{"logits", normals(random, N * V)}},
          [&](auto& out, const auto& in) {
            using Number = NumberOf<decltype(out)>;
            auto losses = test::nans<Number>(N), probabilities = test::nans<Number>(N * V);
            const Number loss = losses_of(losses, probabilities, in[0]);
            out = {reference::objective_forward(losses.data(), in[0].data(), targets.data(), terms,
                                                N, V)};
            if (terms.label_smoothing == 0 && terms.z_loss == 0)
              EXPECT_NEAR(real(out[0]), real(loss), 1e-15 * static_cast<double>(N * V));
          },
          [&](auto& din, const auto& dout, const auto& in) {
            using Number = NumberOf<decltype(dout)>;
            std::vector<Number> losses(N), probabilities(N * V);
            losses_of(losses, probabilities, in[0]);
            reference::cross_entropy_backward(din[0].data(), probabilities.data(), losses.data(),
                                              in[0].data(), targets.data(), terms, real(dout[0]), N,
                                              V);
          },
          random);
    }
  }
}

}  // namespace
}  // namespace clearformer
