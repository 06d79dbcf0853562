#pragma once

#include <span>
#include <vector>

#include "model/decoder.h"
#include "reference/model.h"
#include "tests/engine/support/fast_model.h"

// The engine's whole model against the reference.
namespace clearformer::test {

// Loss and every gradient, on top of noise: gradients are added. In each class of arithmetic, with
// the same bits for each number of threads.
inline void expect_transformer_agrees(const ModelConfig& config, std::int64_t B, std::int64_t T,
                                      const DropoutKey& key) {
  FastModel model(config, B, T, 1);
  const auto scales = replayed_scales(config, key, B, T);
  const float loss_scale = 0.5f;
  const auto expected = from_reference([&]<class Number>(Tensors<Number>& out) {
    const auto weights = converted<Number>(model.weights);
    const reference::Batch batch{model.tokens.data(), model.targets.data(), B, T};
    reference::Activations<Number> a, da;
    out = {{}, converted<Number>(model.noise)};
    reference::forward(a, config, weights.data(), batch, scales);
    reference::backward(out[1].data(), da, config, weights.data(), batch, a, scales, loss_scale);
    out[0] = {a.loss};
  });
  for_each_class(
      no_scratch,
      [&](const Context& context) {
        const FastModel::Pass pass =
            model.run(context.pool.n_threads(), context.arithmetic, key, model.noise, loss_scale);
        return Tensors<float>{{static_cast<float>(pass.loss)}, pass.gradients};
      },
      [&](const Tensors<float>& results) {
        expect_agrees("loss", results[0].data(), expected[0], kFloatUnit);
        std::int64_t offset = 0;  // by name, so that a failure says where
        for (const ParameterInfo& info : parameter_list(config)) {
          const auto begin = expected[1].values.begin() + offset;
          const auto scatter = expected[1].scatter.begin() + offset;
          expect_agrees(info.name, results[1].data() + offset,
                        {{begin, begin + info.size()}, {scatter, scatter + info.size()}},
                        kFloatUnit);
          offset += info.size();
        }
      });
}

// A decoder over a model with random parameters, and a text for it.
struct Reader {
  Reader(const ModelConfig& config, std::int64_t n, int n_threads = 1,
         Arithmetic arithmetic = Arithmetic::strict)
      : model(config, 1, n, 7),
        parameters(slice_parameters(config, model.weights.data())),
        decoder(config, parameters, pool_of(n_threads), arithmetic) {}

  // The text in pieces of those sizes; the logits after the last.
  std::vector<float> read(std::span<const Token> tokens, std::int64_t piece) {
    std::span<const float> logits;
    while (!tokens.empty()) {
      const auto n = std::min<std::size_t>(piece, tokens.size());
      logits = decoder.read(tokens.first(n));
      tokens = tokens.subspan(n);
    }
    return {logits.begin(), logits.end()};
  }
  std::span<const Token> text() const { return model.tokens; }

  FastModel model;
  Parameters<float> parameters;
  Decoder decoder;
};

inline Expected expected_logits(const FastModel& model, std::span<const Token> tokens) {
  return from_reference([&]<class Number>(Tensors<Number>& out) {
    reference::Activations<Number> a;
    const auto T = static_cast<std::int64_t>(tokens.size());
    reference::forward(a, model.config, converted<Number>(model.weights).data(),
                       {tokens.data(), nullptr, 1, T});
    out = {{a.logits.end() - model.config.vocab_size, a.logits.end()}};
  })[0];
}

}  // namespace clearformer::test
