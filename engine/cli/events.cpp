#include "cli/events.h"

#include <cmath>
#include <cstdio>

namespace clearformer::cli {

Events::Events(CLI::App& command) {
  command.add_flag("--json", json_, "Print one JSON object a line");
}

void Events::emit(const nlohmann::ordered_json& event, const std::string& line) const {
  if (json_) {
    // A byte model's text need not be UTF-8.
    const std::string text = event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    std::printf("%s\n", text.c_str());
  } else if (!line.empty()) {
    std::printf("%s\n", line.c_str());
  }
  std::fflush(stdout);
}

nlohmann::ordered_json number_or_null(double number) {
  if (!std::isfinite(number)) return nullptr;
  return number;
}

std::string fixed(double number, int digits) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.*f", digits, number);
  return buffer;
}

std::string scientific(double number, int digits) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.*e", digits, number);
  return buffer;
}

}  // namespace clearformer::cli
