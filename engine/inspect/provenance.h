#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "inspect/exact_pass.h"

namespace clearformer {

// A number that another is made from, by the name of its tensor and its place in it.
struct NamedNumber {
  std::string name;  // "h.0.ln_1[4, 17]", or what it is
  double value;
};

// A term of a sum: a number, and what it is multiplied with.
struct Product {
  NamedNumber number;
  NamedNumber factor;  // without a name where it is taken as it is: 1

  double value() const { return number.value * factor.value; }
};

// Where a number of a pass came from, with the numbers that went in. Its formula in words, {0}
// being the first of `inputs`; without one the number is itself the sum. Where there are products,
// the first input is their sum.
struct Origin {
  static constexpr int kMostProducts = 6;

  std::string formula;
  std::vector<NamedNumber> inputs;
  std::vector<Product> products;  // the largest ones in magnitude, largest first
  std::int64_t others = 0;        // further products
  double others_sum = 0;
};

// Of number `at` of a tensor, row by row. REQUIRES: a tensor of the pass, and a number in it.
Origin origin_of(const ExactPass& pass, std::string_view tensor, std::int64_t at);

}  // namespace clearformer
