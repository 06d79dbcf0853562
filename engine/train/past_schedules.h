#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "train/recipe.h"

namespace clearformer {

// A schedule that held for the steps up to `until`, before another took its place.
struct PastSchedule {
  std::int64_t until;
  Schedule schedule;
};

// How many numbers a file has of each: 4, or 5 where the clip was changed as well.
int numbers_a_schedule(std::span<const PastSchedule> past, const Recipe& recipe);

// Past schedules as a file has them: until, steps, lr, min_lr and, in a fifth column, grad_clip;
// all exact in a double.
std::vector<double> pack_schedules(std::span<const PastSchedule> past, const Recipe& recipe);

// The way back; with four columns the clip was always the recipe's. Error "setting" where they
// cannot be those of a run of this recipe after `step` steps.
Result<std::vector<PastSchedule>> unpack_schedules(std::span<const double> numbers, int columns,
                                                   const Recipe& recipe, std::int64_t step);

// [{"until":4,"steps":12,"lr":0.01,"min_lr":0.001,"grad_clip":1}, ...], numbers in their shortest
// exact form.
std::string schedules_to_json(std::span<const PastSchedule> past);

}  // namespace clearformer
