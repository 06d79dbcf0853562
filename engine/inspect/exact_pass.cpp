#include "inspect/exact_pass.h"

#include "base/check.h"

namespace clearformer {

ExactPass::ExactPass(const ModelConfig& config, std::span<const float> weights,
                     std::span<const Token> tokens, std::span<const Token> targets)
    : config_(config),
      tokens_(tokens.begin(), tokens.end()),
      targets_(targets.begin(), targets.end()),
      weights_(weights.begin(), weights.end()),
      parameters_(slice_parameters(config_, weights_.data())) {
  CHECK(T() >= 1 && tokens.size() == targets.size());
  std::vector<double> of_parameters(weights_.size());  // which nobody asks for
  reference::forward(values_, config_, weights_.data(), batch());
  reference::backward(of_parameters.data(), gradients_, config_, weights_.data(), batch(), values_);
}

std::span<const double> ExactPass::find(const reference::Activations<double>& activations,
                                        std::string_view tensor) const {
  std::span<const double> found;
  walk(activations, [&](const reference::ActivationInfo& info, const auto& numbers) {
    if (info.name == tensor) found = numbers;
  });
  return found;
}

std::span<const double> ExactPass::values(std::string_view tensor) const {
  return find(values_, tensor);
}

std::span<const double> ExactPass::gradients(std::string_view tensor) const {
  return find(gradients_, tensor);
}

double ExactPass::loss_with(std::string_view tensor, std::int64_t at, double by) const {
  reference::Activations<double> changed;
  reference::DropoutScales scales;
  reference::Nudge<double> nudge{.at = at, .by = by};
  reference::for_each_activation(config_, 1, T(), changed,
                                 [&](const reference::ActivationInfo& info, auto& numbers) {
                                   if (info.name == tensor && info.has_gradient)
                                     nudge.tensor = &numbers;
                                 });
  CHECK(nudge.tensor);
  // Attention makes its weights and its output in one go: a weight grows by what scales it.
  scales.h.resize(config_.n_layer);
  for (int l = 0; l < config_.n_layer; ++l) {
    if (nudge.tensor != &changed.h[l].att) continue;
    const std::vector<double>& att = values_.h[l].att;
    scales.h[l].att.assign(att.size(), 1.0);
    if (att[at] != 0) scales.h[l].att[at] += by / att[at];
  }
  reference::forward(changed, config_, weights_.data(), batch(), scales, nudge);
  return changed.loss;
}

}  // namespace clearformer
