#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/context.h"
#include "base/result.h"
#include "base/rng.h"
#include "model/decoder.h"
#include "model/transformer.h"
#include "text/corpus.h"
#include "text/tokenizer.h"
#include "train/divergence.h"
#include "train/generator.h"
#include "train/lora.h"
#include "train/memory.h"
#include "train/past_schedules.h"
#include "train/recipe.h"

namespace clearformer {

// What every step left behind, and every evaluation.
struct History {
  // Which NaN a processor makes is not promised; a run's file has the same bits everywhere.
  static float number(double x) {
    return std::isnan(x) ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(x);
  }

  std::vector<float> loss, lr, grad_norm;  // of step 1, 2, ...; lr NaN where it was skipped
  std::vector<std::int64_t> eval_step;
  std::vector<float> eval_train_loss, eval_val_loss;  // the latter NaN where nothing is held out
};

// One optimizer step.
struct StepResult {
  std::int64_t step;  // steps done, this one included
  double loss;        // cross-entropy, nats a token, over the step's batches, before the update
  double lr;
  double grad_norm;  // before clipping
  std::int64_t tokens;
  bool skipped;  // as divergence() says: the weights did not move
};

// An evaluation that is under way, or done.
struct EvalProgress {
  bool done = false;
  double fraction = 0;  // of its batches
  std::int64_t step = 0;
  // Where done. val_loss is NaN where nothing is held out.
  double train_loss = 0, val_loss = 0;
};

// What a run needs besides its recipe; nothing here changes its bits but the arithmetic.
struct TrainerOptions {
  ThreadPool& pool;  // outlives the run
  Arithmetic arithmetic = Arithmetic::strict;
  std::int64_t memory_limit = ::clearformer::memory_limit();
};

// A run: a recipe being trained. Deterministic: the recipe, which includes seed and text, and the
// class of arithmetic decide every bit.
class Trainer {
 public:
  // Begins with random weights, which LoRA adapts where the recipe has it (check_from_scratch
  // tells whether a person may want that). Errors: "setting", "text", "memory"; "usage" for a class
  // of arithmetic that this build lacks.
  static Result<std::unique_ptr<Trainer>> create(const Recipe& recipe, std::string text,
                                                 const TrainerOptions& options);
  // From what save() gave, to the bit. The file's class of arithmetic is kept. A model that came
  // without a text, as an imported one does, learns `text`; without one it can be measured and
  // can write, but makes no step. Errors: "file", "memory", "usage" as above; "text" for `text`.
  static Result<std::unique_ptr<Trainer>> load(std::span<const std::uint8_t> file,
                                               const TrainerOptions& options,
                                               std::string text = {});

  bool has_text() const { return !corpus_.tokens.empty(); }

  // One step. Error "state" where there is no text or the schedule is done; "diverged" where the
  // loss, the gradient or a weight would not be finite: all is then as before the step, and
  // divergence() says what went first. With the recipe's skip_nonfinite the step is counted
  // instead, and only the weights are as before it, but for no more than 20 steps together. A
  // profile is told where the time goes.
  Result<StepResult> step(Profile* profile = nullptr);
  // Of the last step that was not finite.
  const Divergence& divergence() const { return divergence_; }
  bool done() const { return step_ >= recipe_.steps; }

  // Whether an evaluation is scheduled at the present step and has not been made: before the
  // first step, every eval_every steps, and at the end.
  bool evaluation_due() const;
  // An evaluation over fixed batches, one batch a call. The result goes into the history where it
  // was due, so that a run that was interrupted has the history of one that was not.
  // REQUIRES: has_text().
  void begin_evaluation();
  EvalProgress continue_evaluation();

  // Mean loss in nats over all of `tokens` but the first, in passages of block_size, with the
  // number of tokens that were predicted. REQUIRES: at least two tokens.
  double evaluate_all(std::span<const Token> tokens);

  // Changes the schedule from the next step on, and the recipe with it; what held before is kept in
  // past_schedules(), so that recipe and past together still say how every step was taken. Error
  // "setting" where a number is out of range, `steps` less than what is done, or the rates do not
  // fit each other; nothing is changed then.
  Status change_schedule(const Schedule& schedule);

