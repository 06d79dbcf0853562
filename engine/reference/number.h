#pragma once

#include <cmath>
#include <complex>
#include <cstdint>

// The reference: the model written once more with plain nested loops, nothing fused, nothing
// vectorised. Every op is one header, forward directly above backward.
//
// Accumulation: parameter gradients +=, activation gradients =.
namespace clearformer::reference {

using Index = std::int64_t;

// Each op is a template on Number, the scalar: `double`, or `std::complex<double>` so that a
// complex step x + ih gives a derivative with no cancellation: f'(x) = Im f(x + ih) / h. A scalar
// needs
// + - * / and exp, log, sqrt, tanh, real.
using std::exp;
using std::log;
using std::real;
using std::sqrt;
using std::tanh;

}  // namespace clearformer::reference
