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
  static constexpr int kNumbers = 4;

  std::int64_t until;
  Schedule schedule;
};

// Past schedules as a file has them: (n, kNumbers) until, steps, lr, min_lr, all exact in a double.
std::vector<double> pack_schedules(std::span<const PastSchedule> past);

// The way back. Error "setting" where they cannot be those of a run of this recipe after `step`
// steps.
Result<std::vector<PastSchedule>> unpack_schedules(std::span<const double> numbers,
                                                   const Recipe& recipe, std::int64_t step);

// [{"until":4,"steps":12,"lr":0.01,"min_lr":0.001}, ...], numbers in their shortest exact form.
std::string schedules_to_json(std::span<const PastSchedule> past);

}  // namespace clearformer
