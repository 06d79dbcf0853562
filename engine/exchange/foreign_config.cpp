#include "exchange/foreign_config.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <span>
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
// A member that must have one of two values, as JSON, where it is there.
struct Fixed {
  const char* name;
  const char* value;
  const char* same;
};
// How the architectures of one kind are told.
struct Dialect {
  std::span<const Renamed> settings;
  std::span<const Fixed> fixed;
  std::span<const char* const> needed;
  const char* inner;  // the width of a block's hidden layer
};

// transformers' configuration_gpt2.py, nanoGPT's model_args.
constexpr Renamed kGpt2Settings[] = {
    {"n_layer", "n_layer"},        {"n_head", "n_head"},         {"n_embd", "n_embd"},
    {"n_positions", "block_size"}, {"block_size", "block_size"}, {"bias", "bias"},
    {"dropout", "dropout"},        {"resid_pdrop", "dropout"},
};
constexpr Fixed kGpt2Fixed[] = {
    {"activation_function", "\"gelu_new\"", "\"gelu_pytorch_tanh\""},
    {"layer_norm_epsilon", "0.00001", "0.00001"},
    {"scale_attn_weights", "true", "true"},
    {"scale_attn_by_inverse_layer_idx", "false", "false"},
    {"add_cross_attention", "false", "false"},
};
constexpr const char* kGpt2Needed[] = {"n_layer", "n_head", "n_embd", "n_positions"};

// configuration_llama.py, and those made after it. Where transformers' default is not ours, what it
// says is needed.
constexpr Renamed kLlamaSettings[] = {
    {"num_hidden_layers", "n_layer"},
    {"num_attention_heads", "n_head"},
    {"hidden_size", "n_embd"},
    {"max_position_embeddings", "block_size"},
    {"num_key_value_heads", "n_kv_head"},
    {"attention_dropout", "dropout"},
    {"attention_bias", "bias"},
};
constexpr Fixed kLlamaFixed[] = {
    {"rope_theta", "10000", "10000"},
    {"rope_scaling", "null", "null"},
    {"rope_type", "\"default\"", "\"default\""},  // in rope_parameters
    {"partial_rotary_factor", "1", "1"},
    {"rms_norm_eps", "0.00001", "0.00001"},
    {"norm_epsilon", "0.00001", "0.00001"},
    {"use_bias", "true", "true"},
    {"use_sliding_window", "false", "false"},
};
constexpr const char* kLlamaNeeded[] = {"num_hidden_layers", "num_attention_heads", "hidden_size",
                                        "max_position_embeddings"};

constexpr Dialect kGpt2Dialect{kGpt2Settings, kGpt2Fixed, kGpt2Needed, "n_inner"};
constexpr Dialect kLlamaDialect{kLlamaSettings, kLlamaFixed, kLlamaNeeded, "intermediate_size"};

// The values that stand at the top, and those of rope_parameters; deeper there is nothing of ours.
using Members = std::map<std::string, JsonValue>;

class ConfigReader {
 public:
  ConfigReader(std::string_view what, const Recipe& base, const Members& members)
      : what_(what), members_(members) {
    config_.recipe = base;
  }

  Result<ForeignConfig> read() {
    Status status = read_architecture();
    if (status.ok()) status = check_fixed();
    if (status.ok()) status = read_settings();
    if (status.ok()) status = check_sizes();
    if (status.ok() && !config_.architecture->is_gpt2()) status = check_block();
    if (!status.ok()) return status.error();
    return config_;
  }

 private:
  const JsonValue* find(const char* name) const {
    const auto at = members_.find(name);
    return at == members_.end() || at->second.shown == "null" ? nullptr : &at->second;
  }
  Error wrong(const std::string& name, const JsonValue& value, const std::string& rest) const {
    return {"file", "",
            std::string(what_) + " has " + name + " " + value.shown + "; " + rest + "."};
  }
  Error only(const std::string& name, const JsonValue& value, const std::string& right) const {
    return wrong(name, value, "only " + right + " can be imported");
  }

  Status read_architecture() {
    const JsonValue* const type = find("model_type");
    const std::span<const Architecture> all = architectures();
    const auto at = std::find_if(all.begin(), all.end(), [&](const Architecture& architecture) {
      return !type || type->string == architecture.model_type;  // nanoGPT says none
    });
    if (at == all.end()) {
      std::string names;
      for (const Architecture& architecture : all)
        names += (names.empty() ? "" : ", ") + std::string(architecture.model_type);
      return wrong("model_type", *type, "what can be imported is " + names);
    }
    config_.architecture = &*at;
    dialect_ = at->is_gpt2() ? &kGpt2Dialect : &kLlamaDialect;
    return {};
  }

  Status check_fixed() const {
    for (const Fixed& fixed : dialect_->fixed) {
      const JsonValue* const value = find(fixed.name);
      if (value && value->shown != fixed.value && value->shown != fixed.same)
        return only(fixed.name, *value, fixed.value);
    }
    return {};
  }

