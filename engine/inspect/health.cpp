#include "inspect/health.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <span>

#include "base/math.h"
#include "inspect/json.h"
#include "inspect/trace.h"
#include "text/words.h"
#include "train/optimizer.h"

namespace clearformer {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr float kUnitRoundoff = 0x1p-24f;

// |f(0), f(1), ...|.
template <class F>
double norm_of(std::int64_t size, F&& f) {
  double squares = 0;
  for (std::int64_t i = 0; i < size; ++i) {
    const double x = f(i);
    squares += x * x;
  }
  return std::sqrt(squares);
}

std::vector<TensorHealth> norms(const Trainer& run, std::span<const float> before, bool moved) {
  const std::span<const float> after = run.parameters(), gradients = run.gradients();
  std::vector<TensorHealth> tensors;
  std::int64_t at = 0;
  for (const ParameterInfo& info : parameter_list(run.config())) {
    const std::int64_t size = info.size();
    const auto update = [&](std::int64_t i) { return double{after[at + i]} - before[at + i]; };
    tensors.push_back({info.name, size, norm_of(size, [&](auto i) { return before[at + i]; }),
                       norm_of(size, [&](auto i) { return gradients[at + i]; }),
                       moved ? norm_of(size, update) : kNone});
    at += size;
  }
  return tensors;
}

// Of one query's weights over the positions that it sees, in nats.
double entropy_of(std::span<const float> weights) {
  double entropy = 0;
  for (const double p : weights)
    if (p >= std::numeric_limits<double>::min()) entropy -= p * log(p);
  return entropy;
}

// Sums over passages; finish() makes means of them.
class Watch {
 public:
  Watch(const ModelConfig& config, std::int64_t T)
      : config_(config), T_(T), loudest_(config.n_layer * config.n_inner()) {
    for (int l = 0; l < config.n_layer; ++l) {
      for (int h = 0; h < config.n_head; ++h) heads_.push_back({l, h, 0, 0});
      mlps_.push_back({l, config.n_inner(), 0, 0});
    }
  }

  void add(Trace& trace) {
    ++passages_;
    for (HeadHealth& head : heads_) {
      const std::vector<float> weights = trace.attention(head.layer, head.head);
      for (std::int64_t t = 1; t < T_; ++t) {
        const double entropy = entropy_of(std::span(weights).subspan(t * T_, t + 1));
        head.entropy += entropy;
        head.fraction += entropy / log(static_cast<double>(t + 1));
      }
    }
    for (MlpHealth& mlp : mlps_) {
      float* const loudest = loudest_.data() + mlp.layer * mlp.units;
      const std::span<const float> hidden = trace.hidden(mlp.layer);
      for (std::size_t i = 0; i < hidden.size(); ++i) {
        float& most = loudest[static_cast<std::int64_t>(i) % mlp.units];
        most = std::max(most, std::abs(hidden[i]));
        mlp.zeros += hidden[i] == 0;
      }
    }
  }

  void finish(Health& health) {
    const auto queries = static_cast<double>(passages_ * (T_ - 1));
    for (HeadHealth& head : heads_) {
      head.entropy /= queries;  // NaN where there are none
      head.fraction /= queries;
    }
    for (MlpHealth& mlp : mlps_) {
      const std::span<const float> loudest(loudest_.data() + mlp.layer * mlp.units, mlp.units);
      const float most = *std::max_element(loudest.begin(), loudest.end());
      const float silent = config_.activation == Activation::relu2 ? 0 : kUnitRoundoff * most;
      mlp.dead =
          std::count_if(loudest.begin(), loudest.end(), [&](float unit) { return unit <= silent; });
      mlp.zeros /= static_cast<double>(passages_ * T_ * mlp.units);
    }
    health.heads = std::move(heads_);
    health.mlps = std::move(mlps_);
  }

 private:
  const ModelConfig config_;
  const std::int64_t T_;
  std::int64_t passages_ = 0;
  std::vector<HeadHealth> heads_;
  std::vector<MlpHealth> mlps_;
  std::vector<float> loudest_;  // (n_layer, n_inner): each unit's largest output
};

// The batch's passages through the model as it was before the step.
Status watch(Health& health, const ModelConfig& config, std::vector<float>& weights,
             std::span<const Token> batch, ThreadPool& pool) {
  const std::int64_t T = config.block_size;
  health.T = std::min(T, Health::kMostTogether);
  health.passages = std::clamp<std::int64_t>(Health::kMostTokens / health.T, 1,
                                             static_cast<std::int64_t>(batch.size()) / T);
  Result<std::unique_ptr<Trace>> trace = Trace::create(config, health.T, pool);
  if (!trace.ok()) return trace.error();
  const Parameters<float> parameters = slice_parameters(config, weights.data());
  Watch watch(config, health.T);
  for (std::int64_t b = 0; b < health.passages; ++b) {
    const std::span<const Token> passage = batch.subspan(b * T, health.T);
    trace.value()->run(parameters, passage, passage);  // its losses are not asked for
    watch.add(*trace.value());
  }
  watch.finish(health);
  return {};
}

std::string problem_of(const Error& error, const Divergence& divergence) {
  if (error.code != "diverged") return error.message;
  return "At step " + with_commas(divergence.step) + " a number is not finite, first in " +
         divergence.tensor + ".";
}

}  // namespace

Result<Health> examine(Trainer& copy, ThreadPool& pool) {
  std::vector<float> before(copy.parameters().begin(), copy.parameters().end());
  Health health{.step = copy.steps_done()};
  const Result<StepResult> step = copy.step();
  if (!step.ok() && !copy.has_text()) return step.error();
  const StepResult result =
      step.ok() ? step.value() : StepResult{health.step, kNone, kNone, kNone, 0, true};
  if (!step.ok()) health.problem = problem_of(step.error(), copy.divergence());
  health.loss = result.loss;
  health.lr = result.lr;
  health.grad_norm = result.grad_norm;
  health.scale = step.ok() ? gradient_scale(copy.recipe(), result.grad_norm) : kNone;
  health.tensors = norms(copy, before, step.ok());
  if (Status status = watch(health, copy.config(), before, copy.batch(), pool); !status.ok())
    return status.error();
  return health;
}

std::string health_to_json(const Health& health) {
  JsonWriter json;
  json.number("step", static_cast<double>(health.step));
  json.number("loss", health.loss);
  json.number("lr", health.lr);
  json.number("grad_norm", health.grad_norm);
  json.number("scale", health.scale);
  json.number("passages", static_cast<double>(health.passages));
  json.number("together", static_cast<double>(health.T));
  json.string("problem", health.problem);
  json.list("tensors", health.tensors, [&](const TensorHealth& tensor) {
    json.string("name", tensor.name);
    json.number("size", static_cast<double>(tensor.size));
    json.number("weight", tensor.weight);
    json.number("gradient", tensor.gradient);
    json.number("update", tensor.update);
    json.number("ratio", tensor.ratio());
  });
  json.list("heads", health.heads, [&](const HeadHealth& head) {
    json.number("layer", head.layer);
    json.number("head", head.head);
    json.number("entropy", head.entropy);
    json.number("fraction", head.fraction);
  });
  json.list("mlps", health.mlps, [&](const MlpHealth& mlp) {
    json.number("layer", mlp.layer);
    json.number("units", static_cast<double>(mlp.units));
    json.number("dead", static_cast<double>(mlp.dead));
    json.number("zeros", mlp.zeros);
  });
  return json.take();
}

}  // namespace clearformer
