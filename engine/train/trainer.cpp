#include "train/trainer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "io/checksum.h"
#include "kernels/gemm.h"
#include "text/words.h"
#include "train/batcher.h"
#include "train/optimizer.h"

namespace clearformer {
Trainer::Trainer(const Recipe& recipe, std::string text, Tokenizer tokenizer, Corpus corpus,
                 const TrainerOptions& options)
    : recipe_(recipe),
      text_(std::move(text)),
      tokenizer_(std::move(tokenizer)),
      corpus_(std::move(corpus)),
      config_(recipe.model_config(tokenizer_.vocab_size())),
      trained_list_(trained_list(recipe, config_)),
      parameter_count_(parameter_count(config_)),
      trained_count_(trained_count(recipe, config_)),
      optimizer_scratch_size_(static_cast<std::size_t>(optimizer_scratch(recipe, trained_list_))),
      arithmetic_(options.arithmetic),
      pool_(options.pool),
      lora_(recipe, config_, memory_) {}

Result<std::unique_ptr<Trainer>> Trainer::create(const Recipe& recipe, std::string text,
                                                 const TrainerOptions& options) {
  Result<std::unique_ptr<Trainer>> made = make(recipe, std::move(text), std::nullopt, options);
  if (made.ok()) {
    Trainer& trainer = *made.value();
    initialise_parameters(trainer.config_, recipe.seed, trainer.memory_.parameters);
    trainer.lora_.take_base();
  }
  return made;
}

Result<std::unique_ptr<Trainer>> Trainer::make(const Recipe& recipe, std::string text,
                                               std::optional<Tokenizer> tokenizer,
                                               const TrainerOptions& options) {
  if (options.arithmetic == Arithmetic::fused && !can_fuse()) {
    return Error{"usage", "",
                 "This run is of class fused, and this build or processor has no fused "
                 "multiply-add; it can train runs of class strict."};
  }
  if (Status status = validate_recipe(recipe); !status.ok()) return status.error();
  const bool has_text = !tokenizer || !text.empty();  // a loaded model may have come alone
  if (Status status = has_text ? check_text(text) : Status(); !status.ok()) return status.error();
  if (!tokenizer) {
    Result<Tokenizer> made = make_tokenizer(recipe.tokenizer, text);
    if (!made.ok()) return made.error();
    tokenizer = std::move(made.value());
  }
  // A byte is at least a token, so the plan is an upper bound before the text is encoded.
  const ModelConfig config = recipe.model_config(tokenizer->vocab_size());
  const auto text_bytes = static_cast<std::int64_t>(text.size());
  const MemoryPlan plan =
      plan_memory(recipe, config, text_bytes, text_bytes, options.pool.n_threads());
  if (Status status = check_memory(plan, options.memory_limit); !status.ok()) return status.error();

  Result<Corpus> corpus =
      has_text ? make_corpus(text, *tokenizer, recipe.val_fraction, recipe.block_size) : Corpus();
  if (!corpus.ok()) return corpus.error();
  std::unique_ptr<Trainer> trainer(new Trainer(recipe, std::move(text), std::move(*tokenizer),
                                               std::move(corpus.value()), options));
  if (!allocate_run(trainer->arena_, trainer->memory_, recipe, config, options.pool.n_threads())) {
    return Error{"memory", "",
                 "The " + with_commas(plan.total() / 1'000'000) +
                     " MB that this run needs could not be had. Close other programs, or lower "
                     "batch_size, block_size, n_embd or n_layer."};
  }
  trainer->parameters_ = slice_parameters(config, trainer->memory_.parameters);
  trainer->gradients_ = slice_parameters(config, trainer->memory_.gradients);
  if (trainer->lora_.active())
    initialise_adapters(trainer->trained_list_, recipe.seed, trainer->memory_.adapters);
  return trainer;
}

Context Trainer::context(Profile* profile) {
  const auto size = op_scratch_size(config_, pass_shape(recipe_, pool_.n_threads()));
  return {pool_,
          arithmetic_,
          {memory_.activations.op_scratch, static_cast<std::size_t>(size)},
          profile};
}

TransformerPass Trainer::pass(std::int64_t B, std::int64_t T, const DropoutKey& dropout) const {
  return {config_, parameters_, memory_.activations, B, T, dropout};
}

void Trainer::draw(std::span<const Token> text, const Rng& rng) {
  draw_batch(memory_.inputs, memory_.targets, text, rng, recipe_.batch_size, recipe_.block_size);
}

bool Trainer::evaluation_due() const {
  const bool scheduled = step_ % recipe_.eval_every == 0 || done();
  return has_text() && scheduled &&
         (history_.eval_step.empty() || history_.eval_step.back() != step_);
}

void Trainer::begin_evaluation() {
  eval_batch_ = 0;
  eval_sum_[0] = eval_sum_[1] = 0;
}

EvalProgress Trainer::continue_evaluation() {
  CHECK(has_text());
  const int splits = corpus_.val().empty() ? 1 : 2;
  const int total = splits * recipe_.eval_batches;
  const int split = eval_batch_ / recipe_.eval_batches;
  const int batch = eval_batch_ % recipe_.eval_batches;
  draw(split == 0 ? corpus_.train() : corpus_.val(),
       Rng(recipe_.seed, Stream::kEvaluate, split, batch));
  eval_sum_[split] +=
      mean_loss(memory_.inputs, memory_.targets, recipe_.batch_size, recipe_.block_size);
  ++eval_batch_;

  EvalProgress progress{.done = eval_batch_ == total,
                        .fraction = static_cast<double>(eval_batch_) / total,
                        .step = step_,
                        .train_loss = eval_sum_[0] / recipe_.eval_batches,
                        .val_loss = splits == 2 ? eval_sum_[1] / recipe_.eval_batches
                                                : std::numeric_limits<double>::quiet_NaN()};
  if (progress.done) {
    if (evaluation_due()) {
      history_.eval_step.push_back(step_);
      history_.eval_train_loss.push_back(History::number(progress.train_loss));
      history_.eval_val_loss.push_back(History::number(progress.val_loss));
    }
    begin_evaluation();
  }
  return progress;
}

double Trainer::evaluate_all(std::span<const Token> tokens) {
  CHECK(tokens.size() >= 2);
  const std::int64_t T = recipe_.block_size;
  const auto predicted = static_cast<std::int64_t>(tokens.size()) - 1;
  double total = 0;
  for (std::int64_t i = 0; i < predicted;) {
    // As many whole passages as a batch holds, or one shorter one at the end.
    const std::int64_t whole = std::min<std::int64_t>(recipe_.batch_size, (predicted - i) / T);
    const std::int64_t rows = whole > 0 ? whole : 1;
    const std::int64_t length = whole > 0 ? T : predicted - i;
    const double mean = mean_loss(&tokens[i], &tokens[i + 1], rows, length);
    total += mean * static_cast<double>(rows * length);
    i += rows * length;
  }
  return total / static_cast<double>(predicted);
}

Status Trainer::change_schedule(const Schedule& schedule) {
  if (schedule.steps < step_) {
    return Error{"setting", "steps",
                 "steps is " + std::to_string(schedule.steps) + ", but " + with_commas(step_) +
                     " are done; it must be at least that."};
  }
  Recipe changed = recipe_;
  changed.steps = schedule.steps;
  changed.lr = schedule.lr;
  changed.min_lr = schedule.min_lr;
  changed.grad_clip = schedule.grad_clip;
  if (Status status = validate_recipe(changed); !status.ok()) return status;
  // A schedule that no step was taken by leaves no trace.
  const std::int64_t since = past_schedules_.empty() ? 0 : past_schedules_.back().until;
  if (step_ > since && !(schedule == recipe_.changeable()))
    past_schedules_.push_back({step_, recipe_.changeable()});
  recipe_ = changed;
  // Back to what held before: then nothing has changed.
  if (!past_schedules_.empty() && past_schedules_.back().until == step_ &&
      past_schedules_.back().schedule == recipe_.changeable())
    past_schedules_.pop_back();
  return {};
}

std::string Trainer::fingerprint() const {
  Checksum checksum;
  const std::span<const float> weights = parameters();
  checksum.add({reinterpret_cast<const std::uint8_t*>(weights.data()), weights.size_bytes()});
  return checksum.hex();
}

Generator& Trainer::generator() {
  if (!generator_) {
    decoder_ = std::make_unique<Decoder>(config_, parameters_, pool_, arithmetic_);
    generator_ = std::make_unique<Generator>(*decoder_, tokenizer_);
  }
  return *generator_;
}

std::span<const float> Trainer::parameters() const {
  return {memory_.parameters, static_cast<std::size_t>(parameter_count_)};
}

std::span<const float> Trainer::gradients() const {
  return {memory_.gradients, static_cast<std::size_t>(parameter_count_)};
}

std::span<const Token> Trainer::batch() const {
  return {memory_.inputs, static_cast<std::size_t>(recipe_.batch_size) * recipe_.block_size};
}

MemoryPlan Trainer::memory_plan() const {
  return plan_memory(recipe_, config_, text_.size(), corpus_.tokens.size(), pool_.n_threads());
}

}  // namespace clearformer
