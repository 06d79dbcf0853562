#include "exchange/portable_model.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/context.h"
#include "exchange/layout.h"
#include "io/checkpoint.h"
#include "text/utf8.h"

namespace clearformer {
namespace {

// A run's tensors of weights; the rest is its optimizer's and its history's.
std::vector<NamedTensor> weights_of(const Checkpoint& run) {
  std::vector<NamedTensor> weights;
  for (const NamedTensor& tensor : run.tensors)
    if (is_weight(tensor.name)) weights.push_back(tensor);
  return weights;
}

// The last number of a run's column.
std::optional<float> last_of(const Checkpoint& run, const char* column) {
  const NamedTensor* const tensor = run.find(column);
  if (!tensor || tensor->dtype != DType::f32 || tensor->bytes.empty()) return std::nullopt;
  float last = 0;
  copy_values({.name = {}, .bytes = tensor->bytes.last(sizeof last)}, std::span(&last, 1));
  return last;
}

// Ties go to the higher token: in a text of bytes that is 0xFF, which UTF-8 never has.
Result<Token> rarest_token(const Tokenizer& tokenizer, std::string_view text) {
  const Result<std::vector<Token>> tokens = tokenizer.encode(without_byte_order_mark(text));
  if (!tokens.ok()) return tokens.error();
  std::vector<std::int64_t> counts(static_cast<std::size_t>(tokenizer.vocab_size()));
  for (const Token token : tokens.value()) ++counts[token];
  return static_cast<Token>(std::min_element(counts.rbegin(), counts.rend()).base() -
                            counts.begin() - 1);
}

}  // namespace

Result<PortableModel> read_portable_model(std::span<const std::uint8_t> run) {
  const Result<Checkpoint> parsed = parse_checkpoint(run);
  if (!parsed.ok()) return parsed.error();
  const Checkpoint& file = parsed.value();
  Result<RunHeader> header = read_run_header(file);
  if (!header.ok()) return header.error();
  const std::string_view text(reinterpret_cast<const char*>(file.text.data()), file.text.size());
  const Result<Token> rarest = rarest_token(header.value().tokenizer, text);
  if (!rarest.ok()) return Error{"file", "", rarest.error().message};
  Result<std::vector<float>> weights =
      collect(kClearformerLayout, header.value().config(), weights_of(file));
  if (!weights.ok()) return weights.error();
  return PortableModel{.header = std::move(header.value()),
                       .weights = std::move(weights.value()),
                       .step = file.step,
                       .train_loss = last_of(file, kEvalTrainLoss),
                       .val_loss = last_of(file, kEvalValLoss),
                       .rarest = rarest.value()};
}

std::vector<std::uint8_t> write_portable_model(const PortableModel& model,
                                               std::span<const std::uint8_t> text) {
  const std::vector<LaidOutTensor> tensors =
      lay_out(kClearformerLayout, model.header.config(), model.weights);
  Checkpoint run{.recipe_json = recipe_to_json(model.header.recipe),
                 .tokenizer_json = model.header.tokenizer.to_json(),
                 .arithmetic = arithmetic_name(Arithmetic::strict),
                 .from_model = true,
                 .text = text};
  for (const LaidOutTensor& tensor : tensors)
    run.tensors.push_back(
        make_tensor(tensor.name, tensor.shape, std::span<const float>(tensor.values)));
  return serialize_checkpoint(run);
}

}  // namespace clearformer
