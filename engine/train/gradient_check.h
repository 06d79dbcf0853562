#pragma once

#include <functional>
#include <string>

#include "base/context.h"
#include "base/result.h"
#include "train/recipe.h"

namespace clearformer {

// How one parameter's gradient fared.
struct TensorCheck {
  std::string name;
  // Engine against reference: the largest difference, relative to the largest gradient of the
  // tensor.
  double max_relative_error;
  double tolerance;  // how far rounding may move it, as counted or as measured
  // Reference against the complex step, along one random direction in the tensor.
  double reference_relative_error;
  double reference_tolerance;  // kReferenceTolerance, or what double's rounding comes to
  bool pass;
};

struct GradientCheck {
  bool pass = true;
  double worst = 0;  // largest max_relative_error
};

// The reference's gradients agree with the complex step to this or better, where they are not
// themselves made of rounding.
inline constexpr double kReferenceTolerance = 1e-7;

// Checks the gradient of every parameter that the recipe trains, LoRA's adapters alone where it has
// them, on random weights and a small random batch, dropout included: the engine's against the
// double-precision reference's, and those against the complex step. Calls report(check) for each
// parameter. Errors as Trainer's: "setting", "memory".
Result<GradientCheck> check_gradients(const Recipe& recipe, int vocab_size, ThreadPool& pool,
                                      Arithmetic arithmetic,
                                      const std::function<void(const TensorCheck&)>& report);

}  // namespace clearformer
