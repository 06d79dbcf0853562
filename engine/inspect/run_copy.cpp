#include "inspect/run_copy.h"

#include <utility>
#include <vector>

#include "io/checkpoint.h"
#include "kernels/gemm.h"
#include "model/parameters.h"
#include "train/run_header.h"

namespace clearformer {
namespace {

const char* const kStrict = arithmetic_name(Arithmetic::strict);

bool can_compute(const Checkpoint& file) {
  return can_fuse() || file.arithmetic == kStrict;
}

// The model alone: as it is in the file, or with `numbers`, in the walk's order.
std::vector<NamedTensor> weights_of(const Checkpoint& file, std::span<const float> numbers,
                                    const ModelConfig& config) {
  std::vector<NamedTensor> weights;
  if (numbers.empty()) {
    for (const NamedTensor& tensor : file.tensors)
      if (is_weight(tensor.name)) weights.push_back(tensor);
    return weights;
  }
  for (const ParameterInfo& info : parameter_list(config)) {
    const auto size = static_cast<std::size_t>(info.size());
    weights.push_back(make_tensor(info.name, info.shape(), numbers.first(size)));
    numbers = numbers.subspan(size);
  }
  return weights;
}

}  // namespace

Result<std::unique_ptr<Trainer>> copy_run(std::span<const std::uint8_t> run, ThreadPool& pool,
                                          std::string text) {
  Result<Checkpoint> file = parse_checkpoint(run);
  if (!file.ok()) return file.error();
  std::vector<std::uint8_t> strict;
  if (!can_compute(file.value())) {
    file.value().arithmetic = kStrict;
    strict = serialize_checkpoint(file.value());
    run = strict;
  }
  Result<std::unique_ptr<Trainer>> made = Trainer::load(run, {.pool = pool}, std::move(text));
  if (!made.ok() || !made.value()->done()) return made;
  Schedule longer = made.value()->recipe().changeable();
  ++longer.steps;
  if (Status status = made.value()->change_schedule(longer); !status.ok()) return status.error();
  return made;
}

Result<std::unique_ptr<Trainer>> begin_again(std::span<const std::uint8_t> run, int steps,
                                             ThreadPool& pool, std::string text) {
  Result<Checkpoint> parsed = parse_checkpoint(run);
  if (!parsed.ok()) return parsed.error();
  Checkpoint& file = parsed.value();
  const Result<RunHeader> header = read_run_header(file);
  if (!header.ok()) return header.error();
  const ModelConfig config = header.value().config();
  Recipe recipe = header.value().recipe;
  std::vector<float> beginning;
  // No file is shorter than its weights: one that is has none to begin with, and is refused below.
  const auto fits = static_cast<std::int64_t>(run.size() / sizeof(float));
  if (!file.from_model && parameter_count(config) <= fits) {
    beginning.resize(parameter_count(config));
    initialise_parameters(config, static_cast<std::uint64_t>(recipe.seed), beginning.data());
  }
  recipe.schedule = "constant";
  recipe.warmup_steps = 0;
  recipe.steps = steps;
  file.recipe_json = recipe_to_json(recipe);
  file.step = 0;
  file.tensors = weights_of(file, beginning, config);
  if (!can_compute(file)) file.arithmetic = kStrict;
  return Trainer::load(serialize_checkpoint(file), {.pool = pool}, std::move(text));
}

}  // namespace clearformer
