#pragma once

#include <cmath>
#include <cstdint>

namespace clearformer::reference {

inline constexpr double kFloatUnit = 0x1p-24;  // u: half the gap between 1 and the next float
inline constexpr double kDoubleUnit = 0x1p-53;

// A scalar whose every operation is off by a random share of a unit roundoff, for the reference's
// templates. How far results scatter over a few runs is how far rounding can move them: Monte Carlo
// arithmetic, Parker, "Monte Carlo Arithmetic" (1997). This is where tolerances come from.
//
// The unit is far above double's own, so that double's rounding does not show, and far below
// float's, so that scatter grows in proportion to it.
struct Sampled {
  static constexpr double kUnit = 0x1p-32;
  // exp, log, sqrt and tanh may be off by 2 units in the last place.
  static constexpr double kFunctionUnit = 4 * kUnit;

  double value = 0;

  Sampled() = default;
  Sampled(double exact) : value(exact) {}

  // The draws that follow depend on `seed` alone.
  static void restart(std::uint64_t seed) { state() = seed; }
  static Sampled rounded(double value, double unit = kUnit) {
    return Sampled(value * (1.0 + unit * draw()));
  }

  friend Sampled operator-(const Sampled& a) { return Sampled(-a.value); }
  friend Sampled operator+(const Sampled& a, const Sampled& b) {
    return rounded(a.value + b.value);
  }
  friend Sampled operator-(const Sampled& a, const Sampled& b) {
    return rounded(a.value - b.value);
  }
  friend Sampled operator*(const Sampled& a, const Sampled& b) {
    return rounded(a.value * b.value);
  }
  friend Sampled operator/(const Sampled& a, const Sampled& b) {
    return rounded(a.value / b.value);
  }
  Sampled& operator+=(const Sampled& b) { return *this = *this + b; }
  Sampled& operator-=(const Sampled& b) { return *this = *this - b; }
  Sampled& operator*=(const Sampled& b) { return *this = *this * b; }

 private:
  static std::uint64_t& state() {
    static std::uint64_t state = 0;
    return state;
  }
  // Uniform in [-1, 1). Steele, Lea, Flood, "Fast splittable pseudorandom number generators"
  // (2014).
  static double draw() {
    std::uint64_t z = state() += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return static_cast<double>(static_cast<std::int64_t>(z ^ (z >> 31))) * 0x1p-63;
  }
};

inline double real(const Sampled& x) {
  return x.value;
}
inline Sampled exp(const Sampled& x) {
  return Sampled::rounded(std::exp(x.value), Sampled::kFunctionUnit);
}
inline Sampled log(const Sampled& x) {
  return Sampled::rounded(std::log(x.value), Sampled::kFunctionUnit);
}
inline Sampled sqrt(const Sampled& x) {
  return Sampled::rounded(std::sqrt(x.value), Sampled::kFunctionUnit);
}
inline Sampled tanh(const Sampled& x) {
  return Sampled::rounded(std::tanh(x.value), Sampled::kFunctionUnit);
}

}  // namespace clearformer::reference
