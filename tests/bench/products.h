#pragma once

#include <algorithm>
#include <vector>

#include "kernels/gemm.h"
#include "numbers.h"

namespace clearformer::bench {

// The three products that training needs.
enum class Form { forward, input_gradient, weight_gradient };
inline constexpr Form kForms[] = {Form::forward, Form::input_gradient, Form::weight_gradient};
inline const char* form_name(Form form) {
  constexpr const char* kNames[] = {"x W", "dout W^T", "x^T dout"};
  return kNames[static_cast<int>(form)];
}

// A linear layer's matrices: `rows` tokens, a weight (C_in, C_out).
class Layer {
 public:
  Layer(std::int64_t rows, std::int64_t C_in, std::int64_t C_out)
      : rows_(rows),
        C_in_(C_in),
        C_out_(C_out),
        x_(numbers(rows * C_in)),
        weight_(numbers(C_in * C_out)),
        dout_(numbers(rows * C_out)),
        out_(std::max({rows * C_in, C_in * C_out, rows * C_out})),
        scratch_(std::max({gemm_scratch(rows, C_out, C_in), gemm_scratch(rows, C_in, C_out),
                           gemm_scratch(C_in, C_out, rows)})) {}

  double flops() const { return gemm_flops(rows_, C_out_, C_in_); }

  void multiply(ThreadPool& pool, Form form, Arithmetic arithmetic) {
    const Context context{pool, arithmetic, scratch_};
    switch (form) {
      case Form::forward:
        return gemm(context, {.data = out_.data(), .stride = C_out_}, matrix(x_.data(), C_in_),
                    matrix(weight_.data(), C_out_), rows_, C_out_, C_in_);
      case Form::input_gradient:
        return gemm(context, {.data = out_.data(), .stride = C_in_}, matrix(dout_.data(), C_out_),
                    transposed(weight_.data(), C_out_), rows_, C_in_, C_out_);
      case Form::weight_gradient:
        return gemm(context, {.data = out_.data(), .stride = C_out_, .accumulate = true},
                    transposed(x_.data(), C_in_), matrix(dout_.data(), C_out_), C_in_, C_out_,
                    rows_);
    }
  }

 private:
  std::int64_t rows_, C_in_, C_out_;
  std::vector<float> x_, weight_, dout_, out_, scratch_;
};

}  // namespace clearformer::bench
