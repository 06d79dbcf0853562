#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/config.h"
#include "text/tokenizer.h"

namespace clearformer {

// What of a recipe may change while it is trained: how many steps there are, and how far each goes.
struct Schedule {
  int steps;
  double lr, min_lr, grad_clip;

  bool operator==(const Schedule&) const = default;
};

// Every setting of a run. Defaults are nanoGPT's recipe for a CPU.
struct Recipe {
  std::string tokenizer = "char";
  int n_layer = 4;
  int n_head = 4;
  int n_embd = 128;
  int block_size = 64;
  bool bias = false;
  std::string norm = "layernorm";
  std::string activation = "gelu";
  std::string position = "learned";
  int n_kv_head = 0;
  bool qk_norm = false;
  bool tied_head = true;

  int batch_size = 12;
  int grad_accum_steps = 1;
  int steps = 2000;
  double lr = 1e-3;
  double min_lr = 1e-4;
  int warmup_steps = 100;
  double weight_decay = 0.1;
  double beta1 = 0.9;
  double beta2 = 0.99;
  double grad_clip = 1.0;
  bool skip_nonfinite = false;
  double dropout = 0.0;
  std::string optimizer = "adamw";
  double momentum = 0.95;
  std::string schedule = "cosine";
  double decay_fraction = 0.2;
  double label_smoothing = 0.0;
  double z_loss = 0.0;
  int lora_rank = 0;
  double lora_alpha = 16;
  int seed = 1337;
  double val_fraction = 0.1;

  int eval_every = 250;
  int eval_batches = 20;

