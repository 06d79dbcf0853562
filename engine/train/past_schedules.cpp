#include "train/past_schedules.h"

#include <algorithm>
#include <cmath>

#include "text/words.h"

namespace clearformer {

int numbers_a_schedule(std::span<const PastSchedule> past, const Recipe& recipe) {
  const bool same = std::all_of(past.begin(), past.end(), [&](const PastSchedule& one) {
    return one.schedule.grad_clip == recipe.grad_clip;
  });
  return same ? 4 : 5;
}

std::vector<double> pack_schedules(std::span<const PastSchedule> past, const Recipe& recipe) {
  const int columns = numbers_a_schedule(past, recipe);
  std::vector<double> numbers;
  for (const auto& [until, schedule] : past) {
    const double row[] = {static_cast<double>(until), static_cast<double>(schedule.steps),
                          schedule.lr, schedule.min_lr, schedule.grad_clip};
    numbers.insert(numbers.end(), row, row + columns);
  }
  return numbers;
}

Result<std::vector<PastSchedule>> unpack_schedules(std::span<const double> numbers, int columns,
                                                   const Recipe& recipe, std::int64_t step) {
  const Error wrong{"setting", "steps",
                    "The schedules that it was trained by do not follow one another."};
  std::vector<PastSchedule> past;
  std::int64_t since = 0;
  if (!numbers.empty() && columns != 4 && columns != 5) return wrong;
  for (std::size_t i = 0; i < numbers.size(); i += columns) {
    const double until = numbers[i], steps = numbers[i + 1];
    // What is not a number is in no range.
    if (!(until > static_cast<double>(since) && until <= static_cast<double>(step))) return wrong;
    if (!(steps >= until && steps <= 1e9)) return wrong;
    if (until != std::trunc(until) || steps != std::trunc(steps)) return wrong;
    Recipe then = recipe;
    then.steps = static_cast<int>(steps);
    then.lr = numbers[i + 2];
    then.min_lr = numbers[i + 3];
    if (columns > 4) then.grad_clip = numbers[i + 4];
    if (Status status = validate_recipe(then); !status.ok()) return status.error();
    since = static_cast<std::int64_t>(until);
    past.push_back({since, then.changeable()});
  }
  return past;
}

std::string schedules_to_json(std::span<const PastSchedule> past) {
  std::string json = "[";
  for (const auto& [until, schedule] : past) {
    json += (json.size() > 1 ? ",{" : "{");
    json += "\"until\":" + std::to_string(until) + ",\"steps\":" + std::to_string(schedule.steps) +
            ",\"lr\":" + format_number(schedule.lr) +
            ",\"min_lr\":" + format_number(schedule.min_lr) +
            ",\"grad_clip\":" + format_number(schedule.grad_clip) + "}";
  }
  return json + "]";
}

}  // namespace clearformer
