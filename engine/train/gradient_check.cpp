#include "train/gradient_check.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <vector>

#include "kernels/gemm.h"
#include "model/transformer.h"
#include "reference/lora.h"
#include "reference/model.h"
#include "reference/sampled.h"
#include "train/lora.h"
#include "train/memory.h"

namespace clearformer {
namespace {

// Rounding moves each of a gradient's numbers by independent relative errors of about u = 2^-24 a
// term. Down and up the model an error passes through sums of C, HS, T, C, C, fc_width terms a
// layer each way, through the head's C and V, and through the sum over the rows; independent errors
// grow with the square root of the number of terms. Eight times that is far outside of chance.
// LoRA's merge adds a sum of `rank` terms to each of a layer's four matrices, and its gradients one
// over a matrix's side, at most fc_width.
constexpr double kSafety = 8;
double gradient_tolerance(const ModelConfig& config, std::int64_t rank, std::int64_t rows,
                          std::int64_t T) {
  const double C = config.n_embd;
  const double per_layer = 4 * C + config.fc_width() + config.head_size() + static_cast<double>(T) +
                           4 * static_cast<double>(rank);
  const double terms = 2 * (config.n_layer * per_layer + C + config.vocab_size) +
                       static_cast<double>(rows) + (rank > 0 ? config.fc_width() : 0);
  return kSafety * reference::kFloatUnit * std::sqrt(terms);
}

// No count of terms knows what a norm amplifies where dropout leaves it next to nothing: there it
// is measured. The reference runs some times with every operation off by a random rounding
// (reference/sampled.h), and kSafety times the largest scatter, in float's unit, is allowed; in
// double's unit, to the reference.
constexpr int kSamples = 4;

// The engine's masks, as the reference takes them.
reference::DropoutScales replay_dropout(const ModelConfig& config, const DropoutKey& key,
                                        std::int64_t B, std::int64_t T) {
  reference::DropoutScales scales;
  if (config.dropout == 0) return scales;
  const auto fill = [](std::vector<double>& scale, const Dropout& dropout, std::int64_t size) {
    std::vector<float> ones(size, 1.0f);
    apply_dropout(ones.data(), dropout, 0, size);
    scale.assign(ones.begin(), ones.end());
  };
  const std::int64_t rows = B * T;
  fill(scales.embedding, embedding_dropout(config, key), rows * config.n_embd);
  scales.h.resize(config.n_layer);
  for (int l = 0; l < config.n_layer; ++l) {
    const auto site = [&](std::vector<double>& scale, DropoutSite at, std::int64_t size) {
      fill(scale, block_dropout(config, key, l, at), size);
    };
    site(scales.h[l].att, DropoutSite::attention, rows * config.n_head * T);
    site(scales.h[l].attn, DropoutSite::attention_projection, rows * config.n_embd);
    site(scales.h[l].mlp, DropoutSite::mlp_projection, rows * config.n_embd);
  }
  return scales;
}

// The reference's model of what is trained: all parameters, or adapters on top of a base.
struct TrainedModel {
  const ModelConfig& config;
  std::vector<double> base;  // empty where all parameters are trained
  std::int64_t rank;
  double scale;

