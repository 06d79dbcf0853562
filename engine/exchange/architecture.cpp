#include "exchange/architecture.h"

#include <algorithm>
#include <vector>

namespace clearformer {
namespace {

constexpr Architecture kArchitectures[] = {
    {.name = "GPT-2",
     .model_type = "gpt2",
     .class_name = "GPT2LMHeadModel",
     .norm = "layernorm",
     .activation = "gelu",
     .position = "learned",
     .qk_norm = false,
     .grouped = false,
     .biases = true,
     .tied_by_default = true,
     .hf = &kHfGpt2Layout,
     .gguf = &kGgufGpt2Layout},
    {.name = "Llama",
     .model_type = "llama",
     .class_name = "LlamaForCausalLM",
     .norm = "rmsnorm",
     .activation = "swiglu",
     .position = "rotary",
     .qk_norm = false,
     .grouped = true,
     .biases = true,
     .tied_by_default = false,
     .hf = &kHfLlamaLayout,
     .gguf = &kGgufLlamaLayout},
    {.name = "Qwen3",
     .model_type = "qwen3",
     .class_name = "Qwen3ForCausalLM",
     .norm = "rmsnorm",
     .activation = "swiglu",
     .position = "rotary",
     .qk_norm = true,
     .grouped = true,
     .biases = false,
     .tied_by_default = false,
     .hf = &kHfLlamaLayout,
     .gguf = &kGgufQwen3Layout},
    {.name = "StarCoder2",
     .model_type = "starcoder2",
     .class_name = "Starcoder2ForCausalLM",
     .norm = "layernorm",
     .activation = "gelu",
     .position = "rotary",
     .qk_norm = false,
     .grouped = true,
     .biases = true,
     .tied_by_default = true,
     .hf = &kHfStarcoder2Layout,
     .gguf = &kGgufStarcoder2Layout},
    {.name = "Arcee",
     .model_type = "arcee",
     .class_name = "ArceeForCausalLM",
     .norm = "rmsnorm",
     .activation = "relu2",
     .position = "rotary",
     .qk_norm = false,
     .grouped = true,
     .biases = false,  // llama.cpp reads none
     .tied_by_default = false,
     .hf = &kHfLlamaLayout,
     .gguf = &kGgufLlamaLayout},
};

const char* word(bool value) {
  return value ? "true" : "false";
}

bool shares_keys(const Recipe& recipe) {
  return recipe.n_kv_head != 0 && recipe.n_kv_head != recipe.n_head;
}

// What of a recipe differs from an architecture, in words.
std::vector<std::string> differences(const Recipe& recipe, const Architecture& architecture) {
  std::vector<std::string> all;
  const auto compare = [&](const char* setting, std::string_view ours, std::string_view theirs) {
    if (ours != theirs)
      all.push_back(std::string(setting) + " is " + std::string(ours) + ", not " +
                    std::string(theirs));
  };
  compare("norm", recipe.norm, architecture.norm);
  compare("activation", recipe.activation, architecture.activation);
  compare("position", recipe.position, architecture.position);
  compare("qk_norm", word(recipe.qk_norm), word(architecture.qk_norm));
  if (shares_keys(recipe) && !architecture.grouped)
    compare("n_kv_head", std::to_string(recipe.n_kv_head), std::to_string(recipe.n_head));
  if (recipe.bias && !architecture.biases) compare("bias", word(true), word(false));
  return all;
}

std::string described(const Architecture& architecture) {
  return std::string(architecture.name) + " (" + std::string(architecture.norm) + ", " +
         std::string(architecture.activation) + ", " + std::string(architecture.position) +
         (architecture.qk_norm ? ", qk_norm" : "") +
         (architecture.grouped ? "" : ", no shared key heads") +
         (architecture.biases ? ")" : ", no biases)");
}

}  // namespace

std::span<const Architecture> architectures() {
  return kArchitectures;
}

const Architecture* architecture_of(const Recipe& recipe) {
  const auto* const at = std::find_if(
      std::begin(kArchitectures), std::end(kArchitectures),
      [&](const Architecture& architecture) { return differences(recipe, architecture).empty(); });
  return at == std::end(kArchitectures) ? nullptr : at;
}

std::string why_no_architecture(const Recipe& recipe) {
  const auto* const nearest =
      std::min_element(std::begin(kArchitectures), std::end(kArchitectures),
                       [&](const Architecture& a, const Architecture& b) {
                         return differences(recipe, a).size() < differences(recipe, b).size();
                       });
  std::string reasons, names;
  for (const std::string& reason : differences(recipe, *nearest))
    reasons += (reasons.empty() ? "its " : "; its ") + reason;
  for (const Architecture& architecture : kArchitectures)
    names += (names.empty() ? "" : ", ") + described(architecture);
  return "No other program has this model's architecture; the nearest is " +
         std::string(nearest->name) + "'s, but " + reasons + ". What leaves: " + names + ".";
}

}  // namespace clearformer
