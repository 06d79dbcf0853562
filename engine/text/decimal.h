#pragma once

#include <string>

namespace clearformer {

// The double nearest to a decimal number, ties to even: "12", "-.5", "1e-3". Like std::strtod, it
// tells where the number ends, `text` itself where none begins; it takes no spaces, no hexadecimal,
// no names. One too large becomes infinite.
double read_decimal(const char* text, const char** end);

// A positive number in decimal: d.ddd times 10 to the exponent, the first digit not 0.
struct Decimal {
  std::string digits;
  int exponent;
};

// `number` rounded to `most` digits, half to even, or to the first fewer that read back as it: 17
// tell every double. As printf would, without its 8 kB. REQUIRES: number positive and finite, most
// >= 1.
Decimal to_decimal(double number, int most);

}  // namespace clearformer