  template <class Number>
  std::vector<Number> parameters(const std::vector<Number>& trained) const {
    if (base.empty()) return trained;
    return reference::merged({base.begin(), base.end()}, trained, scale, config, rank);
  }
  // Of what is trained, from those of all parameters.
  template <class Number>
  std::vector<Number> gradients(const std::vector<Number>& trained, std::vector<Number> all) const {
    if (base.empty()) return all;
    std::vector<Number> dtrained(trained.size());
    reference::adapter_gradients(dtrained, all, trained, scale, config, rank);
    return dtrained;
  }
};

// d objective / d trained along `direction` (from `offset` on), by the complex step.
double directional_derivative(const TrainedModel& model, std::vector<std::complex<double>>& trained,
                              std::int64_t offset, const std::vector<double>& direction,
                              const reference::Batch& batch,
                              const reference::DropoutScales& scales) {
  constexpr double kStep = 1e-50;
  const auto set_imaginary = [&](double step) {
    for (std::size_t i = 0; i < direction.size(); ++i)
      trained[offset + i].imag(step * direction[i]);
  };
  set_imaginary(kStep);
  reference::Activations<std::complex<double>> activations;
  reference::forward(activations, model.config, model.parameters(trained).data(), batch, scales);
  set_imaginary(0);
  return activations.objective.imag() / kStep;
}

// The largest deviation in each tensor of what is trained, over some sampled runs, in their unit.
std::vector<double> measure_rounding(const TrainedModel& model,
                                     const std::vector<ParameterInfo>& list,
                                     const std::vector<double>& trained,
                                     const std::vector<double>& expected,
                                     const reference::Batch& batch,
                                     const reference::DropoutScales& scales) {
  using reference::Sampled;
  std::vector<double> scatter(list.size());
  for (int sample = 0; sample < kSamples; ++sample) {
    Sampled::restart(static_cast<std::uint64_t>(sample));
    const std::vector<Sampled> weights =
        model.parameters(std::vector<Sampled>(trained.begin(), trained.end()));
    std::vector<Sampled> all(weights.size());
    reference::Activations<Sampled> a, da;
    reference::forward(a, model.config, weights.data(), batch, scales);
    reference::backward(all.data(), da, model.config, weights.data(), batch, a, scales);
    const std::vector<Sampled> gradients =
        model.gradients(std::vector<Sampled>(trained.begin(), trained.end()), std::move(all));
    std::size_t at = 0;
    for (std::size_t tensor = 0; tensor < list.size(); ++tensor)
      for (const std::size_t end = at + list[tensor].size(); at < end; ++at)
        scatter[tensor] = std::max(scatter[tensor], std::abs(gradients[at].value - expected[at]));
  }
  for (double& deviation : scatter) deviation /= Sampled::kUnit;
  return scatter;
}

double relative_error(double value, double expected) {
  return expected == 0 ? std::abs(value) : std::abs(value - expected) / std::abs(expected);
}

}  // namespace

Result<GradientCheck> check_gradients(const Recipe& given, int vocab_size, ThreadPool& pool,
                                      Arithmetic arithmetic,
                                      const std::function<void(const TensorCheck&)>& report) {
  if (Status status = validate_recipe(given); !status.ok()) return status.error();
  Recipe recipe = given;
  recipe.batch_size = 2;
  const ModelConfig config = recipe.model_config(vocab_size);
  // The reference is slow and holds every activation: a short passage shows as much.
  const std::int64_t B = recipe.batch_size, T = std::min(recipe.block_size, 7);
  const std::int64_t size = parameter_count(config), n_trained = trained_count(recipe, config);

  const MemoryPlan plan = plan_memory(recipe, config, 0, 0, pool.n_threads());
  // In double: weights, their gradient, both once more as samples, and weights as complex numbers;
  // and of adapters.
  MemoryPlan whole = plan;
  whole.buffers.push_back({"reference", MemoryKind::scratch, (size + n_trained) * 48, ""});
  if (Status status = check_memory(whole, memory_limit()); !status.ok()) return status.error();
  Arena arena;
  RunMemory memory{};
  if (!allocate_run(arena, memory, recipe, config, pool.n_threads()))
    return Error{"memory", "", "There is not enough memory for this check."};

  // Initial weights with noise on top, so that no bias is zero and no scale is one.
  initialise_parameters(config, recipe.seed, memory.parameters);
  const Rng noise(recipe.seed, Stream::kTest), tokens(recipe.seed, Stream::kTest, 1);
  for (std::int64_t i = 0; i < size; ++i) memory.parameters[i] += 0.02f * noise.normal(i);
  const Lora lora(recipe, config, memory);
  lora.take_base();
  const std::vector<double> before(memory.parameters, memory.parameters + size);
  // Scaled, the adapters' product is about as large as that noise.
  const double scale = recipe.lora_alpha / std::max(recipe.lora_rank, 1);
  const auto std = static_cast<float>(0.1 / std::sqrt(scale));
  for (std::int64_t i = 0; lora.active() && i < n_trained; ++i)
    memory.adapters[i] = std * noise.normal(size + i);
  for (std::int64_t i = 0; i < B * T; ++i) {
    memory.inputs[i] = static_cast<Token>(tokens.below(2 * i, vocab_size));
    memory.targets[i] = static_cast<Token>(tokens.below(2 * i + 1, vocab_size));
  }

  const DropoutKey key{true, static_cast<std::uint64_t>(recipe.seed), 0};
  const Parameters<float> parameters = slice_parameters(config, memory.parameters);
  const TransformerPass pass{config, parameters, memory.activations, B, T, key};
  const auto scratch = op_scratch_size(config, pass_shape(recipe, pool.n_threads()));
  const Context ops{
      pool, arithmetic, {memory.activations.op_scratch, static_cast<std::size_t>(scratch)}};
  lora.merge(ops);
  transformer_forward(ops, pass, memory.inputs, memory.targets);
  transformer_backward(ops, pass, slice_parameters(config, memory.gradients), memory.inputs,
                       memory.targets, 1.0f);
  lora.backward(ops);

  const TrainedModel model{config, lora.active() ? before : std::vector<double>(), recipe.lora_rank,
                           scale};
  const std::vector<double> trained(memory.trained(), memory.trained() + n_trained);
  const std::vector<double> weights = model.parameters(trained);
  const reference::Batch batch{memory.inputs, memory.targets, B, T};
  const reference::DropoutScales scales = replay_dropout(config, key, B, T);
  reference::Activations<double> activations, dactivations;
  std::vector<double> all(size, 0.0);
  reference::forward(activations, config, weights.data(), batch, scales);
  reference::backward(all.data(), dactivations, config, weights.data(), batch, activations, scales);
  const std::vector<double> expected = model.gradients(trained, std::move(all));

  GradientCheck result;
  std::vector<std::complex<double>> complex_trained(trained.begin(), trained.end());
  const std::vector<ParameterInfo> list = trained_list(recipe, config);
  const std::vector<double> scatter =
      measure_rounding(model, list, trained, expected, batch, scales);
  const double counted = gradient_tolerance(config, recipe.lora_rank, B * T, T);
  std::int64_t offset = 0;
  for (std::uint32_t index = 0; index < list.size(); ++index) {
    const ParameterInfo& info = list[index];
    double largest = 0, difference = 0, along = 0, length = 0;
    const Rng directions(recipe.seed, Stream::kTest, 2, index);
    std::vector<double> direction(info.size());
    for (std::int64_t i = 0; i < info.size(); ++i) {
      const double e = expected[offset + i], a = memory.trained_gradients()[offset + i];
      largest = std::max(largest, std::abs(e));
      // A NaN counts as infinitely far.
      const double d = std::abs(a - e);
      difference = std::max(difference, d == d ? d : std::numeric_limits<double>::infinity());
      direction[i] = directions.normal(i);
      along += direction[i] * e;
      length += std::abs(direction[i]);
    }
    const double unit = largest > 0 ? largest : 1;
    const double measured = kSafety * reference::kFloatUnit * scatter[index] / unit;
    // Each number may be off by the scatter; along the direction, by that times its 1-norm.
    const double reference_measured = kSafety * reference::kDoubleUnit * scatter[index] * length /
                                      (along != 0 ? std::abs(along) : 1);
    TensorCheck check{
        .name = info.name,
        .max_relative_error = difference / unit,
        .tolerance = std::max(counted, measured),
        .reference_relative_error = relative_error(
            directional_derivative(model, complex_trained, offset, direction, batch, scales),
            along),
        .reference_tolerance = std::max(kReferenceTolerance, reference_measured),
        .pass = false};
    check.pass = check.max_relative_error <= check.tolerance &&
                 check.reference_relative_error <= check.reference_tolerance;
    result.pass = result.pass && check.pass;
    result.worst = std::max(result.worst, check.max_relative_error);
    report(check);
    offset += info.size();
  }
  return result;
}

}  // namespace clearformer
