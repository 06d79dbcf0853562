#pragma once

#include "reference/number.h"

namespace clearformer::reference {

inline constexpr double kRotaryTheta = 10000.0;

// Turns the first NH heads of HS numbers in each row: with angle = t / theta^(2i/HS), t the row's
// position,
//   out[i]        = x[i] cos(angle) - x[i + HS/2] sin(angle)
//   out[i + HS/2] = x[i + HS/2] cos(angle) + x[i] sin(angle)
// and leaves the rest of the row as it is. Su et al., "RoFormer" (2021), with Hugging Face's pairs.
// direction: 1, or -1 to turn back.
template <class Number>
void rotate(Number* out,      // (B, T, width)
            const Number* x,  // (B, T, width)
            double direction, Index B, Index T, Index NH, Index HS, Index width) {
  for (Index b = 0; b < B; ++b) {
    for (Index t = 0; t < T; ++t) {
      const Index row = (b * T + t) * width;
      for (Index c = NH * HS; c < width; ++c) out[row + c] = x[row + c];
      for (Index h = 0; h < NH; ++h) {
        for (Index i = 0; i < HS / 2; ++i) {
          const double exponent = static_cast<double>(2 * i) / static_cast<double>(HS);
          const double angle = static_cast<double>(t) / std::pow(kRotaryTheta, exponent);
          const double c = std::cos(angle), s = direction * std::sin(angle);
          const Index first = row + h * HS + i, second = first + HS / 2;
          out[first] = x[first] * c - x[second] * s;
          out[second] = x[second] * c + x[first] * s;
        }
      }
    }
  }
}

template <class Number>
void rotary_forward(Number* out,      // (B, T, width)
                    const Number* x,  // (B, T, width)
                    Index B, Index T, Index NH, Index HS, Index width) {
  rotate(out, x, 1.0, B, T, NH, HS, width);
}

// A rotation's transpose is its inverse.
template <class Number>
void rotary_backward(Number* dx,          // (B, T, width), =
                     const Number* dout,  // (B, T, width)
                     Index B, Index T, Index NH, Index HS, Index width) {
  rotate(dx, dout, -1.0, B, T, NH, HS, width);
}

}  // namespace clearformer::reference
