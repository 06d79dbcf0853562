#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/token.h"
#include "model/config.h"
#include "reference/model.h"

namespace clearformer {

// One pass over a passage, forward and backward, by the double-precision reference, which keeps
// every number of it with its gradient.
class ExactPass {
 public:
  // weights: (parameter_count). targets follow tokens. REQUIRES: 1 <= tokens <= block_size.
  ExactPass(const ModelConfig& config, std::span<const float> weights,
            std::span<const Token> tokens, std::span<const Token> targets);

  const ModelConfig& config() const { return config_; }
  std::int64_t T() const { return static_cast<std::int64_t>(tokens_.size()); }
  std::span<const Token> tokens() const { return tokens_; }
  std::span<const Token> targets() const { return targets_; }
  const Parameters<const double>& parameters() const { return parameters_; }
  const reference::Activations<double>& activations() const { return values_; }
  double loss() const { return values_.loss; }  // nats a token

  // A tensor of reference/activations.h's names: its numbers, row by row, and their gradients.
  // Empty where there is none of that name, or it has no gradient.
  std::span<const double> values(std::string_view tensor) const;
  std::span<const double> gradients(std::string_view tensor) const;

  // The loss were one number of a tensor larger by so much and all that follows made from it.
  // REQUIRES: a number that has a gradient.
  double loss_with(std::string_view tensor, std::int64_t at, double by) const;

  // Calls visit(info, numbers, gradients) for every tensor, in the order in which they are made.
  template <class Visit>
  void for_each_tensor(Visit&& visit) const {
    std::vector<std::span<const double>> gradients;
    walk(gradients_, [&](const auto&, const auto& numbers) { gradients.push_back(numbers); });
    std::size_t i = 0;
    walk(values_, [&](const reference::ActivationInfo& info, const auto& numbers) {
      visit(info, std::span<const double>(numbers), gradients[i++]);
    });
  }

 private:
  // The walk sizes nothing that has its size.
  template <class Visit>
  void walk(const reference::Activations<double>& activations, Visit&& visit) const {
    reference::for_each_activation(config_, 1, T(),
                                   const_cast<reference::Activations<double>&>(activations), visit);
  }
  std::span<const double> find(const reference::Activations<double>& activations,
                               std::string_view tensor) const;
  reference::Batch batch() const { return {tokens_.data(), targets_.data(), 1, T()}; }

  const ModelConfig config_;
  const std::vector<Token> tokens_, targets_;
  const std::vector<double> weights_;
  const Parameters<const double> parameters_;
  reference::Activations<double> values_, gradients_;
};

}  // namespace clearformer
