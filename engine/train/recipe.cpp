#include "train/recipe.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <utility>

#include "base/thread_pool.h"
#include "text/corpus.h"
#include "text/decimal.h"
#include "text/json_object.h"
#include "text/words.h"
#include "train/compact_model.h"

namespace clearformer {
namespace {

// A value's type as the schema names it; the type of the Recipe's field decides.
const char* type_name(int) {
  return "integer";
}
const char* type_name(double) {
  return "number";
}
const char* type_name(bool) {
  return "boolean";
}
const char* type_name(const std::string&) {
  return "choice";
}

std::string show(int value) {
  return std::to_string(value);
}
std::string show(double value) {
  return format_number(value);
}
std::string show(bool value) {
  return value ? "true" : "false";
}
std::string show(const std::string& value) {
  return json_string(value);
}

// A setting with its value as JSON.
struct ShownSetting {
  Setting setting;
  std::string type, value;
};

// All of a recipe's, for whatever is done alike with values of every type: that is compiled once.
std::vector<ShownSetting> shown_settings(const Recipe& recipe) {
  std::vector<ShownSetting> all;
  for_each_setting(recipe, [&](const Setting& setting, const auto& field) {
    all.push_back({setting, type_name(field), show(field)});
  });
  return all;
}

// "a or b", "a, b or c".
std::string any_of(const std::vector<const char*>& choices) {
  std::string words;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (i > 0) words += i + 1 < choices.size() ? ", " : " or ";
    words += choices[i];
  }
  return words;
}

// What a setting accepts, for a message.
std::string allowed_range(const Setting& setting) {
  const std::string min = format_number(setting.min), max = format_number(setting.max);
  return setting.exclusive_max ? "of at least " + min + " and below " + max
                               : "from " + min + " to " + max;
}
std::string allowed(const Setting& setting, int) {
  return "a whole number " + allowed_range(setting);
}
std::string allowed(const Setting& setting, double) {
  return "a number " + allowed_range(setting);
}
std::string allowed(const Setting&, bool) {
  return "true or false";
}
std::string allowed(const Setting& setting, const std::string&) {
  std::vector<const char*> choices = setting.choices;
  const std::string sized = setting.sized + ("N, N " + allowed(setting, 0));
  if (*setting.sized) choices.push_back(sized.c_str());
  return any_of(choices);
}

bool in_range(const Setting& setting, double value) {  // a NaN is in none
  return value >= setting.min &&
         (setting.exclusive_max ? value < setting.max : value <= setting.max);
}
bool in_range(const Setting& setting, int value) {
  return in_range(setting, static_cast<double>(value));
}
bool in_range(const Setting&, bool) {
  return true;
}
bool in_range(const Setting& setting, const std::string& value) {
  if (*setting.sized) {
    const std::optional<int> size = number_after(setting.sized, value);
    if (size) return in_range(setting, *size);
  }
  return std::find(setting.choices.begin(), setting.choices.end(), value) != setting.choices.end();
}

// Takes a value over into a field of its type; false where it is not of that type, or no value
// that the setting accepts.
bool assign(const Setting& setting, const JsonValue& given, double& field) {
  if (given.type != JsonValue::Type::number || !in_range(setting, given.number)) return false;
  field = given.number + 0.0;  // -0 becomes 0
  return true;
}
bool assign(const Setting& setting, const JsonValue& given, int& field) {
  double number = 0;
  if (!assign(setting, given, number) || number != std::trunc(number)) return false;
  field = static_cast<int>(number);  // the ranges of whole numbers are those of an int, at most
  return true;
}
bool assign(const Setting&, const JsonValue& given, bool& field) {
  if (given.type != JsonValue::Type::boolean) return false;
  field = given.boolean;
  return true;
}
bool assign(const Setting& setting, const JsonValue& given, std::string& field) {
  if (given.type != JsonValue::Type::string || !in_range(setting, given.string)) return false;
  field = given.string;
  return true;
}

Error setting_error(std::string_view name, const std::string& rest) {
  return {"setting", std::string(name), std::string(name) + " " + rest + "."};
}

template <class T>
Error wrong_value(const Setting& setting, const T& field, const std::string& shown) {
  return setting_error(setting.name, "is " + shown + "; it must be " + allowed(setting, field));
}

// How many characters must be added, left out or replaced to turn a into b (Levenshtein).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

Error unknown_setting(std::string_view name) {
  constexpr std::size_t kLongestName = 64;  // nothing longer is a slip of the pen
  std::string nearest, all;
  std::size_t least =
      name.size() > kLongestName ? 0 : 1 + std::max<std::size_t>(name.size() / 3, 1);
  for (const ShownSetting& shown : shown_settings({})) {
    const char* const known = shown.setting.name;
    all += (all.empty() ? "" : ", ") + std::string(known);
    const std::size_t distance = least > 0 ? edit_distance(name, known) : 0;
    if (distance < least) {
      least = distance;
      nearest = known;
    }
  }
  return {"setting", "",
          "There is no setting " + in_quotes(name) +
              (nearest.empty() ? "; the settings are " + all + "."
                               : "; did you mean " + nearest + "?")};
}

Status set_value(Recipe& recipe, std::string_view name, const JsonValue& given) {
  bool known = false;
  Status status;
  for_each_setting(recipe, [&](const Setting& setting, auto& field) {
    if (name != setting.name) return;
    known = true;
    if (!assign(setting, given, field)) status = wrong_value(setting, field, given.shown);
  });
  return known ? status : unknown_setting(name);
}

// A command line's word: a number where it is one in decimal (".5" as well), else true, false or a
// string.
JsonValue read_word(std::string_view text) {
  const std::string word(text);
  JsonValue value{.type = JsonValue::Type::string, .string = word, .shown = in_quotes(word)};
  const char* end = nullptr;
  const double number = read_decimal(word.c_str(), &end);
  if (!word.empty() && end == word.c_str() + word.size()) {
    value = {.type = JsonValue::Type::number, .number = number, .shown = word};
  } else if (word == "true" || word == "false") {
    value = {.type = JsonValue::Type::boolean, .boolean = word == "true", .shown = word};
  }
  return value;
}

}  // namespace

