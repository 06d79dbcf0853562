// What JavaScript sees of the tensors of a pass: a module of its own, which has the
// double-precision reference.

#include <emscripten/bind.h>

#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bindings/inspect/numbers.h"
#include "bindings/inspect/subject.h"

namespace clearformer::bindings {
namespace {

// A tensor's numbers, and those of its gradient. An empty histogram is of one that has none.
struct StatisticsReport {
  double mean = 0, deviation = 0, largest = 0, zeros = 0;
  Floats histogram = no_floats();
};

StatisticsReport report_of(const Statistics& s) {
  return {s.mean, s.deviation, s.largest, s.zeros, copy_floats(s.histogram)};
}

struct AnatomyReport {
  std::string name;
  Floats shape = no_floats();
  std::string fate, why;
  StatisticsReport value, gradient;
};

class Anatomy : public Subject {
 public:
  // Every tensor of a pass over the passage's first tokens; returns how many there are.
  int dissect() {
    anatomy_.clear();
    if (!is_read_) return 0;
    Result<std::unique_ptr<ExactPass>> pass = inspector_->exact_pass();
    if (!pass.ok()) return 0;
    pass_ = std::move(pass.value());
    anatomy_ = clearformer::dissect(*pass_);
    return static_cast<int>(anatomy_.size());
  }

  AnatomyReport anatomy(int i) const {
    if (!is_tensor(i))
      return {"", no_floats(), "", "", report_of(Statistics{}), report_of(Statistics{})};
    const AnatomyTensor& t = anatomy_[i];
    const std::vector<float> shape(t.shape.begin(), t.shape.end());
    return {t.name, copy_floats(shape), fate_name(t.fate),
            t.why,  report_of(t.value), report_of(t.gradient)};
  }

  // Some numbers of tensor i, where one came from, and the loss were it larger by so much: see
  // numbers.h. Nothing, or NaN, where there is no such tensor.
  WindowReport window(int i, double row, double column, double rows, double columns) const {
    if (!is_tensor(i)) return {};
    return window_of(*pass_, anatomy_[i], row, column, rows, columns);
  }
  OriginReport origin(int i, double at) const {
    return is_tensor(i) ? origin_report(*pass_, anatomy_[i].name, at) : OriginReport{};
  }
  double loss_with(int i, double at, double by) const {
    if (!is_tensor(i)) return std::numeric_limits<double>::quiet_NaN();
    return loss_of(*pass_, anatomy_[i].name, at, by);
  }

 private:
  bool is_tensor(int i) const { return i >= 0 && i < static_cast<int>(anatomy_.size()); }

  std::unique_ptr<ExactPass> pass_;  // that the anatomy is of
  std::vector<AnatomyTensor> anatomy_;
};

}  // namespace
}  // namespace clearformer::bindings

EMSCRIPTEN_BINDINGS(clearformer_anatomy) {
  using namespace emscripten;
  using namespace clearformer::bindings;

  value_object<StatisticsReport>("StatisticsReport")
      .field("mean", &StatisticsReport::mean)
      .field("deviation", &StatisticsReport::deviation)
      .field("largest", &StatisticsReport::largest)
      .field("zeros", &StatisticsReport::zeros)
      .field("histogram", &StatisticsReport::histogram);
  value_object<AnatomyReport>("AnatomyReport")
      .field("name", &AnatomyReport::name)
      .field("shape", &AnatomyReport::shape)
      .field("fate", &AnatomyReport::fate)
      .field("why", &AnatomyReport::why)
      .field("value", &AnatomyReport::value)
      .field("gradient", &AnatomyReport::gradient);
  register_numbers();
  class_<Anatomy, base<Subject>>("Anatomy")
      .constructor<>()
      .function("dissect()", &Anatomy::dissect)
      .function("anatomy(i)", &Anatomy::anatomy)
      .function("window(i, row, column, rows, columns)", &Anatomy::window)
      .function("origin(i, at)", &Anatomy::origin)
      .function("lossWith(i, at, by)", &Anatomy::loss_with);
}
