#include "bindings/planning.h"

#include "model/parameters.h"
#include "text/corpus.h"
#include "text/utf8.h"
#include "train/cost.h"
#include "train/memory.h"

namespace clearformer::bindings {

std::string settings() {
  return settings_schema_json();
}

double memory_limit_bytes() {
  return static_cast<double>(memory_limit());
}

TextReport inspect_text(const Bytes& bytes, const std::string& name, bool with_tokens) {
  TextReport report;
  Recipe recipe;
  report.error = error_of(set_setting(recipe, "tokenizer", name));
  if (!report.error.code.empty()) return report;
  if (size_of(bytes) > static_cast<std::size_t>(kMaxTextBytes)) {
    report.error = text_too_large(size_of(bytes));
    return report;
  }
  const std::string text = bytes_of<std::string>(bytes);
  if (const Status status = check_text(text); !status.ok()) {
    report.error = status.error();
    return report;
  }
  const Result<Tokenizer> tokenizer = make_tokenizer(name, text);
  if (!tokenizer.ok()) {
    report.error = tokenizer.error();
    return report;
  }
  const Result<std::vector<Token>> tokens = tokenizer.value().encode(without_byte_order_mark(text));
  if (!tokens.ok()) {
    report.error = tokens.error();
    return report;
  }
  const TextStats stats = measure_text(text, tokens.value(), tokenizer.value().vocab_size());
  report.bytes = static_cast<double>(stats.bytes);
  report.characters = static_cast<double>(stats.characters);
  report.tokens = static_cast<double>(stats.tokens);
  report.vocab_size = stats.vocab_size;
  report.unigram_entropy = stats.unigram_entropy;
  report.bigram_entropy = stats.bigram_entropy;
  if (with_tokens) {
    report.ids = copy_bytes(
        {reinterpret_cast<const std::uint8_t*>(tokens.value().data()), 4 * tokens.value().size()});
    report.merges = tokenizer.value().merges();
  }
  return report;
}

PlanReport plan_recipe(const std::string& recipe_json, int vocab_size, double tokens, int threads) {
  PlanReport report;
  const Result<Recipe> recipe = recipe_from_json(recipe_json);
  if (!recipe.ok()) {
    report.error = recipe.error();
    return report;
  }
  if (const Status status = validate_recipe(recipe.value()); !status.ok()) {
    report.error = status.error();
    return report;
  }
  const ModelConfig config = recipe.value().model_config(vocab_size);
  const auto n_tokens = static_cast<std::int64_t>(tokens);
  const MemoryPlan plan = plan_memory(recipe.value(), config, n_tokens, n_tokens, threads);
  const auto bytes = [&](MemoryKind kind) { return static_cast<double>(plan.bytes(kind)); };
  report.error = error_of(check_memory(plan, memory_limit()));
  report.parameters = static_cast<double>(parameter_count(config));
  report.flops_per_step = step_flops(recipe.value(), vocab_size);
  report.total_bytes = static_cast<double>(plan.total());
  report.parameter_bytes = bytes(MemoryKind::parameters);
  report.gradient_bytes = bytes(MemoryKind::gradients);
  report.optimizer_bytes = bytes(MemoryKind::optimizer);
  report.activation_bytes = bytes(MemoryKind::activations);
  report.scratch_bytes = bytes(MemoryKind::scratch);
  report.text_bytes = bytes(MemoryKind::text);
  return report;
}

}  // namespace clearformer::bindings
