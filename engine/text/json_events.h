#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace clearformer {

// What a parser calls as it reads JSON; returning false ends it.
using JsonEvents = nlohmann::json_sax<nlohmann::json>;

// Reads `json` and calls `events`. The parser is compiled here alone.
void parse_json(std::string_view json, JsonEvents& events);

}  // namespace clearformer