  // Everything, as one safetensors file.
  std::vector<std::uint8_t> save() const;

  // Short hash of the weights: 16 hexadecimal digits.
  std::string fingerprint() const;

  // A writer over the present weights; it sees later ones at its next begin().
  Generator& generator();

  const Recipe& recipe() const { return recipe_; }
  // Oldest first; empty where the recipe alone says how the run came about.
  const std::vector<PastSchedule>& past_schedules() const { return past_schedules_; }
  // Whether it began with a model that came as a file, so that no recipe alone leads to its bits.
  bool from_model() const { return from_model_; }
  const ModelConfig& config() const { return config_; }
  const Tokenizer& tokenizer() const { return tokenizer_; }
  const Corpus& corpus() const { return corpus_; }
  const std::string& text() const { return text_; }
  const History& history() const { return history_; }
  std::int64_t steps_done() const { return step_; }
  std::int64_t steps_skipped() const { return skipped_; }  // of those
  Arithmetic arithmetic() const { return arithmetic_; }
  std::span<const float> parameters() const;
  // What the last step left behind: the gradient of all parameters, before clipping, and the inputs
  // of its last batch, (batch_size, block_size).
  std::span<const float> gradients() const;
  std::span<const Token> batch() const;
  MemoryPlan memory_plan() const;

 private:
  Trainer(const Recipe& recipe, std::string text, Tokenizer tokenizer, Corpus corpus,
          const TrainerOptions& options);
  // With a tokenizer of its own where it was loaded.
  static Result<std::unique_ptr<Trainer>> make(const Recipe& recipe, std::string text,
                                               std::optional<Tokenizer> tokenizer,
                                               const TrainerOptions& options);

  Context context(Profile* profile = nullptr);
  TransformerPass pass(std::int64_t B, std::int64_t T, const DropoutKey& dropout) const;
  // Draws a batch of the step; fn(pass, inputs, targets) for each group of its passages.
  template <class Fn>
  void for_each_pass(int micro_step, Fn&& fn);
  // Loss and gradient of a batch of the step, each times 1 / grad_accum_steps; adds the latter.
  double accumulate_gradient(const Context& context, int micro_step);
  // Moves the weights, unless one would not be finite: false then, and nothing has changed but
  // divergence_.
  bool update(const Context& context, double lr, double gradient_norm);
  // Mean loss of passages (B, T), nothing dropped.
  double mean_loss(const Token* inputs, const Token* targets, std::int64_t B, std::int64_t T);
  void draw(std::span<const Token> text, const Rng& rng);

  // fn(buffer, numbers, n) for what the plan lists, in the order in which it lies behind the
  // parameters; what is not in the arena has no numbers.
  template <class Fn>
  void for_each_planned(Fn&& fn) const;
  // A copy of all that the arena holds; null where there is no memory for one.
  std::byte* keep_memory(Arena& copy) const;
  StateBound measure_state() const;
  bool may_skip() const;
  // What of the step went first, into divergence_: a weight that the run had, an activation in
  // forward's order, a gradient in backward's. Slow: they read everything once more.
  void find_first(bool has_loss);
  bool find_weight(float most);
  bool find(const std::vector<ParameterInfo>& list, const float* numbers, float most, bool last);
  void find_activation();

  Recipe recipe_;
  std::string text_;
  Tokenizer tokenizer_;
  Corpus corpus_;
  ModelConfig config_;
  std::vector<ParameterInfo> trained_list_;
  std::int64_t parameter_count_, trained_count_;
  std::size_t optimizer_scratch_size_;
  Arithmetic arithmetic_;
  ThreadPool& pool_;

  Arena arena_;
  RunMemory memory_{};
  Parameters<float> parameters_, gradients_;
  Lora lora_;

  std::int64_t step_ = 0, skipped_ = 0;
  bool from_model_ = false;
  std::vector<PastSchedule> past_schedules_;
  History history_;
  Divergence divergence_;
  StateBound bound_;             // of the present state
  int eval_batch_ = 0;           // batches of the evaluation under way that are done
  double eval_sum_[2] = {0, 0};  // of the losses: training, held out

  std::unique_ptr<Decoder> decoder_;
  std::unique_ptr<Generator> generator_;
};

}  // namespace clearformer
