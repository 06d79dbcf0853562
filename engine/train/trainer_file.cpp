// How a run becomes a file and comes back: Trainer::save and Trainer::load.

#include <algorithm>
#include <cmath>
#include <cstring>

#include "io/checkpoint.h"
#include "text/words.h"
#include "train/run_header.h"
#include "train/trainer.h"

namespace clearformer {
namespace {

// Before the name of a matrix: as it was before LoRA changed it.
const std::string kLoraBase = "lora.base.";

// What the file has of a tensor. Of a model alone, the base is the model.
const NamedTensor* find_tensor(const Checkpoint& file, const std::string& name) {
  const NamedTensor* const tensor = file.find(name);
  if (tensor || !name.starts_with(kLoraBase)) return tensor;
  return file.find(name.substr(kLoraBase.size()));
}

// The one walk over a run's tensors: visit(name, shape, numbers, is_history) for each. `numbers` is
// a span where the size is the model's, a vector where it is the history's.
template <class Past, class Visit>
void for_each_tensor(const Recipe& recipe, const ModelConfig& config, const RunMemory& memory,
                     Past& history, Visit&& visit) {
  const auto state = [&](const std::string& prefix, float*& flat, const ParameterInfo& info) {
    visit(prefix + info.name, info.shape(),
          std::span<float>(flat, static_cast<std::size_t>(info.size())));
    if (flat != nullptr) flat += info.size();  // null where only names and shapes are asked for
  };
  const auto all = [&](const std::string& prefix, float* flat,
                       const std::vector<ParameterInfo>& list) {
    for (const ParameterInfo& info : list) state(prefix, flat, info);
  };
  const std::vector<ParameterInfo> trained = trained_list(recipe, config);
  all("", memory.parameters, parameter_list(config));
  if (recipe.lora_rank > 0) {
    all(kLoraBase, memory.lora_base, adapted_list(config));
    all("", memory.adapters, trained);
  }
  OptimizerMemory optimizer = memory.optimizer;
  for_each_optimizer_tensor(recipe, trained, optimizer, state);
  const auto column = [&](const char* name, auto& numbers) {
    visit(name, std::vector<std::int64_t>{kAnySize}, numbers);
  };
  column("history.loss", history.loss);
  column("history.lr", history.lr);
  column("history.grad_norm", history.grad_norm);
  column("history.eval.step", history.eval_step);
  column(kEvalTrainLoss, history.eval_train_loss);
  column(kEvalValLoss, history.eval_val_loss);
}

// Only in the file of a run whose schedule was changed: others are as they always were.
const std::string kPastSchedules = "history.schedule";

template <class Numbers>
using ElementOf = std::remove_cvref_t<decltype(*std::declval<Numbers&>().data())>;

// A copy, as a tensor of doubles need not lie where one may be read; empty where there is none.
std::vector<double> doubles_of(const NamedTensor* tensor) {
  std::vector<double> numbers(tensor ? tensor->bytes.size() / sizeof(double) : 0);
  if (!numbers.empty()) std::memcpy(numbers.data(), tensor->bytes.data(), tensor->bytes.size());
  return numbers;
}

Error damaged(const std::string& what) {
  return {"file", "", "This run's file contradicts itself: " + what + "."};
}

Result<Arithmetic> parse_arithmetic(const std::string& name) {
  if (const std::optional<Arithmetic> arithmetic = arithmetic_named(name)) return *arithmetic;
  return damaged("its class of arithmetic is " + in_quotes(name) +
                 ", which is neither strict nor fused");
}

// An error of the recipe or of the text, as one of the file that holds them.
Error in_file(const Error& error) {
  const bool of_machine = error.code == "memory" || error.code == "usage";
  return {of_machine ? error.code : "file", "", error.message};
}

}  // namespace

std::vector<std::uint8_t> Trainer::save() const {
  Checkpoint file{.recipe_json = recipe_to_json(recipe_),
                  .tokenizer_json = tokenizer_.to_json(),
                  .step = step_,
                  .arithmetic = arithmetic_name(arithmetic_),
                  .from_model = from_model_,
                  .text = {reinterpret_cast<const std::uint8_t*>(text_.data()), text_.size()}};
  for_each_tensor(
      recipe_, config_, memory_, history_,
      [&](const std::string& name, std::vector<std::int64_t> shape, const auto& numbers) {
        using Element = ElementOf<decltype(numbers)>;
        if (shape[0] == kAnySize) shape[0] = static_cast<std::int64_t>(numbers.size());
        file.tensors.push_back(
            make_tensor(name, std::move(shape), std::span<const Element>(numbers)));
      });
  const std::vector<double> past = pack_schedules(past_schedules_, recipe_);
  if (!past.empty()) {
    const auto rows = static_cast<std::int64_t>(past_schedules_.size());
    file.tensors.push_back(make_tensor(kPastSchedules,
                                       {rows, numbers_a_schedule(past_schedules_, recipe_)},
                                       std::span<const double>(past)));
  }
  return serialize_checkpoint(file);
}

Result<std::unique_ptr<Trainer>> Trainer::load(std::span<const std::uint8_t> bytes,
                                               const TrainerOptions& options, std::string text) {
  const Result<Checkpoint> parsed = parse_checkpoint(bytes);
  if (!parsed.ok()) return parsed.error();
  const Checkpoint& file = parsed.value();
  Result<RunHeader> header = read_run_header(file);
  if (!header.ok()) return header.error();
  const Recipe& recipe = header.value().recipe;
  const Result<Arithmetic> arithmetic = parse_arithmetic(file.arithmetic);
  if (!arithmetic.ok()) return arithmetic.error();
  if (file.step < 0 || file.step > recipe.steps)
    return damaged("its step lies outside of its schedule");

  // Shapes are compared before the memory for them is taken.
  const ModelConfig config = header.value().config();
  std::vector<ExpectedTensor> expected;
  RunMemory no_memory{};
  History no_history;
  for_each_tensor(recipe, config, no_memory, no_history,
                  [&](const std::string& name, std::vector<std::int64_t> shape, auto&& numbers) {
                    // What a file of a model alone lacks begins at zero, empty, or as LoRA does.
                    const bool optional = file.step == 0 && !is_weight(name);
                    expected.push_back({name, dtype_of<ElementOf<decltype(numbers)>>(),
                                        std::move(shape), optional});
                  });
  expected.push_back({kPastSchedules, DType::f64, {kAnySize, kAnySize}, /*optional=*/true});
  if (Status status = match_tensors(file, expected); !status.ok()) return status.error();
  const NamedTensor* const changes = file.find(kPastSchedules);
  Result<std::vector<PastSchedule>> past = unpack_schedules(
      doubles_of(changes), changes ? static_cast<int>(changes->shape[1]) : 0, recipe, file.step);
  if (!past.ok()) return in_file(past.error());

  TrainerOptions with_class = options;
  with_class.arithmetic = arithmetic.value();
  const bool has_text = !file.text.empty();
  if (has_text) text.assign(file.text.begin(), file.text.end());
  Result<std::unique_ptr<Trainer>> made =
      make(recipe, std::move(text), std::move(header.value().tokenizer), with_class);
  if (!made.ok()) return has_text ? in_file(made.error()) : made.error();

  Trainer& trainer = *made.value();
  trainer.step_ = file.step;
  trainer.from_model_ = file.from_model;
  trainer.past_schedules_ = std::move(past.value());
  History& history = trainer.history_;
  for_each_tensor(recipe, config, trainer.memory_, history,
                  [&](const std::string& name, const auto&, auto&& numbers) {
                    const NamedTensor* const tensor = find_tensor(file, name);
                    if (!tensor) return;
                    using Numbers = std::remove_reference_t<decltype(numbers)>;
                    if constexpr (!std::is_same_v<Numbers, std::span<float>>)
                      numbers.resize(tensor->bytes.size() / sizeof(ElementOf<Numbers>));
                    if (!tensor->bytes.empty())
                      std::memcpy(numbers.data(), tensor->bytes.data(), tensor->bytes.size());
                  });
  const auto columns_agree = [](std::size_t size, auto&... columns) {
    return ((columns.size() == size) && ...);
  };
  if (!columns_agree(file.step, history.loss, history.lr, history.grad_norm) ||
      !columns_agree(history.eval_step.size(), history.eval_train_loss, history.eval_val_loss))
    return damaged("its history is not as long as its steps");
  trainer.skipped_ =
      std::count_if(history.lr.begin(), history.lr.end(), [](float lr) { return std::isnan(lr); });
  return made;
}

}  // namespace clearformer
