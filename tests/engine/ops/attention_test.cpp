#include "ops/attention.h"

#include <gtest/gtest.h>

#include <string>

#include "reference/attention.h"
#include "tests/engine/support/engine_check.h"

namespace clearformer {
namespace {

using test::converted;
using test::nans;
using test::Tensors;

struct Case {
  AttentionShape shape;
  float dropout;
};

// Heads of 1, 3, 5, 16 and 33; blocks of 32 queries: one, not quite one, just more, several; keys
// and values of a head each, or shared by two or three, or by all.
const std::vector<Case>& cases() {
  static const std::vector<Case> cases = {
      {{1, 1, 1, 1}, 0},      {{1, 1, 6, 2}, 0.5f},     {{3, 5, 9, 3}, 0},
      {{2, 7, 5, 1}, 0.3f},   {{1, 32, 16, 1}, 0},      {{2, 33, 10, 2}, 0.2f},
      {{1, 70, 33, 1}, 0},    {{1, 65, 32, 2}, 0.1f},   {{2, 31, 12, 4}, 0},
      {{2, 35, 12, 4, 2}, 0}, {{1, 7, 18, 6, 2}, 0.3f}, {{3, 33, 15, 3, 1}, 0.1f},
  };
  return cases;
}

// The engine's forward and backward in one, with what came before in every output.
struct Example {
  explicit Example(const Case& c) : shape(c.shape), dropout(test::test_dropout(c.dropout)) {
    test::Random random(shape.T * 1009 + shape.C);
    qkv = random.normals<float>(shape.B * shape.T * shape.qkv_width());
    dout = random.normals<float>(shape.B * shape.T * shape.C);
  }
  std::int64_t rows() const { return shape.B * shape.n_head * shape.T; }

  struct Kept {
    std::vector<float> out;
    std::vector<SoftmaxRow> softmax_rows;
  };
  Kept forward(const Context& context) const {
    constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
    Kept kept{nans<float>(shape.B * shape.T * shape.C),
              std::vector<SoftmaxRow>(rows(), {kNaN, kNaN})};
    attention_forward(context, kept.out.data(), kept.softmax_rows.data(), qkv.data(), dropout,
                      shape);
    return kept;
  }
  std::int64_t scratch(int n_threads) const { return attention_scratch(shape, n_threads); }

