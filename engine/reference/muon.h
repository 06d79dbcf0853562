#pragma once

#include <algorithm>
#include <vector>

#include "model/config.h"
#include "model/parameters.h"
#include "reference/adamw.h"
#include "reference/number.h"

namespace clearformer::reference {

struct Muon {
  double momentum = 0.95;
  AdamW adamw = {};  // of what is no matrix of a block; its weight decay is everybody's
};

template <class Number>
struct MuonState {
  std::vector<Number> momentum;  // (parameter_count), running average of the gradient
  AdamWState<Number> adamw;
};

// X / |X|, then five times X = (a I + b A + c A^2) X with A = X X^T: brings every singular value of
// X near 1. X is (rows, cols) with rows <= cols, or transposed. See train/muon.md.
template <class Number>
void orthogonalise(std::vector<Number>& X, Index rows, Index cols) {
  constexpr double a = 3.4445, b = -4.7750, c = 2.0315;
  const bool tall = rows > cols;
  const Index m = std::min(rows, cols), n = std::max(rows, cols);
  const auto at = [&](Index i, Index k) -> Number& {  // i < m, k < n
    return tall ? X[k * cols + i] : X[i * cols + k];
  };
  Number squares = 0;
  for (const Number& x : X) squares += x * x;
  const Number norm = sqrt(squares), least = 1e-7;
  for (Number& x : X) x = x / (real(norm) > real(least) ? norm : least);

  std::vector<Number> A(m * m), P(m * m), column(m);
  for (int iteration = 0; iteration < 5; ++iteration) {
    for (Index i = 0; i < m; ++i) {
      for (Index j = 0; j < m; ++j) {
        Number sum = 0;
        for (Index k = 0; k < n; ++k) sum += at(i, k) * at(j, k);
        A[i * m + j] = sum;
      }
    }
    for (Index i = 0; i < m; ++i) {
      for (Index j = 0; j < m; ++j) {
        Number sum = 0;
        for (Index k = 0; k < m; ++k) sum += A[i * m + k] * A[k * m + j];
        P[i * m + j] = (i == j ? a : 0.0) + b * A[i * m + j] + c * sum;
      }
    }
    for (Index k = 0; k < n; ++k) {
      for (Index i = 0; i < m; ++i) {
        column[i] = 0;
        for (Index j = 0; j < m; ++j) column[i] += P[i * m + j] * at(j, k);
      }
      for (Index i = 0; i < m; ++i) at(i, k) = column[i];
    }
  }
}

// One step of all: each linear map of a block moves by its gradient's average, made orthogonal; the
// rest by AdamW. Jordan et al., "Muon" (2024), with the weight decay and the scale of Liu et al.,
// "Muon is scalable for LLM training" (2025).
template <class Number>
void muon_step(Number* parameters,  // (parameter_count(config))
               MuonState<Number>& state,
               const Number* gradients,  // (parameter_count(config))
               double lr, const Muon& settings, const ModelConfig& config) {
  const double mu = settings.momentum;
  for (auto* numbers : {&state.momentum, &state.adamw.m, &state.adamw.v})
    numbers->resize(parameter_count(config), 0.0);
  state.adamw.step += 1;
  Index first = 0;
  for (const ParameterInfo& info : parameter_list(config)) {
    if (!info.in_block()) {
      adamw_update(parameters + first, &state.adamw.m[first], &state.adamw.v[first],
                   gradients + first, lr, settings.adamw, info.decay, state.adamw.step,
                   info.size());
    }
    Index column = 0;
    for (const Index cols : info.maps) {  // none of what is not in a block
      std::vector<Number> update(info.rows * cols);
      const auto at = [&](Index u) { return first + u / cols * info.cols + column + u % cols; };
      for (Index u = 0; u < info.rows * cols; ++u) {
        const Number g = gradients[at(u)];
        Number& m = state.momentum[at(u)];
        m = mu * m + (1.0 - mu) * g;
        update[u] = mu * m + (1.0 - mu) * g;  // Nesterov's look ahead
      }
      if (cols > 0) orthogonalise(update, info.rows, cols);
      const double scale = 0.2 * std::sqrt(static_cast<double>(std::max(info.rows, cols)));
      for (Index u = 0; u < info.rows * cols; ++u) {
        parameters[at(u)] -= lr * settings.adamw.weight_decay * parameters[at(u)];
        parameters[at(u)] -= lr * scale * update[u];
      }
      column += cols;
    }
    first += info.size();
  }
}

}  // namespace clearformer::reference
