// Any bytes as a run's file. The checksum, which no stranger minds, is made to fit, so that what
// stands behind it is tried too.
#include <algorithm>
#include <charconv>

#include "exchange/portable_model.h"
#include "io/checkpoint.h"
#include "tests/fuzz/input.h"
#include "train/compact_model.h"
#include "train/run_header.h"
#include "train/trainer.h"

namespace clearformer {
namespace {

ThreadPool& pool() {
  static ThreadPool one(1);
  return one;
}

// The run that a safetensors file would be with a checksum that fits.
Checkpoint as_checkpoint(const Safetensors& file) {
  const auto entry = [&](const char* key) {
    const auto at = file.metadata.find(key);
    return at == file.metadata.end() ? std::string() : at->second;
  };
  Checkpoint run{.recipe_json = entry("recipe"),
                 .tokenizer_json = entry("tokenizer"),
                 .arithmetic = entry("arithmetic"),
                 .from_model = file.metadata.contains("from_model")};
  const std::string step = entry("step");
  std::from_chars(step.data(), step.data() + step.size(), run.step);
  for (const NamedTensor& tensor : file.tensors) {
    if (tensor.name == "text") {
      run.text = tensor.bytes;
    } else {
      run.tensors.push_back(tensor);
    }
  }
  return run;
}

// What a run may ask for is its user's choice; here it must be small enough to try.
bool is_small(const Checkpoint& run) {
  const Result<RunHeader> header = read_run_header(run);
  if (!fuzz::taken(header)) return false;
  const auto bytes = static_cast<std::int64_t>(run.text.size());
  const MemoryPlan plan =
      plan_memory(header.value().recipe, header.value().config(), bytes, bytes, 1);
  return plan.total() < 4 << 20;
}

void check_run(const std::vector<std::uint8_t>& file) {
  const Result<std::unique_ptr<Trainer>> loaded = Trainer::load(file, {.pool = pool()});
  if (!fuzz::taken(loaded)) return;
  Trainer& run = *loaded.value();
  const std::vector<std::uint8_t> saved = run.save();
  const Result<std::unique_ptr<Trainer>> again = Trainer::load(saved, {.pool = pool()});
  CHECK(again.ok());
  CHECK(again.value()->save() == saved);
  const Recipe& recipe = run.recipe();
  if (recipe.batch_size * recipe.grad_accum_steps * recipe.block_size > 256) return;
  fuzz::taken(run.step());
}

FUZZ(input) {
  const Result<Checkpoint> given = parse_checkpoint(input);
  if (fuzz::taken(given)) {
    const std::vector<std::uint8_t> written = serialize_checkpoint(given.value());
    const Result<Checkpoint> again = parse_checkpoint(written);
    CHECK(again.ok());
    CHECK(serialize_checkpoint(again.value()) == written);
  }
  const Result<Safetensors> file = read_safetensors(input);
  if (!file.ok()) return;
  const Checkpoint run = as_checkpoint(file.value());
  const std::vector<std::uint8_t> resealed = serialize_checkpoint(run);
  const Result<Checkpoint> parsed = parse_checkpoint(resealed);
  if (!fuzz::taken(parsed)) return;
  fuzz::taken(CompactModel::load(resealed, pool()));
  fuzz::taken(read_portable_model(resealed));
  if (is_small(parsed.value())) check_run(resealed);
}

}  // namespace
}  // namespace clearformer
