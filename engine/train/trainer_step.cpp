// How a run takes a step, and what it does where a number in it is none.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>

#include "text/words.h"
#include "train/batcher.h"
#include "train/optimizer.h"
#include "train/schedule.h"
#include "train/trainer.h"

namespace clearformer {
namespace {

constexpr float kLargest = std::numeric_limits<float>::max();
// The norm is a sum of squares by pieces of kElementsPerTask: only a larger number can overflow it.
constexpr float kMostGradient = 1e17f;
// After so many skipped steps without one in between, the weights are what is wrong.
constexpr std::size_t kMostSkipped = 20;

// Calls fn(first, n) for each group of a batch's passages that goes through the model at once.
template <class Fn>
void for_each_group(std::int64_t passages, const StepShape& shape, Fn&& fn) {
  for (std::int64_t first = 0; first < passages; first += shape.B)
    fn(first, std::min(shape.B, passages - first));
}

}  // namespace

template <class Fn>
void Trainer::for_each_pass(int micro_step, Fn&& fn) {
  const std::int64_t B = recipe_.batch_size, T = recipe_.block_size;
  draw(corpus_.train(),
       Rng(recipe_.seed, Stream::kBatch, static_cast<std::uint32_t>(step_), micro_step));
  const StepShape shape = pass_shape(recipe_, pool_.n_threads());
  const std::int64_t groups = (B + shape.B - 1) / shape.B;
  for_each_group(B, shape, [&](std::int64_t first, std::int64_t n) {
    const std::int64_t index =
        (step_ * recipe_.grad_accum_steps + micro_step) * groups + first / shape.B;
    const DropoutKey key{true, static_cast<std::uint64_t>(recipe_.seed),
                         static_cast<std::uint32_t>(index)};
    fn(pass(n, T, key), memory_.inputs + first * T, memory_.targets + first * T);
  });
}

double Trainer::accumulate_gradient(const Context& context, int micro_step) {
  const double passages = static_cast<double>(recipe_.batch_size) * recipe_.grad_accum_steps;
  double loss = 0;
  for_each_pass(micro_step, [&](const TransformerPass& p, const Token* in, const Token* targets) {
    const double share = static_cast<double>(p.B) / passages;
    loss += share * transformer_forward(context, p, in, targets);
    transformer_backward(context, p, gradients_, in, targets, static_cast<float>(share));
  });
  return loss;
}

double Trainer::mean_loss(const Token* inputs, const Token* targets, std::int64_t B,
                          std::int64_t T) {
  double loss = 0;
  for_each_group(
      B, pass_shape(recipe_, pool_.n_threads()), [&](std::int64_t first, std::int64_t n) {
        loss +=
            static_cast<double>(n) / static_cast<double>(B) *
            transformer_forward(context(), pass(n, T, {}), inputs + first * T, targets + first * T);
      });
  return loss;
}

Result<StepResult> Trainer::step(Profile* profile) {
  if (!has_text())
    return Error{"state", "", "This model came without a text; give it one to learn from."};
  if (done()) {
    return Error{
        "state", "",
        "All " + with_commas(step_) + " steps of the schedule are done. Raise steps to go on."};
  }
  const Context ops = context(profile);
  const int micro_steps = recipe_.grad_accum_steps;

  zero_gradient(ops, memory_.gradients, parameter_count_);
  double loss = 0;
  for (int micro = 0; micro < micro_steps; ++micro) loss += accumulate_gradient(ops, micro);
  if (lora_.active()) {
    zero_gradient(ops, memory_.adapter_gradients, trained_count_);
    lora_.backward(ops);
  }
  const double norm =
      gradient_norm(ops, memory_.trained_gradients(), memory_.norm_partials, trained_count_);
  const double lr = learning_rate(recipe_, step_);
  const bool is_finite = std::isfinite(loss) && std::isfinite(norm);
  const bool taken = is_finite && update(ops, lr, norm);
  if (!taken) {
    if (!is_finite) find_first(std::isfinite(loss));
    divergence_.step = step_ + 1;
    divergence_.loss = loss;
    divergence_.lr = lr;
    divergence_.grad_norm = norm;
    if (!may_skip()) return Error{"diverged", divergence_.tensor, "A number was not finite."};
    ++skipped_;
  }
  ++step_;
  history_.loss.push_back(History::number(loss));
  history_.lr.push_back(taken ? static_cast<float>(lr) : std::numeric_limits<float>::quiet_NaN());
  history_.grad_norm.push_back(History::number(norm));
  const std::int64_t tokens = std::int64_t{recipe_.batch_size} * recipe_.block_size * micro_steps;
  return StepResult{step_, loss, lr, norm, tokens, !taken};
}

bool Trainer::update(const Context& ops, double lr, double norm) {
  const std::int64_t t = step_ + 1 - skipped_;  // a step that was skipped moved no mean
  StateBound after = bound_.after(recipe_, lr, t, norm);
  if (!after.is_safe(recipe_)) after = measure_state().after(recipe_, lr, t, norm);
  const bool is_safe = after.is_safe(recipe_);
  Arena copy;
  std::byte* const before = is_safe ? nullptr : keep_memory(copy);
  if (!is_safe && !before) {
    find_weight(static_cast<float>(StateBound::kSafe));
    return false;
  }

  Context update = ops;
  update.scratch = {memory_.optimizer_scratch, optimizer_scratch_size_};
  optimizer_step(update, recipe_, trained_list_, memory_.optimizer, memory_.trained(),
                 memory_.trained_gradients(), lr, t, norm);
  lora_.merge(ops);
  bound_ = is_safe ? after : StateBound();
  if (is_safe || !find_weight(kLargest)) return true;
  std::memcpy(memory_.parameters, before, static_cast<std::size_t>(arena_.size()));
  return false;
}

std::byte* Trainer::keep_memory(Arena& copy) const {
  if (!copy.allocate(arena_.size())) return nullptr;
  std::byte* const kept = copy.take<std::byte>(arena_.size());
  std::memcpy(kept, memory_.parameters, static_cast<std::size_t>(arena_.size()));
  return kept;
}

template <class Fn>
void Trainer::for_each_planned(Fn&& fn) const {
  auto at = reinterpret_cast<const std::byte*>(memory_.parameters);
  for (const Buffer& buffer : memory_plan().buffers) {
    fn(buffer, reinterpret_cast<const float*>(at),
       buffer.bytes / static_cast<std::int64_t>(sizeof(float)));
    at += buffer.bytes;
  }
}

StateBound Trainer::measure_state() const {
  StateBound bound{0, 0};
  for_each_planned([&](const Buffer& buffer, const float* numbers, std::int64_t n) {
    const bool is_weight = buffer.kind == MemoryKind::parameters;
    if (!is_weight && buffer.kind != MemoryKind::optimizer) return;
    double& largest = is_weight ? bound.weight : bound.moment;
    const Measured m = measure(numbers, n);
    // A file may have squares below zero, whose root is not a number.
    const bool has_root = buffer.name != "adam_v" || !m.negative;
    largest = std::max<double>(largest, m.finite && has_root ? m.largest : StateBound::kUnknown);
  });
  return bound;
}

bool Trainer::may_skip() const {
  const std::vector<float>& lr = history_.lr;
  std::size_t together = 0;
  while (together < lr.size() && std::isnan(lr[lr.size() - 1 - together])) ++together;
  return recipe_.skip_nonfinite && together < kMostSkipped;
}

void Trainer::find_first(bool has_loss) {
  if (find_weight(kLargest)) return;
  if (!has_loss) return find_activation();
  // Backward goes the walk the other way, so that the last is the first.
  divergence_.what = Divergence::What::gradient;
  const std::vector<ParameterInfo> list = parameter_list(config_);
  if (!find(list, memory_.gradients, kMostGradient, /*last=*/true))
    find(trained_list_, memory_.trained_gradients(), kMostGradient, /*last=*/true);
}

bool Trainer::find_weight(float most) {
  divergence_.what = Divergence::What::weight;
  divergence_.tensor.clear();
  return find(parameter_list(config_), memory_.parameters, most, /*last=*/false);
}

bool Trainer::find(const std::vector<ParameterInfo>& list, const float* numbers, float most,
                   bool last) {
  bool is_found = false;
  for (const ParameterInfo& info : list) {
    const Measured m = measure(numbers, info.size());
    if ((last || !is_found) && !m.within(most)) {
      divergence_.tensor = info.name;
      divergence_.magnitude = m.largest;
      is_found = true;
    }
    numbers += info.size();
  }
  return is_found;
}

void Trainer::find_activation() {
  Divergence& found = divergence_;
  found.what = Divergence::What::loss;
  found.magnitude = 0;
  for (int micro = 0; micro < recipe_.grad_accum_steps; ++micro) {
    for_each_pass(micro, [&](const TransformerPass& p, const Token* in, const Token* targets) {
      if (!found.tensor.empty()) return;
      transformer_forward(context(), p, in, targets);
      // They are listed in the order in which forward makes them.
      for_each_planned([&](const Buffer& buffer, const float* numbers, std::int64_t n) {
        if (buffer.kind != MemoryKind::activations || !found.tensor.empty()) return;
        const Measured m = measure(numbers, n);
        found.magnitude = std::max<double>(found.magnitude, m.largest);
        if (!m.finite) found.tensor = buffer.name;
      });
    });
  }
}

}  // namespace clearformer
