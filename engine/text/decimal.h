#pragma once

namespace clearformer {

// The double nearest to a decimal number, ties to even: "12", "-.5", "1e-3". Like std::strtod, it
// tells where the number ends, `text` itself where none begins; it takes no spaces, no hexadecimal,
// no names. One too large becomes infinite.
double read_decimal(const char* text, const char** end);

}  // namespace clearformer
