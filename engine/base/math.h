#pragma once

namespace clearformer {

// Scalar functions in double, as fixed series: libm's differ in the last bit from one system to the
// next, and a run's bits must not. For what happens once a row, a parameter or a step; vectorised
// ones are in kernels/vec_math.h.

// Natural logarithm of a positive normal number, to about 1e-16 relative. +inf, NaN pass through;
// log(0) is -inf.
double log(double x);

// e^x for |x| <= 700, to about 2e-16 relative.
double exp(double x);

// cos(pi x) for |x| < 2^51, to about 2e-16 absolute.
double cos_pi(double x);

// base to a whole power >= 0, by squaring.
double power(double base, long long exponent);

}  // namespace clearformer
