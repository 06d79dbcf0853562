// Bit for bit against a loop in the promised order: k = 0, 1, ..., K-1.
#include "kernels/gemm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "tests/engine/support/engine_check.h"

namespace clearformer {
namespace {

using test::bits_of;

struct Shape {
  std::int64_t M, N, K;
};

// Around the tiles (rows 4, 6, 8 or 12, columns 8, 16 or 32), the tasks (48 by 128), and past the
// blocks (M 768 or less, N 1024, K 256), for every width of register.
const std::vector<Shape>& shapes() {
  static const std::vector<Shape> shapes = {
      {1, 1, 1},    {1, 1, 7},    {2, 3, 5},     {7, 11, 13},    {12, 32, 16}, {13, 33, 17},
      {11, 31, 9},  {4, 8, 4},    {5, 9, 3},     {24, 64, 255},  {3, 17, 256}, {5, 7, 257},
      {49, 129, 6}, {53, 131, 3}, {2, 1031, 11}, {2, 1025, 513}, {771, 5, 3},  {97, 3, 600},
  };
  return shapes;
}

enum class Form { plain, transposed_b, transposed_a };

// What is added to the product.
struct Extras {
  bool accumulate, bias, residual;
};
constexpr Extras kExtras[] = {{false, false, false}, {true, false, false}, {false, true, false},
                              {false, false, true},  {false, true, true},  {true, true, false}};

struct Problem {
  Problem(const Shape& s, Form form) : shape(s), form(form) {
    test::Random random(s.M * 1000003 + s.N * 1009 + s.K);
    a = random.normals<float>(rows_of_a() * stride_a());
    b = random.normals<float>(rows_of_b() * stride_b());
    out = random.normals<float>(s.M * stride());
    bias = random.normals<float>(s.N);
    residual = random.normals<float>(s.M * stride());
  }

  // Every matrix lies in a wider one.
  std::int64_t stride() const { return shape.N + 3; }
  std::int64_t rows_of_a() const { return form == Form::transposed_a ? shape.K : shape.M; }
  std::int64_t stride_a() const { return (form == Form::transposed_a ? shape.M : shape.K) + 2; }
  std::int64_t rows_of_b() const { return form == Form::transposed_b ? shape.N : shape.K; }
  std::int64_t stride_b() const { return (form == Form::transposed_b ? shape.K : shape.N) + 1; }

  MatrixView view_a() const {
    return form == Form::transposed_a ? transposed(a.data(), stride_a())
                                      : matrix(a.data(), stride_a());
  }
  MatrixView view_b() const {
    return form == Form::transposed_b ? transposed(b.data(), stride_b())
                                      : matrix(b.data(), stride_b());
  }
  // What the output holds before: NaN where it must be overwritten, a mark between the rows.
  std::vector<float> before(const Extras& extras) const {
    std::vector<float> buffer = out;
    for (std::int64_t i = 0; i < shape.M * stride(); ++i) {
      if (i % stride() >= shape.N) {
        buffer[i] = kMark;
      } else if (!extras.accumulate) {
        buffer[i] = std::nanf("");
      }
    }
    return buffer;
  }
  GemmOutput output(std::vector<float>& buffer, const Extras& extras) const {
    return {.data = buffer.data(),
            .stride = stride(),
            .accumulate = extras.accumulate,
            .bias = extras.bias ? bias.data() : nullptr,
            .residual = extras.residual ? residual.data() : nullptr};
  }

