#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "base/thread_pool.h"
#include "bindings/values.h"
#include "train/compact_model.h"
#include "train/trainer.h"

namespace clearformer::bindings {

// Every report has an error, whose code is empty where all is well.
struct RunInfo {
  Error error;
  double step = 0, steps = 0;
  std::string recipe_json;
  std::string past_schedules_json;  // schedules_to_json; "[]" where the recipe alone tells the run
  bool from_model = false;          // began with a model, to which no recipe leads
  double parameters = 0;
  int vocab_size = 0;
  double train_tokens = 0, val_tokens = 0, text_bytes = 0, characters = 0;
  double val_bytes = 0;                            // that the held-out tokens stand for
  double unigram_entropy = 0, bigram_entropy = 0;  // nats a token
  std::string fingerprint_class;                   // "strict" or "fused"
  int threads = 0;
};

struct StepReport {
  Error error;
  double step = 0, loss = 0, lr = 0, grad_norm = 0, tokens = 0;  // lr NaN where it was skipped
  bool evaluation_due = false;
  // Of error "diverged", whose `where` is the tensor; the numbers above are then of the step that
  // was to be taken.
  int what = 0;  // 0 loss, 1 gradient, 2 weight
  double magnitude = 0;
};

struct EvalReport {
  Error error;
  bool done = false;
  double fraction = 0, step = 0;
  double train_loss = 0, val_loss = 0;  // the latter NaN where nothing is held out
};

// How a text is written, and how long it gets.
struct WritingOptions : SampleOptions {
  int max_tokens = 200;
  int alternatives = 0;  // that each token is told with
};

struct SampleReport {
  Error error;
  bool done = false;  // this was the last token
  int id = 0;
  std::string text;  // whole characters only
  // Where alternatives were asked for: the model's own probabilities, likeliest first. What of a
  // token is no character is written as its bytes, \xE2; `piece` is the chosen one, so written.
  std::string piece;
  float probability = 0;
  Strings alternatives = no_strings();
  Floats alternative_probabilities = no_floats();
};

struct SaveReport {
  Error error;
  Bytes bytes = no_bytes();
};

struct ModelReport {
  Error error;
  double step = 0;
  std::string recipe_json;
  double parameters = 0;
  int vocab_size = 0;
};

struct SpeedReport {
  Error error;
  double flops_per_second = 0;
};

// Columns, one number a step.
struct StepColumns {
  Floats step = no_floats(), loss = no_floats(), lr = no_floats(), grad_norm = no_floats();
};
// Columns, one number an evaluation.
struct EvalColumns {
  Floats step = no_floats(), train_loss = no_floats(), val_loss = no_floats();
};
struct HistoryReport {
  StepColumns steps;
  EvalColumns evals;
};

// One run at most, and the threads that train it; or a model that came without a run and can write.
class Session {
 public:
  // A number of threads out of range is brought into it.
  explicit Session(int threads);

  // Both keep the present run where they fail.
  Error start(const std::string& recipe_json, const Bytes& text, const std::string& arithmetic);
  Error load(const Bytes& file);

  // The run's model in 8 bits, to travel in a link; and such a model, in place of the run. Where
  // that fails the run is kept.
  SaveReport pack_model() const;
  ModelReport open_model(const Bytes& packed);

  bool has_run() const { return run_ != nullptr; }
  RunInfo info() const;
  StepReport step();
  bool evaluation_due() const { return run_ && run_->evaluation_due(); }
  Error begin_evaluation();
  EvalReport continue_evaluation();
  Error change_schedule(double steps, double lr, double min_lr, double grad_clip);

  Error begin_sample(const std::string& prompt, const WritingOptions& options);
  SampleReport next_sample();

  // Measures a recipe beside the run, which is not touched.
  SpeedReport measure_speed(const std::string& recipe_json, double seconds,
                            const std::string& arithmetic);

  SaveReport save() const;
  std::string fingerprint() const;  // empty where there is no run
  HistoryReport history() const;
  Bytes text() const;

 private:
  Error take(Result<std::unique_ptr<Trainer>> made);
  // For a run of the named class: "strict" or "fused". Error "usage" for another word.
  Result<TrainerOptions> options(const std::string& arithmetic);
  Generator* writer();  // null where there is nothing that can write

  ThreadPool pool_;
  std::unique_ptr<Trainer> run_;
  std::unique_ptr<CompactModel> model_;  // never beside a run
  TextStats stats_;
  std::size_t val_bytes_ = 0;
  int tokens_left_ = 0;  // of the text that is being written
};

}  // namespace clearformer::bindings
