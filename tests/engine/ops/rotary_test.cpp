#include "ops/rotary.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ops/grain.h"
#include "reference/rotary.h"
#include "tests/engine/support/engine_check.h"

namespace clearformer {
namespace {

using test::converted;
using test::nans;
using test::Tensors;

// Half a head of 1, 3, 16 and 17; rows enough for several tasks.
const std::vector<AttentionShape>& shapes() {
  static const std::vector<AttentionShape> shapes = {
      {1, 1, 2, 1}, {3, 5, 18, 3, 1}, {2, 7, 64, 2}, {1, 9, 136, 4, 2}, {3, 130, 24, 4, 2}};
  return shapes;
}

std::vector<float> table_of(std::int64_t T, std::int64_t HS) {
  auto table = nans<float>(T * HS);
  rotary_table(table.data(), T, HS);
  return table;
}

// Half a unit of a number below 1, by rounding, and hardly more by the recurrence.
TEST(Rotary, TheTableIsCosinesAndSines) {
  for (const auto& [T, HS] :
       {std::pair<std::int64_t, std::int64_t>{1, 2}, {9, 6}, {50, 34}, {4096, 64}}) {
    const std::vector<float> table = table_of(T, HS);
    for (std::int64_t t = 0; t < T; ++t)
      for (std::int64_t i = 0; i < HS / 2; ++i) {
        const double angle =
            static_cast<double>(t) /
            std::pow(10000.0, 2.0 * static_cast<double>(i) / static_cast<double>(HS));
        ASSERT_NEAR(table[t * HS + i], std::cos(angle), 0.51 * test::kFloatUnit) << t << " " << i;
        ASSERT_NEAR(table[t * HS + HS / 2 + i], std::sin(angle), 0.51 * test::kFloatUnit)
            << t << " " << i;
      }
  }
}

// A shorter table is the beginning of a longer one, to the bit: a decoder turns as training did.
TEST(Rotary, TheLengthOfTheTableDoesNotMatter) {
  const std::vector<float> longer = table_of(71, 10);
  const std::vector<float> beginning(longer.begin(), longer.begin() + 23 * 10);
  test::expect_same_bits("table", table_of(23, 10), beginning);
}

TEST(Rotary, ForwardAndBackwardAgree) {
  for (const AttentionShape& s : shapes()) {
    const std::int64_t width = s.qkv_width(), size = s.B * s.T * width, HS = s.head_size();
    const std::vector<float> table = table_of(s.T, HS);
    test::Random random(size);
    const auto qkv = random.normals<float>(size), dout = random.normals<float>(size);
    const auto expected = test::from_reference([&]<class Number>(Tensors<Number>& out) {
      out = {nans<Number>(size), nans<Number>(size)};
      const std::int64_t heads = s.n_head + s.n_kv_head;
      reference::rotary_forward(out[0].data(), converted<Number>(qkv).data(), s.B, s.T, heads, HS,
                                width);
      reference::rotary_backward(out[1].data(), converted<Number>(dout).data(), s.B, s.T, heads, HS,
                                 width);
    });
    test::expect_engine_agrees({"out", "dqkv"}, expected, test::no_scratch,
                               [&](const Context& context) {
                                 Tensors<float> out = {qkv, dout};
                                 rotary_forward(context, out[0].data(), table.data(), s);
                                 rotary_backward(context, out[1].data(), table.data(), s);
                                 return out;
                               });
  }
}

// What rotary positions are for: a score depends on the distance of query and key, not on where
// they stand. Both products round like sums of HS terms whose factors are off by a few units each.
TEST(Rotary, AScoreDependsOnTheDistanceAlone) {
  const AttentionShape s{1, 90, 16, 1};
  const std::int64_t width = s.qkv_width(), HS = 16;
  const std::vector<float> row = test::Random(3).normals<float>(width);
  std::vector<float> qkv;
  for (std::int64_t t = 0; t < s.T; ++t) qkv.insert(qkv.end(), row.begin(), row.end());
  const test::EngineContext context(1, Arithmetic::strict);
  rotary_forward(context, qkv.data(), table_of(s.T, HS).data(), s);
  const auto score = [&](std::int64_t query, std::int64_t key) {
    double sum = 0;
    for (std::int64_t i = 0; i < HS; ++i)
      sum += static_cast<double>(qkv[query * width + i]) * qkv[key * width + HS + i];
    return sum;
  };
  double size = 0;
  for (std::int64_t i = 0; i < HS; ++i) size += std::abs(row[i]) * std::abs(row[HS + i]);
  for (const std::int64_t distance : {0, 1, 5, 40})
    for (const std::int64_t from : {1, 7, 49}) {
      EXPECT_NEAR(score(from + distance, from), score(distance, 0), 16 * test::kFloatUnit * size);
    }
  EXPECT_GT(std::abs(score(5, 0) - score(0, 0)), 1e-3);
}

}  // namespace
}  // namespace clearformer
