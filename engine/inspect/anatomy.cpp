#include "inspect/anatomy.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "model/activations.h"

namespace clearformer {
namespace {

using Fate = AnatomyTensor::Fate;

// The engine's names of what the reference calls otherwise: a block's output is the next one's
// input, and what is turned or dropped in place has one name before and after, the latter's.
std::string engine_name(const ModelConfig& config, const std::string& name) {
  const auto stream = [&](int layer) {
    return layer < config.n_layer ? "h." + std::to_string(layer) + ".residual"
                                  : std::string("residual_final");
  };
  if (name == (config.dropout > 0 ? "embedding_dropout" : "embedding")) return stream(0);
  if (name.ends_with(".residual_out")) return stream(std::stoi(name.substr(2)) + 1);
  if (config.position == Position::rotary && !config.qk_norm) {
    if (name.ends_with(".attn.rotary")) return name.substr(0, name.size() - 6) + "qkv";
    if (name.ends_with(".attn.qkv")) return "";
  }
  return name;
}

// Backward begins where forward ended.
constexpr const char* kStillThere = "in scratch that nothing overwrites before backward begins";

// What backward makes again, and from what.
const char* made_again(std::string_view name) {
  if (name.ends_with(".ln_1") || name.ends_with(".ln_2"))
    return "from the norm's input and its kept statistics";
  if (name.ends_with(".attn.att")) return "a block of queries at a time, from qkv and softmax_rows";
  if (name.ends_with(".attn.qk_norm")) return "from qkv";
  if (name.ends_with(".mlp.hidden")) return "from the input of the activation";
  if (name == "logits" || name == "probabilities") return "some rows at a time, from ln_f's output";
  return nullptr;
}

}  // namespace

const char* fate_name(Fate fate) {
  switch (fate) {
    case Fate::kept:
      return "kept";
    case Fate::made_again:
      return "made again";
    case Fate::dropped:
      return "dropped";
  }
  return "";
}

Statistics statistics_of(std::span<const double> numbers) {
  Statistics s;
  const auto size = static_cast<double>(numbers.size());
  std::int64_t zeros = 0;
  for (const double x : numbers) {
    s.mean += x / size;
    s.largest = std::max(s.largest, std::abs(x));
    zeros += x == 0;
  }
  double squares = 0;
  for (const double x : numbers) squares += (x - s.mean) * (x - s.mean);
  s.deviation = std::sqrt(squares / size);
  s.zeros = static_cast<double>(zeros) / size;
  s.histogram.assign(Statistics::kBins, 0.0f);
  const double scale = s.largest > 0 ? Statistics::kBins / (2 * s.largest) : 0;
  for (const double x : numbers) {
    const auto bin = static_cast<int>((x + s.largest) * scale);
    s.histogram[std::clamp(bin, 0, Statistics::kBins - 1)] += static_cast<float>(1 / size);
  }
  return s;
}

std::vector<AnatomyTensor> dissect(const ExactPass& pass) {
  const ModelConfig& config = pass.config();
  std::map<std::string, std::string> kept;  // with the reason
  for (const Buffer& buffer : activation_list(config, {1, pass.T(), 1}))
    if (buffer.lifetime == Lifetime::pass) kept[buffer.name] = buffer.why;
  // What nothing is dropped from is the same tensor as before.
  const auto is_shown = [&](const reference::ActivationInfo& info) {
    return config.dropout > 0 || !info.name.ends_with("dropout");
  };
  std::vector<AnatomyTensor> tensors;
  pass.for_each_tensor([&](const reference::ActivationInfo& info, auto numbers, auto gradients) {
    if (!is_shown(info)) return;
    AnatomyTensor tensor{info.name, info.shape, Fate::dropped, "the next op alone reads it",
                         {},        {}};
    if (const auto at = kept.find(engine_name(config, info.name)); at != kept.end()) {
      tensor.fate = Fate::kept;
      tensor.why = at->second;
    } else if (info.name == "ln_f") {
      tensor.fate = Fate::kept;
      tensor.why = kStillThere;
    } else if (const char* const from = made_again(info.name)) {
      tensor.fate = Fate::made_again;
      tensor.why = from;
    }
    tensor.value = statistics_of(numbers);
    if (info.has_gradient) tensor.gradient = statistics_of(gradients);
    tensors.push_back(std::move(tensor));
  });
  return tensors;
}

}  // namespace clearformer
