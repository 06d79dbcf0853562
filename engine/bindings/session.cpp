#include "bindings/session.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "bindings/token_text.h"
#include "text/words.h"
#include "train/benchmark.h"

namespace clearformer::bindings {
namespace {

Error no_run() {
  return {"state", "", "There is no run yet. Start one, or load a saved one."};
}
Error no_sample() {
  return {"state", "", "No text is being written. Begin with a prompt."};
}

}  // namespace

Session::Session(int threads) : pool_(std::clamp(threads, 1, kMaxThreads)) {}

Error Session::take(Result<std::unique_ptr<Trainer>> made) {
  if (!made.ok()) return made.error();
  run_ = std::move(made.value());
  model_.reset();
  stats_ = measure_text(run_->text(), run_->corpus().tokens, run_->config().vocab_size);
  val_bytes_ = run_->tokenizer().decode(run_->corpus().val()).size();
  tokens_left_ = 0;
  return {};
}

Result<TrainerOptions> Session::options(const std::string& arithmetic) {
  const std::optional<Arithmetic> named = arithmetic_named(arithmetic);
  if (named) return TrainerOptions{.pool = pool_, .arithmetic = *named};
  return Error{
      "usage", "",
      "The class of arithmetic is " + in_quotes(arithmetic) + "; it must be strict or fused."};
}

Error Session::start(const std::string& recipe_json, const Bytes& text,
                     const std::string& arithmetic) {
  const Result<Recipe> recipe = recipe_from_json(recipe_json);
  if (!recipe.ok()) return recipe.error();
  if (Status status = check_from_scratch(recipe.value()); !status.ok()) return status.error();
  const Result<TrainerOptions> options = this->options(arithmetic);
  if (!options.ok()) return options.error();
  if (size_of(text) > static_cast<std::size_t>(kMaxTextBytes)) return text_too_large(size_of(text));
  return take(Trainer::create(recipe.value(), bytes_of<std::string>(text), options.value()));
}

Error Session::load(const Bytes& file) {
  if (size_of(file) > static_cast<std::size_t>(memory_limit()))
    return {"memory", "", "This file is larger than the memory that this page can have."};
  const auto bytes = bytes_of<std::vector<std::uint8_t>>(file);
  Result<std::unique_ptr<Trainer>> made = Trainer::load(bytes, {.pool = pool_});
  if (made.ok() && !made.value()->has_text())
    return {"text", "", "This is a model without a text; import it for one."};
  return take(std::move(made));
}

SaveReport Session::pack_model() const {
  if (!run_) return {no_run(), copy_bytes({})};
  const Result<std::vector<std::uint8_t>> packed = pack_compact_model(*run_);
  if (!packed.ok()) return {packed.error(), copy_bytes({})};
  return {{}, copy_bytes(packed.value())};
}

ModelReport Session::open_model(const Bytes& packed) {
  ModelReport report;
  if (size_of(packed) > static_cast<std::size_t>(kMaxCompactBytes)) {
    report.error = {"file", "", "This model is larger than one that comes without its run can be."};
    return report;
  }
  auto made = CompactModel::load(bytes_of<std::vector<std::uint8_t>>(packed), pool_);
  report.error = error_of(made);
  if (!made.ok()) return report;
  model_ = std::move(made.value());
  run_.reset();
  tokens_left_ = 0;
  report.step = static_cast<double>(model_->step());
  report.recipe_json = recipe_to_json(model_->recipe());
  report.parameters = static_cast<double>(model_->weights().size());
  report.vocab_size = model_->tokenizer().vocab_size();
  return report;
}

Generator* Session::writer() {
  if (model_) return &model_->generator();
  return run_ ? &run_->generator() : nullptr;
}

RunInfo Session::info() const {
  RunInfo info;
  if (!run_) {
    info.error = no_run();
    return info;
  }
  info.step = static_cast<double>(run_->steps_done());
  info.steps = run_->recipe().steps;
  info.recipe_json = recipe_to_json(run_->recipe());
  info.past_schedules_json = schedules_to_json(run_->past_schedules());
  info.from_model = run_->from_model();
  info.parameters = static_cast<double>(run_->parameters().size());
  info.vocab_size = stats_.vocab_size;
  info.train_tokens = static_cast<double>(run_->corpus().train().size());
  info.val_tokens = static_cast<double>(run_->corpus().val().size());
  info.val_bytes = static_cast<double>(val_bytes_);
  info.text_bytes = static_cast<double>(stats_.bytes);
  info.characters = static_cast<double>(stats_.characters);
  info.unigram_entropy = stats_.unigram_entropy;
  info.bigram_entropy = stats_.bigram_entropy;
  info.fingerprint_class = arithmetic_name(run_->arithmetic());
  info.threads = pool_.n_threads();
  return info;
}

StepReport Session::step() {
  StepReport report;
  if (!run_) {
    report.error = no_run();
    return report;
  }
  const Result<StepResult> result = run_->step();
  report.error = error_of(result);
  if (!result.ok()) {
    const Divergence& found = run_->divergence();
    report.step = static_cast<double>(found.step);
    report.loss = found.loss;
    report.lr = found.lr;
    report.grad_norm = found.grad_norm;
    report.what = static_cast<int>(found.what);
    report.magnitude = found.magnitude;
    return report;
  }
  report.step = static_cast<double>(result.value().step);
  report.loss = result.value().loss;
  report.lr = result.value().skipped ? std::numeric_limits<double>::quiet_NaN() : result.value().lr;
  report.grad_norm = result.value().grad_norm;
  report.tokens = static_cast<double>(result.value().tokens);
  report.evaluation_due = run_->evaluation_due();
  return report;
}

Error Session::begin_evaluation() {
  if (!run_) return no_run();
  run_->begin_evaluation();
  return {};
}

EvalReport Session::continue_evaluation() {
  EvalReport report;
  if (!run_) {
    report.error = no_run();
    return report;
  }
  const EvalProgress progress = run_->continue_evaluation();
  report.done = progress.done;
  report.fraction = progress.fraction;
  report.step = static_cast<double>(progress.step);
  report.train_loss = progress.train_loss;
  report.val_loss = progress.val_loss;
  return report;
}

Error Session::change_schedule(double steps, double lr, double min_lr, double grad_clip) {
  if (!run_) return no_run();
  // What is no number of steps becomes one that is refused.
  const double whole = steps == steps ? std::clamp(steps, -1.0, 2e9) : -1.0;
  return error_of(run_->change_schedule({static_cast<int>(whole), lr, min_lr, grad_clip}));
}

Error Session::begin_sample(const std::string& prompt, const WritingOptions& options) {
  Generator* const generator = writer();
  if (!generator) return no_run();
  if (options.max_tokens < 1)
    return {"setting", "max_tokens", "The length must be a whole number of tokens, 1 or more."};
  const Status status = generator->begin(prompt, options, options.alternatives);
  tokens_left_ = status.ok() ? options.max_tokens : 0;
  return error_of(status);
}

SampleReport Session::next_sample() {
  SampleReport report;
  Generator* const generator = writer();
  if (!generator || tokens_left_ == 0) {
    report.error = generator ? no_sample() : no_run();
    return report;
  }
  Generator::Piece piece = generator->next();
  report.id = piece.id;
  report.text = std::move(piece.text);
  report.done = --tokens_left_ == 0;
  if (const auto& likeliest = piece.likelihood.likeliest; !likeliest.empty()) {
    std::vector<std::string> texts;
    std::vector<float> probabilities;
    for (const auto& [id, probability] : likeliest) {
      texts.push_back(token_text(generator->tokenizer(), id));
      probabilities.push_back(probability);
    }
    report.piece = token_text(generator->tokenizer(), piece.id);
    report.probability = piece.likelihood.chosen;
    report.alternatives = copy_strings(texts);
    report.alternative_probabilities = copy_floats(probabilities);
  }
  if (report.done) report.text += generator->finish();
  return report;
}

SpeedReport Session::measure_speed(const std::string& recipe_json, double seconds,
                                   const std::string& arithmetic) {
  const Result<Recipe> recipe = recipe_from_json(recipe_json);
  if (!recipe.ok()) return {recipe.error(), 0};
  const Result<TrainerOptions> options = this->options(arithmetic);
  if (!options.ok()) return {options.error(), 0};
  const Result<double> speed = clearformer::measure_speed(recipe.value(), options.value(), seconds);
  if (!speed.ok()) return {speed.error(), 0};
  return {{}, speed.value()};
}

SaveReport Session::save() const {
  if (!run_) return {no_run(), copy_bytes({})};
  return {{}, copy_bytes(run_->save())};
}

std::string Session::fingerprint() const {
  return run_ ? run_->fingerprint() : "";
}

HistoryReport Session::history() const {
  const History none;
  const History& history = run_ ? run_->history() : none;
  // Floats are exact up to step 2^24.
  std::vector<float> step(history.loss.size());
  std::iota(step.begin(), step.end(), 1.0f);
  const std::vector<float> eval_step(history.eval_step.begin(), history.eval_step.end());
  return {{copy_floats(step), copy_floats(history.loss), copy_floats(history.lr),
           copy_floats(history.grad_norm)},
          {copy_floats(eval_step), copy_floats(history.eval_train_loss),
           copy_floats(history.eval_val_loss)}};
}

Bytes Session::text() const {
  if (!run_) return copy_bytes({});
  const std::string& text = run_->text();
  return copy_bytes({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

}  // namespace clearformer::bindings
