#include "ops/lora.h"

#include <gtest/gtest.h>

#include "reference/lora.h"
#include "tests/engine/support/engine_check.h"

namespace clearformer {
namespace {

using test::converted;
using test::nans;
using test::Tensors;

const std::vector<LoraShape>& shapes() {
  static const std::vector<LoraShape> shapes = {
      {1, 1, 1, 2.0f}, {3, 2, 2, 0.5f}, {7, 33, 3, 5.25f}, {67, 19, 19, 1.0f}, {48, 131, 5, 3.2f},
  };
  return shapes;
}

struct Example {
  explicit Example(const LoraShape& s) {
    test::Random random(s.C_in * 10007 + s.C_out * 101 + s.rank);
    base = random.normals<float>(s.C_in * s.C_out);
    a = random.normals<float>(s.C_in * s.rank);
    b = random.normals<float>(s.rank * s.C_out);
    dweight = random.normals<float>(base.size());
    noise_a = random.normals<float>(a.size());
    noise_b = random.normals<float>(b.size());
  }
  std::vector<float> base, a, b, dweight, noise_a, noise_b;
};

auto scratch_for(const LoraShape& s) {
  return [&s](int) { return lora_scratch(s.C_in, s.C_out, s.rank); };
}

TEST(Lora, MergeAgrees) {
  for (const LoraShape& s : shapes()) {
    const Example e(s);
    const auto expected = test::from_reference([&]<class Number>(Tensors<Number>& out) {
      out = {nans<Number>(e.base.size())};
      reference::lora_forward(out[0].data(), converted<Number>(e.base).data(),
                              converted<Number>(e.a).data(), converted<Number>(e.b).data(), s.scale,
                              s.C_in, s.C_out, s.rank);
    });
    test::expect_engine_agrees({"weight"}, expected, scratch_for(s), [&](const Context& context) {
      auto weight = nans<float>(e.base.size());
      lora_merge(context, weight.data(), e.base.data(), e.a.data(), e.b.data(), s);
      return Tensors<float>{weight};
    });
  }
}

TEST(Lora, BackwardAgrees) {
  for (const LoraShape& s : shapes()) {
    const Example e(s);
    const auto expected = test::from_reference([&]<class Number>(Tensors<Number>& out) {
      out = {converted<Number>(e.noise_a), converted<Number>(e.noise_b)};
      reference::lora_backward(out[0].data(), out[1].data(), converted<Number>(e.dweight).data(),
                               converted<Number>(e.a).data(), converted<Number>(e.b).data(),
                               s.scale, s.C_in, s.C_out, s.rank);
    });
    test::expect_engine_agrees({"da", "db"}, expected, scratch_for(s), [&](const Context& context) {
      Tensors<float> out = {e.noise_a, e.noise_b};
      lora_backward(context, out[0].data(), out[1].data(), e.dweight.data(), e.a.data(), e.b.data(),
                    s);
      return out;
    });
  }
}

// A zero B adds nothing, to the bit.
TEST(Lora, BeginsAsTheBase) {
  for (const LoraShape& s : shapes()) {
    const Example e(s);
    const std::vector<float> zero(e.b.size(), 0.0f);
    test::for_each_class(
        scratch_for(s),
        [&](const Context& context) {
          auto weight = nans<float>(e.base.size());
          lora_merge(context, weight.data(), e.base.data(), e.a.data(), zero.data(), s);
          return Tensors<float>{weight};
        },
        [&](const Tensors<float>& results) {
          test::expect_same_bits("weight", results[0], e.base);
        });
  }
}

}  // namespace
}  // namespace clearformer
