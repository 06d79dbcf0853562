#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <string>

namespace clearformer::cli {

// Where a command's results go: one JSON object a line with --json, else lines for people.
class Events {
 public:
  explicit Events(CLI::App& command);

  bool json() const { return json_; }
  // Prints the event with --json, else `line`; nothing where that is empty.
  void emit(const nlohmann::ordered_json& event, const std::string& line) const;

 private:
  bool json_ = false;
};

// A number as JSON: null where it is not finite.
nlohmann::ordered_json number_or_null(double number);

// A number for people: so many digits after the point.
std::string fixed(double number, int digits);
std::string scientific(double number, int digits);

}  // namespace clearformer::cli
