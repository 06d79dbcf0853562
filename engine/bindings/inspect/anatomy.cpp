// What JavaScript sees of the tensors of a pass: a module of its own, which has the
// double-precision reference.

#include <emscripten/bind.h>

#include <string>
#include <utility>
#include <vector>

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
    Result<std::vector<AnatomyTensor>> found = inspector_->dissect();
    if (found.ok()) anatomy_ = std::move(found.value());
    return static_cast<int>(anatomy_.size());
  }

  AnatomyReport anatomy(int i) const {
    if (i < 0 || i >= static_cast<int>(anatomy_.size()))
      return {"", no_floats(), "", "", report_of(Statistics{}), report_of(Statistics{})};
    const AnatomyTensor& t = anatomy_[i];
    const std::vector<float> shape(t.shape.begin(), t.shape.end());
    return {t.name, copy_floats(shape), fate_name(t.fate),
            t.why,  report_of(t.value), report_of(t.gradient)};
  }

 private:
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
  class_<Anatomy, base<Subject>>("Anatomy")
      .constructor<>()
      .function("dissect()", &Anatomy::dissect)
      .function("anatomy(i)", &Anatomy::anatomy);
}
