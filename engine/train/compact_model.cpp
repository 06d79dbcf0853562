#include "train/compact_model.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "io/checkpoint.h"
#include "io/quantize.h"
#include "kernels/gemm.h"
#include "text/words.h"
#include "train/run_header.h"

namespace clearformer {
namespace {

std::string scale_name(const ParameterInfo& info) {
  return info.name + ".scale";
}

// What a parameter is in the file: a vector itself, a matrix its codes and its scales.
std::vector<ExpectedTensor> tensors_of(const ParameterInfo& info) {
  if (info.is_vector()) return {{info.name, DType::f32, {info.cols}}};
  return {{info.name, DType::i8, {info.rows, info.cols}},
          {scale_name(info), DType::f32, {info.rows}}};
}

Error too_large(std::int64_t bytes, std::int64_t limit) {
  return {"file", "",
          "This model takes " + with_commas(bytes) + " bytes; one that comes without its run may " +
              "take up to " + with_commas(limit) + ". Save the run as a file instead."};
}

// The file's bytes for all weights, by its tensors' declared sizes.
std::int64_t packed_bytes(const ModelConfig& config) {
  std::int64_t bytes = 0;
  for (const ParameterInfo& info : parameter_list(config))
    for (const ExpectedTensor& tensor : tensors_of(info))
      bytes += static_cast<std::int64_t>(*tensor_bytes(tensor.dtype, tensor.shape));
  return bytes;
}

// What a compact model takes once it is read.
std::int64_t memory_of(const ModelConfig& config) {
  return parameter_count(config) * static_cast<std::int64_t>(sizeof(float)) +
         Decoder::bytes(config);
}

void read_parameter(const Checkpoint& file, const ParameterInfo& info, std::span<float> values) {
  const NamedTensor& tensor = *file.find(info.name);
  if (info.is_vector()) return copy_values(tensor, values);
  std::vector<std::int8_t> codes(values.size());
  std::vector<float> scales(static_cast<std::size_t>(info.rows));
  copy_values(tensor, std::span(codes));
  copy_values(*file.find(scale_name(info)), std::span(scales));
  dequantize_rows(codes, scales, values);
}

}  // namespace

Result<std::vector<std::uint8_t>> pack_compact_model(const Trainer& run) {
  const ModelConfig& config = run.config();
  if (const std::int64_t bytes = packed_bytes(config); bytes > kMaxCompactBytes)
    return too_large(bytes, kMaxCompactBytes);
  Checkpoint file{.recipe_json = recipe_to_json(run.recipe()),
                  .tokenizer_json = run.tokenizer().to_json(),
                  .step = run.steps_done(),
                  .arithmetic = arithmetic_name(run.arithmetic())};
  // The tensors are views of the numbers, which stay where they are when a vector moves.
  std::vector<std::vector<std::int8_t>> codes;
  std::vector<std::vector<float>> scales;
  const float* at = run.parameters().data();
  for (const ParameterInfo& info : parameter_list(config)) {
    const std::span values(at, static_cast<std::size_t>(info.size()));
    at += info.size();
    if (info.is_vector()) {
      file.tensors.push_back(make_tensor(info.name, {info.cols}, values));
      continue;
    }
    codes.emplace_back(values.size());
    scales.emplace_back(static_cast<std::size_t>(info.rows));
    quantize_rows(values, codes.back(), scales.back());
    file.tensors.push_back(
        make_tensor(info.name, {info.rows, info.cols}, std::span<const std::int8_t>(codes.back())));
    file.tensors.push_back(
        make_tensor(scale_name(info), {info.rows}, std::span<const float>(scales.back())));
  }
  return serialize_checkpoint(file);
}

bool is_compact(const Checkpoint& file, const ModelConfig& config) {
  const std::vector<ParameterInfo> list = parameter_list(config);
  const auto matrix = std::find_if(list.begin(), list.end(),
                                   [](const ParameterInfo& info) { return !info.is_vector(); });
  const NamedTensor* const tensor = matrix == list.end() ? nullptr : file.find(matrix->name);
  return tensor && tensor->dtype == DType::i8;
}

// Sizes and shapes are compared before the memory for them is taken.
Result<std::vector<float>> read_compact_weights(const Checkpoint& file, const ModelConfig& config) {
  if (const std::int64_t memory = memory_of(config); memory > kMaxCompactMemory)
    return too_large(memory, kMaxCompactMemory);
  std::vector<ExpectedTensor> expected;
  for (const ParameterInfo& info : parameter_list(config))
    for (ExpectedTensor& tensor : tensors_of(info)) expected.push_back(std::move(tensor));
  if (Status status = match_tensors(file, expected); !status.ok()) return status.error();

  std::vector<float> weights(static_cast<std::size_t>(parameter_count(config)));
  std::size_t at = 0;
  for (const ParameterInfo& info : parameter_list(config)) {
    const auto count = static_cast<std::size_t>(info.size());
    read_parameter(file, info, std::span(weights).subspan(at, count));
    at += count;
  }
  const auto is_finite = [](float weight) { return std::isfinite(weight); };
  if (!std::all_of(weights.begin(), weights.end(), is_finite))
    return Error{"file", "", "A weight of this model is no finite number. Use another copy."};
  return weights;
}

CompactModel::CompactModel(const Recipe& recipe, Tokenizer tokenizer, std::int64_t step,
                           std::vector<float> weights, ThreadPool& pool, Arithmetic arithmetic)
    : recipe_(recipe),
      tokenizer_(std::move(tokenizer)),
      step_(step),
      weights_(std::move(weights)),
      parameters_(slice_parameters(recipe_.model_config(tokenizer_.vocab_size()), weights_.data())),
      decoder_(recipe_.model_config(tokenizer_.vocab_size()), parameters_, pool, arithmetic),
      generator_(decoder_, tokenizer_) {}

Result<std::unique_ptr<CompactModel>> CompactModel::load(std::span<const std::uint8_t> bytes,
                                                         ThreadPool& pool) {
  const auto size = static_cast<std::int64_t>(bytes.size());
  if (size > kMaxCompactBytes) return too_large(size, kMaxCompactBytes);
  const Result<Checkpoint> parsed = parse_checkpoint(bytes);
  if (!parsed.ok()) return parsed.error();
  const Checkpoint& file = parsed.value();
  Result<RunHeader> header = read_run_header(file);
  if (!header.ok()) return header.error();

  Result<std::vector<float>> weights = read_compact_weights(file, header.value().config());
  if (!weights.ok()) return weights.error();
  const bool fused = arithmetic_named(file.arithmetic) == Arithmetic::fused && can_fuse();
  return std::unique_ptr<CompactModel>(new CompactModel(
      header.value().recipe, std::move(header.value().tokenizer), file.step,
      std::move(weights.value()), pool, fused ? Arithmetic::fused : Arithmetic::strict));
}

}  // namespace clearformer
