#pragma once

#include <emscripten/bind.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "bindings/values.h"
#include "inspect/anatomy.h"
#include "inspect/provenance.h"

namespace clearformer::bindings {

// Single numbers of a pass, and where each came from, as JavaScript sees them. Tensors are rows of
// their last extent; an index out of range is brought into it.

// As the numbers are, so that a sum comes to what it is the sum of.
EMSCRIPTEN_DECLARE_VAL_TYPE(Doubles);
inline Doubles no_doubles() {
  return Doubles(emscripten::val::undefined());
}
inline Doubles copy_doubles(std::span<const double> numbers) {
  return Doubles(emscripten::val::global("Float64Array")
                     .new_(emscripten::typed_memory_view(numbers.size(), numbers.data())));
}

// Some rows and columns of a tensor.
struct WindowReport {
  double rows = 0, columns = 0;    // of all of it
  Floats values = no_floats();     // row by row
  Floats gradients = no_floats();  // empty where it has none
};

// See Origin, in columns: its inputs, and its products with what each number is multiplied with.
struct OriginReport {
  double value = 0, gradient = std::numeric_limits<double>::quiet_NaN();  // NaN: it has none
  double loss = 0;  // of the pass, nats a token
  std::string formula;
  Strings inputs = no_strings();
  Doubles input_values = no_doubles();
  Strings numbers = no_strings(), factors = no_strings();
  Doubles number_values = no_doubles(), factor_values = no_doubles();
  double others = 0, others_sum = 0;
};

inline WindowReport window_of(const ExactPass& pass, const AnatomyTensor& tensor, double row,
                              double column, double rows, double columns) {
  constexpr double kMost = 64;  // a side
  const std::span<const double> values = pass.values(tensor.name);
  const std::span<const double> gradients = pass.gradients(tensor.name);
  const auto width = static_cast<double>(tensor.shape.back());
  WindowReport report{.rows = static_cast<double>(values.size()) / width, .columns = width};
  const auto within = [&](double from, double many, double extent) {
    const double first = std::clamp(from, 0.0, extent - 1);
    return std::pair{first, std::min(first + std::clamp(many, 0.0, kMost), extent)};
  };
  const auto [top, bottom] = within(row, rows, report.rows);
  const auto [left, right] = within(column, columns, width);
  std::vector<float> shown, slopes;
  for (double r = top; r < bottom; ++r)
    for (double c = left; c < right; ++c) {
      const auto at = static_cast<std::size_t>(r * width + c);
      shown.push_back(static_cast<float>(values[at]));
      if (!gradients.empty()) slopes.push_back(static_cast<float>(gradients[at]));
    }
  report.values = copy_floats(shown);
  report.gradients = copy_floats(slopes);
  return report;
}

inline std::int64_t brought_into(std::span<const double> numbers, double at) {
  const auto last = static_cast<double>(numbers.size()) - 1;
  return static_cast<std::int64_t>(std::clamp(at, 0.0, last));
}

inline OriginReport origin_report(const ExactPass& pass, const std::string& tensor, double index) {
  const std::span<const double> values = pass.values(tensor), gradients = pass.gradients(tensor);
  const std::int64_t at = brought_into(values, index);
  const Origin origin = origin_of(pass, tensor, at);
  OriginReport report{.value = values[at], .loss = pass.loss(), .formula = origin.formula};
  if (!gradients.empty()) report.gradient = gradients[at];
  std::vector<std::string> inputs, numbers, factors;
  std::vector<double> input_values, number_values, factor_values;
  const auto add = [](const NamedNumber& from, auto& names, auto& numbers) {
    names.push_back(from.name);
    numbers.push_back(from.value);
  };
  for (const NamedNumber& input : origin.inputs) add(input, inputs, input_values);
  for (const Product& product : origin.products) {
    add(product.number, numbers, number_values);
    add(product.factor, factors, factor_values);
  }
  report.inputs = copy_strings(inputs);
  report.input_values = copy_doubles(input_values);
  report.numbers = copy_strings(numbers);
  report.factors = copy_strings(factors);
  report.number_values = copy_doubles(number_values);
  report.factor_values = copy_doubles(factor_values);
  report.others = static_cast<double>(origin.others);
  report.others_sum = origin.others_sum;
  return report;
}

// NaN where nothing follows from it.
inline double loss_of(const ExactPass& pass, const std::string& tensor, double index, double by) {
  const std::span<const double> gradients = pass.gradients(tensor);
  if (gradients.empty()) return std::numeric_limits<double>::quiet_NaN();
  return pass.loss_with(tensor, brought_into(gradients, index), by);
}

inline void register_numbers() {
  using namespace emscripten;
  value_object<WindowReport>("WindowReport")
      .field("rows", &WindowReport::rows)
      .field("columns", &WindowReport::columns)
      .field("values", &WindowReport::values)
      .field("gradients", &WindowReport::gradients);
  register_type<Doubles>("Float64Array");
  value_object<OriginReport>("OriginReport")
      .field("value", &OriginReport::value)
      .field("gradient", &OriginReport::gradient)
      .field("loss", &OriginReport::loss)
      .field("formula", &OriginReport::formula)
      .field("inputs", &OriginReport::inputs)
      .field("input_values", &OriginReport::input_values)
      .field("numbers", &OriginReport::numbers)
      .field("factors", &OriginReport::factors)
      .field("number_values", &OriginReport::number_values)
      .field("factor_values", &OriginReport::factor_values)
      .field("others", &OriginReport::others)
      .field("others_sum", &OriginReport::others_sum);
}

}  // namespace clearformer::bindings