  AttentionShape shape;
  Dropout dropout;
  std::vector<float> qkv, dout;
};

// dq and dk by the formula that attention.md derives: the sum over s of p[s] dp[s] is dout . out.
// The same in exact arithmetic, but it rounds otherwise where the two sums cancel, most of all in a
// first row, where p is 1 and nothing else: a tolerance must know both ways.
template <class Number>
void score_gradients_by_out(Number* dqkv, const Number* dout, const Number* qkv, const Number* out,
                            const Number* att, const double* scale, const AttentionShape& shape) {
  const auto [B, T, C, NH, NKV] = shape;
  const std::int64_t HS = C / NH, KV = shape.kv_width(), W = shape.qkv_width();
  const double temperature = 1.0 / std::sqrt(static_cast<double>(HS));
  for (std::int64_t i = 0; i < B * T * W; ++i)
    if (i % W < C + KV) dqkv[i] = 0;
  for (std::int64_t row = 0; row < B * NH * T; ++row) {
    const std::int64_t b = row / (NH * T), h = row / T % NH, t = row % T;
    const std::int64_t q = (b * T + t) * W + h * HS, at = (b * T + t) * C + h * HS;
    Number mean = 0;
    for (std::int64_t i = 0; i < HS; ++i) mean += dout[at + i] * out[at + i];
    for (std::int64_t s = 0; s <= t; ++s) {
      const std::int64_t k = (b * T + s) * W + C + h / (NH / NKV) * HS, v = k + KV;
      Number dp = 0;
      for (std::int64_t i = 0; i < HS; ++i) dp += dout[at + i] * qkv[v + i];
      if (scale) dp *= scale[row * T + s];
      const Number ds = att[row * T + s] * (dp - mean) * temperature;
      for (std::int64_t i = 0; i < HS; ++i) {
        dqkv[q + i] += ds * qkv[k + i];
        dqkv[k + i] += ds * qkv[q + i];
      }
    }
  }
}

TEST(Attention, ForwardAndBackwardAgree) {
  for (const Case& c : cases()) {
    const auto [B, T, C, NH, NKV] = c.shape;
    SCOPED_TRACE("B, T, C, NH, NKV = " + std::to_string(B) + ", " + std::to_string(T) + ", " +
                 std::to_string(C) + ", " + std::to_string(NH) + ", " + std::to_string(NKV));
    const Example e(c);
    const std::vector<double> scales = test::replayed(e.dropout, B * NH * T * T);
    auto expected = test::from_reference([&]<class Number>(Tensors<Number>& out) {
      const auto qkv = converted<Number>(e.qkv), dout = converted<Number>(e.dout);
      out = {nans<Number>(B * T * C), nans<Number>(qkv.size())};
      auto att = nans<Number>(B * NH * T * T), datt = att;
      reference::attention_forward(out[0].data(), att.data(), qkv.data(), test::pointer(scales), B,
                                   T, C, NH, NKV);
      reference::attention_backward(out[1].data(), datt.data(), dout.data(), qkv.data(), att.data(),
                                    test::pointer(scales), B, T, C, NH, NKV);
      out.push_back(out[1]);
      score_gradients_by_out(out[2].data(), dout.data(), qkv.data(), out[0].data(), att.data(),
                             test::pointer(scales), e.shape);
    });
    for (std::size_t i = 0; i < expected[1].scatter.size(); ++i)
      expected[1].scatter[i] = std::max(expected[1].scatter[i], expected[2].scatter[i]);
    test::expect_agrees("by out", expected[2].values.data(), expected[1], test::kDoubleUnit);
    expected.pop_back();
    test::expect_engine_agrees(
        {"out", "dqkv"}, expected, [&](int n_threads) { return e.scratch(n_threads); },
        [&](const Context& context) {
          const Example::Kept kept = e.forward(context);
          auto dqkv = nans<float>(e.qkv.size());
          attention_backward(context, dqkv.data(), e.dout.data(), e.qkv.data(), kept.out.data(),
                             kept.softmax_rows.data(), e.dropout, e.shape);
          return Tensors<float>{kept.out, dqkv};
        });
  }
}

// What is kept of each row: the scaled scores' maximum, and one over the sum of exponentials.
TEST(Attention, KeepsEachRowsMaximumAndSum) {
  const Example e({{2, 40, 10, 2}, 0.2f});
  const auto [B, T, C, NH, NKV] = e.shape;
  const std::int64_t HS = C / NH;
  const auto expected = test::from_reference([&]<class Number>(Tensors<Number>& out) {
    out = {nans<Number>(e.rows()), nans<Number>(e.rows())};
    for (std::int64_t row = 0; row < e.rows(); ++row) {
      const std::int64_t b = row / (NH * T), h = row / T % NH, t = row % T;
      const float* q = e.qkv.data() + (b * T + t) * 3 * C + h * HS;
      std::vector<Number> scores;
      for (std::int64_t s = 0; s <= t; ++s) {
        const float* k = e.qkv.data() + (b * T + s) * 3 * C + C + h * HS;
        Number sum = 0;
        for (std::int64_t i = 0; i < HS; ++i) sum += Number(q[i]) * Number(k[i]);
        scores.push_back(sum * Number(1.0 / std::sqrt(static_cast<double>(HS))));
      }
      Number largest = scores[0];
      using reference::exp, reference::real;
      for (const Number& score : scores)
        if (real(score) > real(largest)) largest = score;
      Number sum = 0;
      for (const Number& score : scores) sum += exp(score - largest);
      out[0][row] = largest;
      out[1][row] = Number(1.0) / sum;
    }
  });
  test::expect_engine_agrees(
      {"max", "inverse_sum"}, expected, [&](int n_threads) { return e.scratch(n_threads); },
      [&](const Context& context) {
        Tensors<float> out(2);
        for (const SoftmaxRow& row : e.forward(context).softmax_rows) {
          out[0].push_back(row.max);
          out[1].push_back(row.inverse_sum);
        }
        return out;
      });
}

// Whatever lies in the future, the past is the same to the bit; and the future's keys and values
// get no gradient from it.
TEST(Attention, TheFutureNeverChangesThePast) {
  const Case c = {{1, 70, 10, 2}, 0.2f};
  Example e(c);
  const auto [B, T, C, NH, NKV] = e.shape;
  const test::EngineContext context(1, Arithmetic::strict, e.scratch(1));
  const std::vector<float> out = e.forward(context).out;
  for (const std::int64_t now : {0, 1, 31, 32, 40, 68}) {
    Example other = e;
    test::Random random(now);
    for (std::int64_t i = (now + 1) * 3 * C; i < T * 3 * C; ++i)
      other.qkv[i] = static_cast<float>(random.normal(10.0));
    const Example::Kept kept = other.forward(context);
    const std::vector<float> past(out.begin(), out.begin() + (now + 1) * C);
    test::expect_same_bits("past", {kept.out.begin(), kept.out.begin() + (now + 1) * C}, past);
    EXPECT_NE(kept.out, out);

    std::fill(other.dout.begin() + (now + 1) * C, other.dout.end(), 0.0f);
    auto dqkv = nans<float>(other.qkv.size());
    attention_backward(context, dqkv.data(), other.dout.data(), other.qkv.data(), kept.out.data(),
                       kept.softmax_rows.data(), other.dropout, other.shape);
    for (std::int64_t i = (now + 1) * 3 * C; i < T * 3 * C; ++i) ASSERT_EQ(dqkv[i], 0.0f) << i;
  }
}

// Heads and batches are alone: each gives what it gives by itself, with the keys and values that
// are its own or its group's.
TEST(Attention, HeadsAndBatchesDoNotMix) {
  for (const AttentionShape& shape : {AttentionShape{2, 34, 6, 2}, {2, 34, 12, 4, 2}}) {
    const Example e({shape, 0});
    const auto [B, T, C, NH, NKV] = e.shape;
    const std::int64_t HS = C / NH;
    const test::EngineContext context(1, Arithmetic::strict, e.scratch(1));
    const std::vector<float> out = e.forward(context).out;
    for (std::int64_t b = 0; b < B; ++b) {
      for (std::int64_t h = 0; h < NH; ++h) {
        Example alone({{1, T, HS, 1}, 0});
        const std::int64_t kv = h / shape.group() * HS;
        const std::int64_t columns[] = {h * HS, C + kv, C + shape.kv_width() + kv};
        for (std::int64_t t = 0; t < T; ++t)
          for (std::int64_t i = 0; i < 3 * HS; ++i)
            alone.qkv[t * 3 * HS + i] =
                e.qkv[(b * T + t) * shape.qkv_width() + columns[i / HS] + i % HS];
        std::vector<float> expected;
        for (std::int64_t t = 0; t < T; ++t)
          for (std::int64_t i = 0; i < HS; ++i)
            expected.push_back(out[(b * T + t) * C + h * HS + i]);
        test::expect_same_bits("head", alone.forward(context).out, expected);
      }
    }
  }
}

TEST(AttentionDecode, GivesWhatForwardGives) {
  for (const AttentionShape& shape : {AttentionShape{1, 1, 1, 1},
                                      {1, 9, 9, 3},
                                      {1, 40, 33, 1},
                                      {1, 37, 32, 2},
                                      {1, 21, 18, 6, 2},
                                      {1, 34, 15, 3, 1}}) {
    const Example e({shape, 0});
    const auto [B, T, C, NH, NKV] = shape;
    const std::int64_t KV = shape.kv_width(), W = shape.qkv_width();
    const auto expected = test::from_reference([&]<class Number>(Tensors<Number>& out) {
      out = {nans<Number>(T * C)};
      auto att = nans<Number>(NH * T * T);
      reference::attention_forward(out[0].data(), att.data(), converted<Number>(e.qkv).data(),
                                   nullptr, 1, T, C, NH, NKV);
    });
    auto out = nans<float>(T * C), keys = nans<float>(T * KV), values = nans<float>(T * KV);
    auto scratch = nans<float>(T);
    for (std::int64_t t = 0; t < T; ++t)
      attention_decode(out.data() + t * C, keys.data(), values.data(), scratch.data(),
                       e.qkv.data() + t * W, t, shape);
    test::expect_agrees("out", out.data(), expected[0], test::kFloatUnit);
    // The caches hold the keys and values as they came.
    for (std::int64_t t = 0; t < T; ++t)
      for (std::int64_t i = 0; i < KV; ++i) {
        ASSERT_EQ(keys[t * KV + i], e.qkv[t * W + C + i]);
        ASSERT_EQ(values[t * KV + i], e.qkv[t * W + C + KV + i]);
      }
  }
}

}  // namespace
}  // namespace clearformer