  float element(Arithmetic arithmetic, const Extras& extras, std::int64_t i, std::int64_t j) const {
    const MatrixView a_view = view_a(), b_view = view_b();
    float sum = extras.accumulate ? out[i * stride() + j] : 0.0f;
    for (std::int64_t k = 0; k < shape.K; ++k) {
      const float x = a_view.data[i * a_view.row_stride + k * a_view.col_stride];
      const float y = b_view.data[k * b_view.row_stride + j * b_view.col_stride];
      if (arithmetic == Arithmetic::fused) {
        sum = std::fmaf(x, y, sum);
      } else {
        const float product = x * y;
        sum = sum + product;
      }
    }
    if (extras.bias) sum += bias[j];
    if (extras.residual) sum += residual[i * stride() + j];
    return sum;
  }
  std::vector<float> expected(Arithmetic arithmetic, const Extras& extras) const {
    std::vector<float> buffer(shape.M * stride(), kMark);
    for (std::int64_t i = 0; i < shape.M; ++i)
      for (std::int64_t j = 0; j < shape.N; ++j)
        buffer[i * stride() + j] = element(arithmetic, extras, i, j);
    return buffer;
  }

  static constexpr float kMark = -12345.0f;
  Shape shape;
  Form form;
  std::vector<float> a, b, out, bias, residual;
};

class Gemm : public testing::TestWithParam<Form> {};

TEST_P(Gemm, IsTheLoopOverKBitForBit) {
  for (const Shape& s : shapes()) {
    SCOPED_TRACE(std::to_string(s.M) + " x " + std::to_string(s.N) + " x " + std::to_string(s.K));
    const Problem problem(s, GetParam());
    const std::int64_t scratch = gemm_scratch(s.M, s.N, s.K);
    for (const Extras& extras : kExtras) {
      for (const Arithmetic arithmetic : test::arithmetics()) {
        const std::vector<float> expected = problem.expected(arithmetic, extras);
        for (const int n_threads : test::thread_counts()) {
          std::vector<float> out = problem.before(extras);
          const test::EngineContext context(n_threads, arithmetic, scratch);
          gemm(context, problem.output(out, extras), problem.view_a(), problem.view_b(), s.M, s.N,
               s.K);
          test::expect_same_bits(arithmetic_name(arithmetic), out, expected);
        }
        std::vector<float> out = problem.before(extras);
        std::vector<float> pack = test::nans<float>(scratch);
        pack.push_back(Problem::kMark);
        gemm_serial(arithmetic, pack.data(), problem.output(out, extras), problem.view_a(),
                    problem.view_b(), s.M, s.N, s.K);
        test::expect_same_bits("serial", out, expected);
        ASSERT_EQ(pack.back(), Problem::kMark) << "wrote past its scratch";
      }
    }
    if (HasFailure()) return;  // one shape's report is enough
  }
}

const char* name_of(const testing::TestParamInfo<Form>& info) {
  constexpr const char* kNames[] = {"Plain", "TransposedB", "TransposedA"};
  return kNames[static_cast<int>(info.param)];
}
INSTANTIATE_TEST_SUITE_P(Forms, Gemm,
                         testing::Values(Form::plain, Form::transposed_b, Form::transposed_a),
                         name_of);

// A product in float of these sizes differs between the classes, so that a mix-up shows above.
TEST(GemmClasses, FusedDiffersFromStrict) {
  const Problem problem({7, 11, 13}, Form::plain);
  EXPECT_NE(problem.expected(Arithmetic::strict, kExtras[0]),
            problem.expected(Arithmetic::fused, kExtras[0]));
}

// NaN and infinity go through as through the loop: no term is skipped because a factor is zero.
TEST(GemmSpecialValues, ZeroTimesInfinityIsNaN) {
  std::vector<float> a(5 * 4, 0.0f), b(4 * 9, 1.0f), out(5 * 9);
  b[3] = std::numeric_limits<float>::infinity();
  const test::EngineContext context(1, Arithmetic::strict, gemm_scratch(5, 9, 4));
  gemm(context, {.data = out.data(), .stride = 9}, matrix(a.data(), 4), matrix(b.data(), 9), 5, 9,
       4);
  for (int i = 0; i < 5; ++i)
    for (int j = 0; j < 9; ++j) EXPECT_EQ(std::isnan(out[i * 9 + j]), j == 3) << i << ", " << j;
}

}  // namespace
}  // namespace clearformer
