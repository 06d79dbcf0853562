#include "inspect/gradient_proof.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/rng.h"
#include "inspect/activation_memory.h"
#include "reference/sampled.h"
#include "train/memory.h"

namespace clearformer {

std::int64_t GradientProof::most_tokens(const ModelConfig& config) {
  constexpr std::int64_t kWork = 1 << 25;  // weights times tokens
  const std::int64_t affordable =
      std::clamp<std::int64_t>(kWork / parameter_count(config), 1, kMostTokens);
  return std::min<std::int64_t>(affordable, config.block_size);
}

Result<std::unique_ptr<GradientProof>> GradientProof::create(const ModelConfig& config,
                                                             std::span<const float> weights,
                                                             std::span<const Token> tokens,
                                                             std::span<const Token> targets,
                                                             ThreadPool& pool) {
  CHECK(!tokens.empty() && tokens.size() == targets.size());
  CHECK(tokens.size() <= static_cast<std::size_t>(kMostTokens));
  const Error no_memory{"memory", "",
                        "There is not enough memory to check this model's gradients."};
  // Weights and gradients: in float, in double and, for a while, sampled.
  if (parameter_count(config) * 40 > memory_limit() / 2) return no_memory;
  auto proof =
      std::unique_ptr<GradientProof>(new GradientProof(config, weights, tokens, targets, pool));
  const StepShape shape{1, proof->T(), pool.n_threads()};
  if (!allocate_activations(proof->arena_, proof->activations_, config, shape)) return no_memory;
  proof->ops_.scratch = {proof->activations_.op_scratch,
                         static_cast<std::size_t>(op_scratch_size(config, shape))};
  proof->loss_in_double();
  reference::Activations<double> dactivations;
  reference::backward(proof->expected_.data(), dactivations, config, proof->exact_.data(),
                      proof->batch(), proof->work_);
  proof->set_fault(Fault::none);
  return proof;
}

void GradientProof::set_fault(Fault fault) {
  loss_in_float();
  std::fill(gradients_.begin(), gradients_.end(), 0.0f);
  const Parameters<float> parameters = slice_parameters(config_, weights_.data());
  const TransformerPass pass{config_, parameters, activations_, 1, T(), {}};
  faulty_backward(ops_, pass, slice_parameters(config_, gradients_.data()), tokens_.data(),
                  targets_.data(), 1.0f, fault);
}

bool GradientProof::sample() {
  if (samples_ == kSamples) return false;
  using reference::Sampled;
  Sampled::restart(static_cast<std::uint64_t>(samples_++));
  const std::vector<Sampled> weights(exact_.begin(), exact_.end());
  std::vector<Sampled> gradients(weights.size());
  reference::Activations<Sampled> a, da;
  reference::forward(a, config_, weights.data(), batch());
  reference::backward(gradients.data(), da, config_, weights.data(), batch(), a);
  std::size_t at = 0;
  for (int tensor = 0; tensor < tensors(); ++tensor)
    for (const std::size_t end = at + list_[tensor].size(); at < end; ++at) {
      const double deviation = std::abs(gradients[at].value - expected_[at]) / Sampled::kUnit;
      scatter_[tensor] = std::max(scatter_[tensor], deviation);
    }
  return samples_ < kSamples;
}

GradientProof::GradientProof(const ModelConfig& config, std::span<const float> weights,
                             std::span<const Token> tokens, std::span<const Token> targets,
                             ThreadPool& pool)
    : config_(config),
      list_(parameter_list(config)),
      weights_(weights.begin(), weights.end()),
      exact_(weights.begin(), weights.end()),
      tokens_(tokens.begin(), tokens.end()),
      targets_(targets.begin(), targets.end()),
      ops_{pool, Arithmetic::strict, {}},
      gradients_(weights.size()),
      expected_(weights.size()),
      scatter_(list_.size()) {}

std::int64_t GradientProof::offset(int tensor) const {
  std::int64_t offset = 0;
  for (int i = 0; i < tensor; ++i) offset += list_[i].size();
  return offset;
}

TensorProof GradientProof::check(int tensor) const {
  const ParameterInfo& info = list_[tensor];
  const std::int64_t begin = offset(tensor);
  double largest = 0, difference = 0;
  for (std::int64_t i = begin; i < begin + info.size(); ++i) {
    largest = std::max(largest, std::abs(expected_[i]));
    // A NaN counts as infinitely far.
    const double d = std::abs(gradients_[i] - expected_[i]);
    difference = std::max(difference, d == d ? d : std::numeric_limits<double>::infinity());
  }
  const double error = largest > 0 ? difference / largest : difference;
  const double off = kSafety * reference::kFloatUnit * scatter_[tensor];
  const double tolerance = largest > 0 ? off / largest : off;
  return {info.name, info.rows, info.cols, error, tolerance, error <= tolerance};
}

std::vector<double> GradientProof::direction(int tensor) const {
  const Rng rng(1, Stream::kTest, static_cast<std::uint32_t>(tensor));
  std::vector<double> direction(list_[tensor].size());
  double squares = 0;
  for (std::size_t i = 0; i < direction.size(); ++i) {
    direction[i] = rng.normal(i);
    squares += direction[i] * direction[i];
  }
  for (double& number : direction) number /= std::sqrt(squares);
  return direction;
}

double GradientProof::loss_in_float() {
  const Parameters<float> parameters = slice_parameters(config_, weights_.data());
  const TransformerPass pass{config_, parameters, activations_, 1, T(), {}};
  return transformer_forward(ops_, pass, tokens_.data(), targets_.data());
}

double GradientProof::loss_in_double() {
  reference::forward(work_, config_, exact_.data(), batch());
  return work_.loss;
}

Slopes GradientProof::slopes(int tensor, double epsilon) {
  CHECK(epsilon > 0);
  const std::vector<double> along = direction(tensor);
  const std::int64_t begin = offset(tensor);
  const std::vector<double> before(exact_.begin() + begin,
                                   exact_.begin() + begin + list_[tensor].size());
  const auto move = [&](double by) {
    for (std::size_t i = 0; i < along.size(); ++i) {
      exact_[begin + i] = before[i] + by * along[i];
      weights_[begin + i] = static_cast<float>(exact_[begin + i]);
    }
  };
  Slopes slopes;
  for (std::size_t i = 0; i < along.size(); ++i) {
    slopes.reference += along[i] * expected_[begin + i];
    slopes.engine += along[i] * gradients_[begin + i];
  }
  move(epsilon);
  slopes.in_double = loss_in_double();
  slopes.in_float = loss_in_float();
  move(-epsilon);
  slopes.in_double = (slopes.in_double - loss_in_double()) / (2 * epsilon);
  slopes.in_float = (slopes.in_float - loss_in_float()) / (2 * epsilon);
  move(0);
  return slopes;
}

}  // namespace clearformer
