#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "inspect/exact_pass.h"

namespace clearformer {

// What the numbers of a tensor are like. NaN where there are none.
struct Statistics {
  static constexpr int kBins = 24;

  double mean = 0, deviation = 0;
  double largest = 0;            // in magnitude
  double zeros = 0;              // share
  std::vector<float> histogram;  // (kBins): shares, over -largest to largest
};
Statistics statistics_of(std::span<const double> numbers);

// A tensor of the forward pass: what an op gives.
struct AnatomyTensor {
  enum class Fate {
    kept,        // from forward to backward
    made_again,  // by backward, from what is kept
    dropped,     // nobody needs it once the next op has read it
  };

  std::string name;                 // reference/activations.h's
  std::vector<std::int64_t> shape;  // of one passage
  Fate fate;
  std::string why;
  Statistics value;
  Statistics gradient;  // empty histogram: it has none
};
const char* fate_name(AnatomyTensor::Fate fate);

// Every tensor of the pass in the order in which they are computed, and its gradient.
std::vector<AnatomyTensor> dissect(const ExactPass& pass);

}  // namespace clearformer
