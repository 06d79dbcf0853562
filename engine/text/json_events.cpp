#include "text/json_events.h"

namespace clearformer {

void parse_json(std::string_view json, JsonEvents& events) {
  nlohmann::json::sax_parse(json.begin(), json.end(), &events);
}

}  // namespace clearformer
