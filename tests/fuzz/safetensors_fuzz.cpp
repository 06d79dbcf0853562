// Any bytes as a safetensors file: a sentence, or a file that is the same when it is written again.
#include <algorithm>

#include "io/safetensors.h"
#include "tests/fuzz/input.h"

namespace clearformer {
namespace {

bool same(const NamedTensor& a, const NamedTensor& b) {
  return a.name == b.name && a.dtype == b.dtype && a.shape == b.shape &&
         std::ranges::equal(a.bytes, b.bytes);
}

// Every view lies in the input, and is as long as its type and shape say.
void check_tensors(const Safetensors& file, fuzz::Bytes input) {
  for (const NamedTensor& tensor : file.tensors) {
    CHECK(tensor_bytes(tensor.dtype, tensor.shape) == tensor.bytes.size());
    if (tensor.bytes.empty()) continue;
    CHECK(&tensor.bytes.front() >= &input.front() && &tensor.bytes.back() <= &input.back());
  }
}

FUZZ(input) {
  const Result<Safetensors> read = read_safetensors(input);
  if (!fuzz::taken(read)) return;
  const Safetensors& file = read.value();
  check_tensors(file, input);
  const std::vector<std::uint8_t> written = write_safetensors(file.tensors, file.metadata);
  const Result<Safetensors> again = read_safetensors(written);
  CHECK(again.ok());
  CHECK(std::ranges::equal(file.tensors, again.value().tensors, same));
  CHECK(file.metadata == again.value().metadata);
  CHECK(write_safetensors(again.value().tensors, again.value().metadata) == written);
}

}  // namespace
}  // namespace clearformer