ModelConfig Recipe::model_config(int vocab_size) const {
  return {.n_layer = n_layer,
          .n_head = n_head,
          .n_embd = n_embd,
          .block_size = block_size,
          .vocab_size = vocab_size,
          .bias = bias,
          .dropout = static_cast<float>(dropout),
          .norm = norm == "rmsnorm" ? Norm::rmsnorm : Norm::layernorm,
          .activation = activation == "swiglu"  ? Activation::swiglu
                        : activation == "relu2" ? Activation::relu2
                                                : Activation::gelu,
          .position = position == "rotary" ? Position::rotary
                      : position == "none" ? Position::none
                                           : Position::learned,
          .n_kv_head = n_kv_head,
          .qk_norm = qk_norm,
          .tied_head = tied_head,
          .label_smoothing = static_cast<float>(label_smoothing),
          .z_loss = static_cast<float>(z_loss)};
}

std::string recipe_to_json(const Recipe& recipe) {
  const std::vector<ShownSetting> defaults = shown_settings({}), all = shown_settings(recipe);
  std::string json;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].setting.later && all[i].value == defaults[i].value) continue;
    json += (json.empty() ? "{" : ",") + json_string(all[i].setting.name) + ":" + all[i].value;
  }
  return json + "}";
}

Result<Recipe> recipe_from_json(std::string_view json) {
  Recipe recipe;
  std::set<std::string> given;
  const Status read = read_json_object(
      json, "The recipe", [&](const std::string& name, const JsonValue& value) -> Status {
        const Status set = set_value(recipe, name, value);
        if (set.ok() && !given.insert(name).second) {
          return setting_error(name, "is given twice; give it once");
        }
        return set;
      });
  if (!read.ok()) return read.error();
  return recipe;
}

Status set_setting(Recipe& recipe, std::string_view name, std::string_view text) {
  return set_value(recipe, name, read_word(text));
}

