#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/thread_pool.h"
#include "inspect/exact_pass.h"
#include "inspect/faulty_training.h"
#include "inspect/gradient_proof.h"
#include "inspect/inspected_model.h"
#include "inspect/part.h"
#include "inspect/trace.h"
#include "model/sampler.h"

namespace clearformer {

// What the residual stream at one stage says comes next.
struct Expectation {
  std::vector<TokenProbability> likeliest;  // likeliest first
  float next;                               // of the token that does come; NaN at the text's end
  float entropy;                            // nats
};

// Answers what a person asks of a model and a text. Parts of the model can be switched off; all
// answers are then those of the model without them.
class Inspector {
 public:
  // The most tokens that are looked at together, and that a text may have.
  static constexpr std::int64_t kMostTogether = 256;
  static constexpr std::int64_t kMostTokens = 2048;

  // Of a run's file. Errors "file", "memory". The pool outlives the inspector.
  static Result<std::unique_ptr<Inspector>> open(std::span<const std::uint8_t> run,
                                                 ThreadPool& pool);

  const InspectedModel& model() const { return model_; }
  const ModelConfig& config() const { return config_; }
  // Tokens that are looked at together, at most: what the model's context holds, or kMostTogether.
  std::int64_t most_together() const { return most_; }

  // Reads a text, and looks at its beginning. Error "text" where it is empty, too long or has a
  // character that the model does not know; the text before is kept then.
  Status read(std::string_view text);
  std::span<const Token> tokens() const { return tokens_; }

  // Looks at the passage that begins with token `first`, moved so that it lies within the text.
  // REQUIRES of this and all below: read() was well.
  void look(std::int64_t first);
  std::int64_t first() const { return first_; }
  std::int64_t length() const { return trace_->length(); }

  // For each token of the text how much it surprises the model, in nats, with at least half of the
  // longest passage before it where there is so much; NaN for the first.
  std::vector<float> surprises();
  // Their mean over what is looked at, each token seen with what is before it there; NaN where
  // nothing follows anything.
  double loss() const;

  std::vector<float> attention(int layer, int head) { return trace_->attention(layer, head); }

  // Of a position of the passage: after the embedding, then after each block. `n` likeliest tokens.
  std::vector<Expectation> expectations(std::int64_t position, int n);
  // At the last stage alone, for each position: the token held likeliest, and the chance of it.
  std::vector<TokenProbability> guesses(int stage);

  // REQUIRES: a part that there is.
  void set_part(const Part& part, bool on);
  bool is_on(const Part& part) const { return !off_.contains({part.layer, part.head}); }
  // How much lower each part makes the loss, the others being as they are; layer by layer, its
  // heads, then its MLP. (n_layer, parts_of_layer)
  std::vector<float> worth();

  // The gradient check on this model, as it is switched, over the passage's first tokens. Errors
  // "text" where nothing follows its first token, "memory".
  Result<std::unique_ptr<GradientProof>> prove();
  // Every number of the model, as it is switched, over the passage's first tokens. Error "text" as
  // above.
  Result<std::unique_ptr<ExactPass>> exact_pass() const;
  // A training with a fault beside one without, from the start of the run. Errors as its own.
  Result<std::unique_ptr<FaultyTraining>> train_with(Fault fault);

  // How the model goes on after the passage, always with the likeliest token.
  std::string continuation(int tokens);

 private:
  // The passage's first tokens that have one after them, as many as the reference is given.
  std::int64_t checked_tokens() const;

  Inspector(InspectedModel model, std::unique_ptr<Trace> trace, ThreadPool& pool);

  void trace();
  void run(std::int64_t first, std::int64_t length);
  void apply(const Part& part, bool on);

  InspectedModel model_;
  ModelConfig config_;
  std::int64_t most_;
  ThreadPool& pool_;
  std::vector<float> weights_;  // the model's, but for what is switched off
  Parameters<float> original_, parameters_;
  std::set<std::pair<int, int>> off_;  // layer, head
  std::unique_ptr<Trace> trace_;
  std::vector<Token> tokens_;
  std::vector<Token> targets_;  // what follows each token; the last is followed by a token 0
  std::int64_t first_ = 0;
};

}  // namespace clearformer
