#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "train/recipe.h"

namespace clearformer {

// Where a step met a number that is none, and what it was like. Weights, moments and step count are
// as they were before it.
struct Divergence {
  enum class What { loss, gradient, weight };
  What what = What::loss;
  std::string tensor = {};  // which went first; of layer l where its name begins with "h.l."
  // Of the largest finite number in it; of an activation, in what was computed before it as well. 0
  // where there is none.
  double magnitude = 0;
  std::int64_t step = 0;                   // that was to be taken
  double loss = 0, lr = 0, grad_norm = 0;  // of that step
};

// The largest finite magnitude of n numbers, whether all are finite and whether one is below zero.
struct Measured {
  float largest = 0;
  bool finite = true, negative = false;

  bool within(float most) const { return finite && largest <= most; }
};
Measured measure(const float* x, std::int64_t n);

// Numbers that no magnitude in a run's state exceeds; infinite where that is not known. While they
// are small, no update can overflow, and none need be looked at.
struct StateBound {
  static constexpr double kUnknown = std::numeric_limits<double>::infinity();
  // An order of magnitude below the largest float, for rounding.
  static constexpr double kSafe = 1e37;

  double weight = kUnknown, moment = kUnknown;

  // After a step t, counted from 1, of the recipe at rate lr. AdamW's means lie between their last
  // and the gradient or its square, and what is made of them is divided by epsilon at least;
  // Muon's update, once orthogonal, has no number above 1.3, times 0.2 sqrt(the longer side) lr,
  // which is less; SGD's adds up.
  StateBound after(const Recipe& recipe, double lr, std::int64_t t, double gradient_norm) const;
  // Whether all that is made of such a state is finite; LoRA makes products.
  bool is_safe(const Recipe& recipe) const;
};

}  // namespace clearformer
