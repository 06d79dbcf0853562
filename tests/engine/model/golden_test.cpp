// The whole model against PyTorch, in float.
#include <gtest/gtest.h>

#include "kernels/gemm.h"
#include "model/decoder.h"
#include "tests/engine/support/fast_model.h"
#include "tests/engine/support/golden_reference.h"

namespace clearformer {
namespace {

using test::expect_agrees;
using test::Expected;
using test::FastMemory;
using test::kFloatUnit;

class ModelGolden : public testing::TestWithParam<std::string> {};

// The tolerance is the reference's scatter, around PyTorch's values in double.
Expected around(const std::vector<double>& torch, const Expected& reference) {
  return {torch, reference.scatter};
}

TEST_P(ModelGolden, LossAndGradientsAreTorchs) {
  const auto golden = test::load_golden(GetParam());
  const auto scatter = test::expected_pass(golden);
  test::FastModel model(golden.config, golden.B, golden.T, 0);
  model.weights = test::converted<float>(golden.weights);
  model.tokens = golden.batches[0].tokens;
  model.targets = golden.batches[0].targets;
  for (const Arithmetic arithmetic : test::arithmetics()) {
    const std::vector<float> zeros(model.weights.size());
    const auto pass = model.run(test::thread_counts().back(), arithmetic, {}, zeros);
    expect_agrees("loss", &pass.loss, around({golden.float64.loss}, scatter.loss), kFloatUnit);
    expect_agrees("gradients", pass.gradients.data(),
                  around(golden.float64.gradients, scatter.gradients), kFloatUnit);
  }
}

TEST_P(ModelGolden, LogitsAreTorchs) {
  const auto golden = test::load_golden(GetParam());
  const auto scatter = test::expected_pass(golden);
  std::vector<float> weights = test::converted<float>(golden.weights);
  const Parameters<float> parameters = slice_parameters(golden.config, weights.data());
  const std::int64_t V = golden.config.vocab_size;
  for (const Arithmetic arithmetic : test::arithmetics()) {
    Decoder decoder(golden.config, parameters, test::pool_of(1), arithmetic);
    std::vector<float> logits;
    for (std::int64_t b = 0; b < golden.B; ++b) {
      decoder.reset();
      for (std::int64_t t = 0; t < golden.T; ++t) {
        const auto row = decoder.read({&golden.batches[0].tokens[b * golden.T + t], 1});
        ASSERT_EQ(static_cast<std::int64_t>(row.size()), V);
        logits.insert(logits.end(), row.begin(), row.end());
      }
    }
    expect_agrees("logits", logits.data(), around(golden.float64.logits, scatter.logits),
                  kFloatUnit);
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, ModelGolden, testing::ValuesIn(test::golden_names()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace clearformer