  ModelConfig model_config(int vocab_size) const;
  Schedule changeable() const { return {steps, lr, min_lr, grad_clip}; }
};

// What a setting accepts and how it is explained.
struct Setting {
  enum class Group { model, training, watching };
  const char* name;  // in JSON; the command line's flag is "--" + name, with - for _
  Group group;
  const char* label;
  const char* help;  // a sentence on what it does, one on when to change it
  double min = 0;
  double max = 0;
  bool exclusive_max = false;
  std::vector<const char*> choices = {};
  // Came after runs were saved and sent: JSON leaves it out at its default, so that theirs stays as
  // it was.
  bool later = false;
  const char* sized = "";  // begins one more choice, a whole number from min to max ends it: "bpe:"
  // Has an effect only where another setting has one of these values; always where none is named.
  const char* with = "";
  std::vector<const char*> with_values = {};
};

// What is called for each setting.
class SettingVisitor {
 public:
  virtual void operator()(const Setting& setting, int& value) = 0;
  virtual void operator()(const Setting& setting, double& value) = 0;
  virtual void operator()(const Setting& setting, bool& value) = 0;
  virtual void operator()(const Setting& setting, std::string& value) = 0;
};

// The one table of settings: calls visit(setting, value) for each, in the order in which people
// read them. JSON, flags, the page's controls, validation and files derive from it.
inline void visit_settings(Recipe& recipe, SettingVisitor& visit) {
  using enum Setting::Group;
  const auto number = [&](const char* name, Setting::Group group, const char* label, double min,
                          double max, auto& value, const char* help, bool exclusive_max = false,
                          bool later = false, const char* with = "",
                          std::vector<const char*> with_values = {}) {
    visit(Setting{name,
                  group,
                  label,
                  help,
                  min,
                  max,
                  exclusive_max,
                  {},
                  later,
                  "",
                  with,
                  std::move(with_values)},
          value);
  };
  visit(Setting{.name = "tokenizer",
                .group = model,
                .label = "Tokens",
                .help = "What one token is: a character, a byte, or bytes that often stand "
                        "together. Use bpe for a megabyte or more.",
                .min = kMinBpeSize,
                .max = kMaxBpeSize,
                .choices = {"char", "byte"},
                .sized = "bpe:"},
        recipe.tokenizer);
  number("n_layer", model, "Layers", 1, 48, recipe.n_layer,
         "How many transformer blocks stand on one another. More learn deeper patterns, slower.");
  number("n_head", model, "Heads", 1, 64, recipe.n_head,
         "How many attention heads each block has. The width must be divisible by it.");
  number("n_embd", model, "Width", 1, 4096, recipe.n_embd,
         "How many numbers describe a token inside the model. Double it where the loss stops "
         "falling too early.");
  number("block_size", model, "Context", 1, 4096, recipe.block_size,
         "How many tokens the model can look back. Raise it where the text has long-range form.");
  visit(Setting{.name = "bias",
                .group = model,
                .label = "Biases",
                .help = "Adds a bias to every linear layer and LayerNorm. Turn it on to match "
                        "GPT-2 exactly.",
                .choices = {}},
        recipe.bias);
  visit(Setting{.name = "norm",
                .group = model,
                .label = "Norm",
                .help = "How activations are brought to one scale; RMSNorm leaves out the mean and "
                        "the bias. Choose rmsnorm to match Llama.",
                .choices = {"layernorm", "rmsnorm"},
                .later = true},
        recipe.norm);
  visit(
      Setting{.name = "activation",
              .group = model,
              .label = "Activation",
              .help = "What bends a block's hidden layer: a GELU, a squared ReLU or a gated SiLU. "
                      "Choose swiglu to match Llama.",
              .choices = {"gelu", "relu2", "swiglu"},
              .later = true},
      recipe.activation);
  visit(Setting{.name = "position",
                .group = model,
                .label = "Positions",
                .help = "How a token's place is known: by a learned vector, by turning queries and "
                        "keys, or not at all. Choose rotary to match Llama.",
                .choices = {"learned", "rotary", "none"},
                .later = true},
        recipe.position);
  number("n_kv_head", model, "Key heads", 0, 64, recipe.n_kv_head,
         "How many heads of keys and values the heads share; 0 gives each its own. Lower it for "
         "less memory while writing.",
         false, true);
  visit(Setting{.name = "qk_norm",
                .group = model,
                .label = "QK norm",
                .help = "Brings each head's queries and keys to one scale before they meet. Turn "
                        "it on where a high learning rate makes the loss jump.",
                .choices = {},
                .later = true},
        recipe.qk_norm);
  visit(Setting{.name = "tied_head",
                .group = model,
                .label = "Tied head",
                .help = "Uses the token embedding as the output layer as well. Turn it off to give "
                        "the output weights of its own.",
                .choices = {},
                .later = true},
        recipe.tied_head);
  number("batch_size", training, "Batch", 1, 4096, recipe.batch_size,
         "How many passages are read in one step. Raise it where the loss is noisy.");
  number("grad_accum_steps", training, "Accumulate", 1, 1024, recipe.grad_accum_steps,
         "How many batches are summed before the weights move. Raise it for a larger batch in the "
         "same memory.");
  number("steps", training, "Steps", 1, 10'000'000, recipe.steps,
         "How many times the weights are updated. Raise it while the validation loss still falls.");
  number("lr", training, "Learning rate", 0, 10, recipe.lr,
         "How far the weights move in a step, at its highest. Lower it where the loss jumps.");
  number("min_lr", training, "Final rate", 0, 10, recipe.min_lr,
         "The learning rate at the end of the schedule. A tenth of the learning rate suits most "
         "runs.",
         false, false, "schedule", {"cosine", "linear", "wsd"});
  number("warmup_steps", training, "Warm-up", 0, 10'000'000, recipe.warmup_steps,
         "How many steps the learning rate takes to rise to its highest. Raise it where the first "
         "steps are unstable.");
  visit(Setting{.name = "schedule",
                .group = training,
                .label = "Schedule",
                .help = "How the rate falls: along a cosine or a line, not at all, or late (wsd). "
                        "Choose wsd where more steps may follow.",
                .choices = {"cosine", "linear", "constant", "wsd"},
                .later = true},
        recipe.schedule);
  number(
      "decay_fraction", training, "Decay share", 0, 1, recipe.decay_fraction,
      "The share of the steps, at their end, in which wsd lets the rate fall. A tenth to a fifth "
      "is usual.",
      false, true, "schedule", {"wsd"});
  visit(Setting{.name = "optimizer",
                .group = training,
                .label = "Optimizer",
                .help = "How a gradient moves the weights. Choose muon for a lower loss in as many "
                        "steps; sgd needs a hundred times the rate.",
                .choices = {"adamw", "muon", "sgd"},
                .later = true},
        recipe.optimizer);
  number("momentum", training, "Momentum", 0, 1, recipe.momentum,
         "How long Muon and SGD remember the gradient's direction. Rarely worth changing.", true,
         true, "optimizer", {"muon", "sgd"});
  number("weight_decay", training, "Weight decay", 0, 10, recipe.weight_decay,
         "How strongly matrices are pulled towards zero. Raise it where validation loss rises "
         "while training loss falls.");
  number("beta1", training, "Beta 1", 0, 1, recipe.beta1,
         "How long AdamW remembers the gradient's direction. Rarely worth changing.", true, false,
         "optimizer", {"adamw", "muon"});
  number("beta2", training, "Beta 2", 0, 1, recipe.beta2,
         "How long AdamW remembers the gradient's size. Raise it to 0.999 for large batches.", true,
         false, "optimizer", {"adamw", "muon"});
  number("grad_clip", training, "Clip", 0, 1e6, recipe.grad_clip,
         "The largest norm the whole gradient may have; 0 is no limit. Lower it where the loss "
         "jumps.");
  visit(
      Setting{.name = "skip_nonfinite",
              .group = training,
              .label = "Skip bad steps",
              .help = "Leaves out a step that overflows, and counts it, instead of stopping. Turn "
                      "it on where a step in thousands does.",
              .choices = {},
              .later = true},
      recipe.skip_nonfinite);
  number("dropout", training, "Dropout", 0, 1, recipe.dropout,
         "The share of activations dropped at random in training. Raise it for small texts that "
         "are learned by heart.",
         true);
  number("lora_rank", training, "LoRA rank", 0, 4096, recipe.lora_rank,
         "How many directions of each frozen matrix LoRA trains; 0 trains all weights. Set it "
         "before a model is imported.",
         false, true);
  number("lora_alpha", training, "LoRA alpha", 0.01, 10'000, recipe.lora_alpha,
         "How much LoRA's change counts: it is multiplied by this over the rank. Set it before a "
         "model is imported.",
         false, true);
  number("label_smoothing", training, "Smoothing", 0, 1, recipe.label_smoothing,
         "The share of the target that goes to all tokens; losses shown are without it. Raise it "
         "where the model is too sure.",
         true, true);
  number("z_loss", training, "Z-loss", 0, 1, recipe.z_loss,
         "How strongly logits are kept from growing together; losses shown are without it. Set "
         "1e-4 where long runs fail.",
         false, true);
  number("seed", training, "Seed", 0, 2147483647, recipe.seed,
         "Decides every random draw. The same seed gives the same run, bit for bit.");
  number("val_fraction", training, "Held out", 0, 1, recipe.val_fraction,
         "The share of the text, from its end, that is never trained on. Zero trains on all of it.",
         true);
  number("eval_every", watching, "Evaluate every", 1, 10'000'000, recipe.eval_every,
         "How many steps pass between two evaluations. Evaluating costs time, never bits.");
  number("eval_batches", watching, "Batches to evaluate", 1, 10'000, recipe.eval_batches,
         "How many fixed batches an evaluation averages. More make the figure steadier.");
}

// A setting's value as a recipe R gives it.
template <class R, class T>
using ValueIn = std::conditional_t<std::is_const_v<R>, const T, T>;

// The same with any function; the values are const where the recipe is. The table is compiled once,
// whatever is done with it.
template <class R, class Visit>
void for_each_setting(R& recipe, Visit&& visit) {
  struct Each final : SettingVisitor {
    explicit Each(std::remove_reference_t<Visit>& visit) : visit(visit) {}
    void operator()(const Setting& setting, int& value) override {
      visit(setting, static_cast<ValueIn<R, int>&>(value));
    }
    void operator()(const Setting& setting, double& value) override {
      visit(setting, static_cast<ValueIn<R, double>&>(value));
    }
    void operator()(const Setting& setting, bool& value) override {
      visit(setting, static_cast<ValueIn<R, bool>&>(value));
    }
    void operator()(const Setting& setting, std::string& value) override {
      visit(setting, static_cast<ValueIn<R, std::string>&>(value));
    }
    std::remove_reference_t<Visit>& visit;
  };
  Each each(visit);
  visit_settings(const_cast<Recipe&>(recipe), each);
}

// Architectures that have a name, as what they change in a recipe.
struct Preset {
  const char* name;
  const char* recipe_json;
};
inline constexpr Preset kPresets[] = {
    {"gpt2", R"({"bias":true})"},
    {"llama", R"({"norm":"rmsnorm","activation":"swiglu","position":"rotary","tied_head":false})"},
};

// The recipe as a JSON object, numbers in their shortest exact form. Every setting is present, but
// for later ones at their defaults.
std::string recipe_to_json(const Recipe& recipe);

// Reads a JSON object over the defaults. Error "setting" for an unknown or a repeated name, a wrong
// type or a value out of range; "usage" where it is not a JSON object. A whole number may be
// written as 12.0 or 1e3. How settings fit together only validate_recipe checks.
Result<Recipe> recipe_from_json(std::string_view json);

// Sets one setting from a command line's text. Error "setting" as above; the recipe is unchanged.
Status set_setting(Recipe& recipe, std::string_view name, std::string_view text);

// What a range alone cannot say: n_kv_head divides n_head, n_head divides n_embd (into heads of
// even size where positions are rotary), min_lr <= lr where there is a way down, lora_rank <=
// n_embd, and each range again. Error "setting".
Status validate_recipe(const Recipe& recipe);

// The table as JSON, for the page: {"settings": [{name, type, default, min, max, exclusive_max,
// choices, group, label, help}, ...], "limits": {max_text_bytes, max_vocab_size, max_threads,
// max_model_bytes}, "presets": {"gpt2": {...}, ...}}. type is "integer", "number", "boolean" or
// "choice"; min and max are there for numbers, exclusive_max where max itself is not allowed,
// choices for "choice"; sized where one more choice begins so and ends with a whole number from min
// to max; with and with_values where it has an effect only with those of another.
std::string settings_schema_json();

}  // namespace clearformer
