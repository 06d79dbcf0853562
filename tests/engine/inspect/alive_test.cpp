// That the timeline tells the truth: real steps, in which what is said to be dead is spoilt, and
// then what is said to be alive.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "inspect/timeline.h"
#include "tests/engine/support/architectures.h"
#include "tests/engine/support/runs.h"

namespace clearformer {
namespace {

// Calls back between the ops of a step's passes; an op is told by its number in the timeline.
class Between : public Profile {
 public:
  Between(const Timeline& timeline, std::function<void(int)> after)
      : timeline_(timeline), after_(std::move(after)) {}

  void add(const char* op, double seconds, double flops) override {
    Profile::add(op, seconds, flops);
    const std::string name = op;
    if (name == "zero_gradient") return;
    if (timeline_.moments[at_].op == "rotary_table") ++at_;  // not timed
    // Each parameter is updated by itself: within such a moment nothing is spoilt.
    const Moment& moment = timeline_.moments[at_];
    if (moment.phase == Moment::Phase::update) return;
    const bool same =
        name == moment.op || (moment.op == "dropout_backward" && name == "dropout_forward");
    ASSERT_TRUE(same) << name << " instead of " << moment.op;
    after_(at_++);
  }

 private:
  const Timeline& timeline_;
  std::function<void(int)> after_;
  int at_ = 0;
};

// Whether a buffer has what is needed after this moment.
bool is_needed_after(const Span& span, int moment) {
  return std::any_of(span.alive.begin(), span.alive.end(), [&](const std::pair<int, int>& alive) {
    return alive.first <= moment && moment < alive.second;
  });
}

class Step {
 public:
  explicit Step(const Recipe& recipe)
      : trainer_(test::start(recipe, test::training_text(20))),
        timeline_(plan_timeline(recipe, trainer_->config(), 1)) {
    // The plan's buffers lie one after the other, the parameters first.
    auto* at = reinterpret_cast<std::byte*>(const_cast<float*>(trainer_->parameters().data()));
    for (const Span& span : timeline_.spans) {
      memory_.push_back(at);
      at += span.buffer.bytes;
    }
  }

  const Timeline& timeline() const { return timeline_; }

  // Not a number anywhere; of tokens another one.
  void spoil(std::size_t buffer) {
    const Span& span = timeline_.spans[buffer];
    const bool tokens = span.buffer.name == "inputs" || span.buffer.name == "targets";
    std::memset(memory_[buffer], tokens ? 0 : 0xFF, span.buffer.bytes);
  }
  void clear(std::size_t buffer) {
    std::memset(memory_[buffer], 0, timeline_.spans[buffer].buffer.bytes);
  }

  // The loss and the weights after a step, or why there was none.
  std::string taken(const std::function<void(int)>& between) {
    Between profile(timeline_, between);
    const Result<StepResult> result = trainer_->step(&profile);
    if (!result.ok()) return result.error().message;
    return std::to_string(result.value().loss) + " " + trainer_->fingerprint();
  }

 private:
  std::unique_ptr<Trainer> trainer_;
  Timeline timeline_;
  std::vector<std::byte*> memory_;
};

std::string undisturbed(const Recipe& recipe) {
  return Step(recipe).taken([](int) {});
}

std::vector<Recipe> recipes() {
  std::vector<Recipe> all;
  for (Recipe recipe : test::architectures())
    for (const double dropout : {0.0, 0.2}) {
      recipe.dropout = dropout;
      recipe.steps = 2;
      all.push_back(recipe);
    }
  return all;
}

// Were less alive than there is, a step would miss it.
TEST(Alive, WhatIsSaidToBeDeadIsNotMissed) {
  for (const Recipe& recipe : recipes()) {
    SCOPED_TRACE(recipe_to_json(recipe));
    Step step(recipe);
    const std::string taken = step.taken([&](int moment) {
      for (std::size_t i = 0; i < step.timeline().spans.size(); ++i) {
        const Span& span = step.timeline().spans[i];
        // Who had the loss computed adds it up when the op is over.
        if (is_needed_after(span, moment) || span.buffer.name == "losses") continue;
        // It is zero until backward adds to it.
        if (span.buffer.kind == MemoryKind::gradients)
          step.clear(i);
        else
          step.spoil(i);
      }
    });
    ASSERT_EQ(taken, undisturbed(recipe));
  }
}

// Were more alive than is needed, a step would not miss that. A step for each time that a buffer is
// filled: of the architectures some, which have each switch either way.
TEST(Alive, WhatIsSaidToBeAliveIsMissed) {
  const std::vector<Recipe> all = recipes();
  for (std::size_t one = 0; one < all.size(); one += 7) {
    const Recipe& recipe = all[one];
    SCOPED_TRACE(recipe_to_json(recipe));
    const std::string expected = undisturbed(recipe);
    const Timeline timeline = Step(recipe).timeline();
    for (std::size_t i = 0; i < timeline.spans.size(); ++i)
      for (const auto& [from, to] : timeline.spans[i].alive) {
        if (from == to || timeline.moments[to].phase == Moment::Phase::update) continue;
        Step step(recipe);
        const std::string taken = step.taken([&, last = to - 1](int moment) {
          if (moment == last) step.spoil(i);
        });
        EXPECT_NE(taken, expected) << timeline.spans[i].buffer.name << " before op " << to << ", "
                                   << timeline.moments[to].op;
      }
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace clearformer
