#include "train/past_schedules.h"

#include <cmath>

#include "text/words.h"

namespace clearformer {

std::vector<double> pack_schedules(std::span<const PastSchedule> past) {
  std::vector<double> numbers;
  for (const auto& [until, schedule] : past) {
    numbers.insert(numbers.end(), {static_cast<double>(until), static_cast<double>(schedule.steps),
                                   schedule.lr, schedule.min_lr});
  }
  return numbers;
}

Result<std::vector<PastSchedule>> unpack_schedules(std::span<const double> numbers,
                                                   const Recipe& recipe, std::int64_t step) {
  const Error wrong{"setting", "steps",
                    "The schedules that it was trained by do not follow one another."};
  std::vector<PastSchedule> past;
  std::int64_t since = 0;
  for (std::size_t i = 0; i + PastSchedule::kNumbers <= numbers.size();
       i += PastSchedule::kNumbers) {
    const double until = numbers[i], steps = numbers[i + 1];
    // What is not a number is in no range.
    if (!(until > static_cast<double>(since) && until <= static_cast<double>(step))) return wrong;
    if (!(steps >= until && steps <= 1e9)) return wrong;
    if (until != std::trunc(until) || steps != std::trunc(steps)) return wrong;
    Recipe then = recipe;
    then.steps = static_cast<int>(steps);
    then.lr = numbers[i + 2];
    then.min_lr = numbers[i + 3];
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
            ",\"min_lr\":" + format_number(schedule.min_lr) + "}";
  }
  return json + "]";
}

}  // namespace clearformer
