#include "exchange/foreign_config.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "io/json_leaves.h"
#include "text/tokenizer.h"
#include "text/words.h"

namespace clearformer {
namespace {

// A member that is a setting of ours.
struct Renamed {
  const char* theirs;
  const char* ours;
};
constexpr Renamed kSettings[] = {
    {"n_layer", "n_layer"},
    {"n_head", "n_head"},
    {"n_embd", "n_embd"},
    {"n_positions", "block_size"},  // of transformers
    {"block_size", "block_size"},   // of nanoGPT
    {"bias", "bias"},
    {"dropout", "dropout"},
    {"resid_pdrop", "dropout"},
};
constexpr const char* kNeeded[] = {"n_layer", "n_head", "n_embd", "block_size"};

// A member that must have one of two values, as JSON, where it is there.
struct Fixed {
  const char* name;
  const char* value;
  const char* same;
};
constexpr Fixed kFixed[] = {
    {"model_type", "\"gpt2\"", "\"gpt2\""},
    {"activation_function", "\"gelu_new\"", "\"gelu_pytorch_tanh\""},
    {"layer_norm_epsilon", "0.00001", "0.00001"},
    {"scale_attn_weights", "true", "true"},
    {"scale_attn_by_inverse_layer_idx", "false", "false"},
    {"tie_word_embeddings", "true", "true"},
    {"add_cross_attention", "false", "false"},
};

class ConfigReader {
 public:
  ConfigReader(std::string_view what, const Recipe& base) : what_(what) { config_.recipe = base; }

  Status read(const JsonPath& path, const JsonValue& value) {
    if (path.size() != 1) return {};  // nothing of ours lies deeper
    const std::string& name = path[0];
    for (const Fixed& fixed : kFixed) {
      if (name == fixed.name && value.shown != fixed.value && value.shown != fixed.same)
        return wrong(name, value, std::string("only ") + fixed.value + " can be imported");
    }
    for (const Renamed& setting : kSettings) {
      if (name == setting.theirs) return set(setting, value);
    }
    if (name == "vocab_size") return read_whole(name, value, config_.vocab_size, kMaxVocabSize);
    if (name == "n_inner" && value.shown != "null")
      return read_whole(name, value, n_inner_, 1 << 20);
    return {};
  }

  Result<ForeignConfig> finish() {
    for (const char* const name : kNeeded)
      if (!given_.contains(name)) return missing(name);
    if (config_.vocab_size == 0) return missing("vocab_size");
    const int inner = 4 * config_.recipe.n_embd;
    if (n_inner_ != 0 && n_inner_ != inner) {
      return Error{"file", "",
                   std::string(what_) + " has n_inner " + std::to_string(n_inner_) + "; only " +
                       std::to_string(inner) + ", four times n_embd, can be imported."};
    }
    config_.says_bias = given_.contains("bias");
    return config_;
  }

 private:
  Error wrong(const std::string& name, const JsonValue& value, const std::string& rest) const {
    return {"file", "",
            std::string(what_) + " has " + name + " " + value.shown + "; " + rest + "."};
  }
  Error missing(const std::string& name) const {
    return {"file", "", std::string(what_) + " does not give " + name + "."};
  }
  Status set(const Renamed& setting, const JsonValue& value) {
    if (Status status = set_setting(config_.recipe, setting.ours, value.shown); !status.ok())
      return Error{"file", "", "In " + std::string(what_) + ", " + status.error().message};
    given_.insert(setting.ours);
    return {};
  }
  Status read_whole(const std::string& name, const JsonValue& value, int& field, int max) const {
    const bool whole =
        value.type == JsonValue::Type::number && value.number == std::trunc(value.number);
    if (!whole || value.number < 1 || value.number > max)
      return wrong(name, value, "it must be a whole number from 1 to " + with_commas(max));
    field = static_cast<int>(value.number);
    return {};
  }

  std::string_view what_;
  ForeignConfig config_;
  int n_inner_ = 0;
  std::set<std::string> given_;
};

}  // namespace

Result<ForeignConfig> read_foreign_config(std::string_view json, std::string_view what,
                                          const Recipe& base) {
  ConfigReader reader(what, base);
  const Status read = read_json_leaves(
      json, what,
      [&](const JsonPath& path, const JsonValue& value) { return reader.read(path, value); });
  if (!read.ok()) return read.error();
  return reader.finish();
}

}  // namespace clearformer