  Status read_settings() {
    Recipe& recipe = config_.recipe;
    const Architecture& architecture = *config_.architecture;
    const int kept_kv_head = recipe.n_kv_head;
    recipe.norm = architecture.norm;
    recipe.activation = architecture.activation;
    recipe.position = architecture.position;
    recipe.qk_norm = architecture.qk_norm;
    recipe.tied_head = architecture.tied_by_default;
    recipe.n_kv_head = 0;
    std::set<std::string> given;
    for (const Renamed& setting : dialect_->settings) {
      const JsonValue* const value = find(setting.theirs);
      if (!value) continue;
      if (Status status = set_setting(recipe, setting.ours, value->shown); !status.ok())
        return Error{"file", "", "In " + std::string(what_) + ", " + status.error().message};
      given.insert(setting.ours);
    }
    for (const char* const name : dialect_->needed)
      if (!given.contains(ours_of(name))) return missing(name);
    // As many as there are heads is what 0 says.
    if (recipe.n_kv_head == recipe.n_head && kept_kv_head == 0) recipe.n_kv_head = 0;
    config_.says_bias = given.contains("bias");
    if (const JsonValue* const tied = find("tie_word_embeddings")) recipe.tied_head = tied->boolean;
    return {};
  }

  Status check_sizes() {
    const JsonValue* const vocab_size = find("vocab_size");
    if (!vocab_size) return missing("vocab_size");
    if (Status status = read_whole("vocab_size", *vocab_size, config_.vocab_size, kMaxVocabSize);
        !status.ok())
      return status;
    const ModelConfig sizes = config_.recipe.model_config(config_.vocab_size);
    if (const JsonValue* const inner = find(dialect_->inner)) {
      int width = 0;
      if (Status status = read_whole(dialect_->inner, *inner, width, 1 << 20); !status.ok())
        return status;
      if (width != sizes.n_inner()) {
        return only(dialect_->inner, *inner,
                    std::to_string(sizes.n_inner()) +
                        (is_gated(sizes.activation) ? ", 8/3 times the width in whole sixteens,"
                                                    : ", four times the width,"));
      }
    } else if (!config_.architecture->is_gpt2()) {
      return missing(dialect_->inner);
    }
    return {};
  }

  // What a block of Llama's kind computes.
  Status check_block() const {
    const Recipe& recipe = config_.recipe;
    const JsonValue* const epsilon =
        find(recipe.norm == "rmsnorm" ? "rms_norm_eps" : "norm_epsilon");
    if (!epsilon && recipe.norm == "rmsnorm") return missing("rms_norm_eps");
    const JsonValue* const head_dim = find("head_dim");
    if (!head_dim && recipe.qk_norm) return missing("head_dim");
    if (head_dim && head_dim->number * recipe.n_head != recipe.n_embd)
      return only("head_dim", *head_dim, "hidden_size / num_attention_heads");
    const JsonValue* const hidden_act = find("hidden_act");
    if (hidden_act && hidden_act->string != their_activation())
      return only("hidden_act", *hidden_act, in_quotes(their_activation()));
    const JsonValue* const mlp_bias = find("mlp_bias");
    if (mlp_bias && mlp_bias->boolean != recipe.bias)
      return only("mlp_bias", *mlp_bias, "what attention_bias is");
    const bool windows = find("sliding_window") && !find("use_sliding_window");
    if (windows) return only("sliding_window", *find("sliding_window"), "null");
    if (recipe.bias && !config_.architecture->biases)
      return only("attention_bias", *find("attention_bias"), "false");
    return {};
  }

  std::string_view their_activation() const {
    const std::string& ours = config_.recipe.activation;
    return ours == "swiglu" ? "silu" : ours == "relu2" ? "relu2" : "gelu_pytorch_tanh";
  }
  std::string ours_of(const char* theirs) const {
    for (const Renamed& setting : dialect_->settings)
      if (std::string_view(setting.theirs) == theirs) return setting.ours;
    return theirs;
  }
  Error missing(const std::string& name) const {
    return {"file", "", std::string(what_) + " does not give " + name + "."};
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
  const Members& members_;
  const Dialect* dialect_ = nullptr;
  ForeignConfig config_{};
};

}  // namespace

Result<ForeignConfig> read_foreign_config(std::string_view json, std::string_view what,
                                          const Recipe& base) {
  Members members;
  const Status read =
      read_json_leaves(json, what, [&](const JsonPath& path, const JsonValue& value) -> Status {
        if (path.size() == 1 || (path.size() == 2 && path[0] == "rope_parameters"))
          members[path.back()] = value;
        const bool other =
            path.size() > 1 && (path[0] == "rope_scaling" ||
                                (path[0] == "layer_types" && value.string != "full_attention"));
        if (!other) return {};
        return Error{"file", "",
                     std::string(what) + " has " + path[0] + " " + value.shown +
                         "; only a model without can be imported."};
      });
  if (!read.ok()) return read.error();
  return ConfigReader(what, base, members).read();
}

}  // namespace clearformer