Status validate_recipe(const Recipe& recipe) {
  Status status;
  for_each_setting(recipe, [&](const Setting& setting, const auto& field) {
    if (status.ok() && !in_range(setting, field)) {
      status = wrong_value(setting, field, show(field));
    }
  });
  if (!status.ok()) return status;

  const int n_kv_head = recipe.n_kv_head;
  if (n_kv_head != 0 && recipe.n_head % n_kv_head != 0) {
    int usable = std::min(n_kv_head, recipe.n_head);
    while (recipe.n_head % usable != 0) --usable;
    return setting_error("n_kv_head", "is " + show(n_kv_head) + ", which does not divide n_head " +
                                          show(recipe.n_head) + "; use 0 or " + show(usable));
  }
  // Rotary positions turn the numbers of a head in pairs.
  const int multiple = recipe.position == "rotary" ? 2 * recipe.n_head : recipe.n_head;
  const int remainder = recipe.n_embd % multiple;
  if (remainder != 0) {
    const int below = recipe.n_embd - remainder, above = below + multiple;
    std::string usable = below > 0 ? std::to_string(below) : "";
    Recipe wider = recipe;
    wider.n_embd = above;
    if (validate_recipe(wider).ok() || below == 0) {
      usable += (usable.empty() ? "" : " or ") + std::to_string(above);
    }
    const bool divided = recipe.n_embd % recipe.n_head == 0;
    return setting_error(
        "n_embd",
        "is " + show(recipe.n_embd) + ", which n_head " + show(recipe.n_head) +
            (divided ? " divides into heads of odd size, and rotary positions turn pairs; use "
                     : " does not divide; use ") +
            usable);
  }
  // n_embd is the narrower side of each matrix that LoRA adapts.
  if (recipe.lora_rank > recipe.n_embd) {
    return setting_error("lora_rank", "is " + show(recipe.lora_rank) + ", above n_embd " +
                                          show(recipe.n_embd) + "; use " + show(recipe.n_embd) +
                                          " or less");
  }
  if (recipe.min_lr > recipe.lr && recipe.schedule != "constant") {
    return setting_error("min_lr", "is " + show(recipe.min_lr) + ", above lr " + show(recipe.lr) +
                                       "; use " + show(recipe.lr) + " or less");
  }
  return {};
}

std::string settings_schema_json() {
  constexpr const char* kGroups[] = {"model", "training", "watching"};
  std::string settings;
  for (const auto& [setting, type, value] : shown_settings({})) {
    settings += settings.empty() ? "{" : ",{";
    const auto member = [&](const char* name, const std::string& json) {
      if (settings.back() != '{') settings += ',';
      settings += json_string(name) + ":" + json;
    };
    member("name", json_string(setting.name));
    member("type", json_string(type));
    member("default", value);
    if (setting.min < setting.max) {
      member("min", format_number(setting.min));
      member("max", format_number(setting.max));
      if (setting.exclusive_max) member("exclusive_max", "true");
    }
    const auto list = [&](const char* name, const std::vector<const char*>& words) {
      std::string json;
      for (const char* const word : words) json += (json.empty() ? "" : ",") + json_string(word);
      if (!json.empty()) member(name, "[" + json + "]");
    };
    list("choices", setting.choices);
    if (*setting.with) member("with", json_string(setting.with));
    list("with_values", setting.with_values);
    if (*setting.sized) member("sized", json_string(setting.sized));
    member("group", json_string(kGroups[static_cast<int>(setting.group)]));
    member("label", json_string(setting.label));
    member("help", json_string(setting.help));
    settings += '}';
  }
  std::string presets;
  for (const Preset& preset : kPresets)
    presets += (presets.empty() ? "" : ",") + json_string(preset.name) + ":" + preset.recipe_json;
  return "{\"settings\":[" + settings +
         "],\"limits\":{\"max_text_bytes\":" + std::to_string(kMaxTextBytes) +
         ",\"max_vocab_size\":" + std::to_string(kMaxVocabSize) +
         ",\"max_threads\":" + std::to_string(kMaxThreads) +
         ",\"max_model_bytes\":" + std::to_string(kMaxCompactBytes) + "},\"presets\":{" + presets +
         "}}";
}

}  // namespace clearformer
