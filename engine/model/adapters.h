#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "model/parameters.h"

namespace clearformer {

// LoRA's adapters: beside a matrix (C_in, C_out) stand A (C_in, rank) and B (rank, C_out), whose
// product is added to it. See ops/lora.md.

// Whether a parameter has adapters: the matrices of the blocks have.
inline bool is_adapted(const ParameterInfo& info) {
  return !info.is_vector() && std::string_view(info.name).starts_with("h.");
}

// Where a matrix and what belongs to it begin.
struct AdapterOffsets {
  std::int64_t weight;  // among all parameters
  std::int64_t base;    // among the adapted matrices alone
  std::int64_t a, b;    // among the adapters
};

// The one walk over the adapters, in the order in which they lie in memory: calls
// visit(info, offsets) for each matrix of the list that has them.
template <class Visit>
void for_each_adapted(const std::vector<ParameterInfo>& list, std::int64_t rank, Visit&& visit) {
  AdapterOffsets at{};
  for (const ParameterInfo& info : list) {
    if (is_adapted(info)) {
      at.b = at.a + info.rows * rank;
      visit(info, at);
      at.a = at.b + rank * info.cols;
      at.base += info.size();
    }
    at.weight += info.size();
  }
}

// The matrices that have adapters, and the adapters, in the walk's order: "lora.a." and "lora.b."
// before the matrix's name.
std::vector<ParameterInfo> adapted_list(const ModelConfig& config);
std::vector<ParameterInfo> adapter_list(const ModelConfig& config, std::int64_t rank);

// Fills the adapters as `seed` says: A normal, so that x A is as large as x, and B zero, so that
// the model begins as it is.
void initialise_adapters(const std::vector<ParameterInfo>& adapters, std::uint64_t seed,
                         float* flat);

}  // namespace clearformer
