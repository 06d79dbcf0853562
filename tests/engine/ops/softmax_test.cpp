#include "ops/softmax.h"

#include <gtest/gtest.h>

#include "reference/softmax.h"
#include "tests/engine/support/engine_check.h"

namespace clearformer {
namespace {

using test::converted;
using test::nans;
using test::Tensors;

TEST(Softmax, RowAgreesAndComesAgain) {
  test::Random random(1);
  for (std::int64_t size = 1; size <= 70; ++size) {
    for (const float scale : {1.0f, 0.25f}) {
      const auto x = random.normals<float>(size, 3.0);
      const auto expected = test::from_reference([&]<class Number>(Tensors<Number>& out) {
        auto scaled = converted<Number>(x);
        for (Number& value : scaled) value = value * Number(scale);
        out = {nans<Number>(size)};
        reference::softmax_forward(out[0].data(), scaled.data(), size);
      });
      auto p = x, again = x;
      p.push_back(-1);
      const SoftmaxRow row = softmax_row(p.data(), scale, size);
      EXPECT_EQ(p.back(), -1) << "wrote past its row";
      p.pop_back();
      test::expect_agrees("softmax", p.data(), expected[0], test::kFloatUnit);
      softmax_row_again(again.data(), scale, row, size);
      test::expect_same_bits("again", again, p);
    }
  }
}

TEST(Softmax, LargeScoresDoNotOverflow) {
  std::vector<float> x = {3e38f, -3e38f, 3e38f};
  softmax_row(x.data(), 0.5f, 3);
  EXPECT_EQ(x, (std::vector<float>{0.5f, 0, 0.5f}));
}

TEST(Softmax, OneNaNMakesAllOfTheRowNaN) {
  for (const int size : {1, 2, 15, 16, 17, 40}) {
    for (int at = 0; at < size; ++at) {
      auto x = test::Random(size).normals<float>(size);
      x[at] = std::numeric_limits<float>::quiet_NaN();
      softmax_row(x.data(), 0.5f, size);
      for (const float p : x) ASSERT_TRUE(std::isnan(p)) << size << " at " << at;
    }
  }
}

}  // namespace
}  // namespace clearformer
